import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { label } from '../../src/runtime/labels.ts'
import { liveness, readIdentity } from '../../src/supervisor/owner-identity.ts'
import { labelled } from './engine.ts'
import { drained } from './eventually.ts'

/**
 * Returns everything that runs in a folder of temporary files have left, one line each: processes that were started with
 * it, their containers, networks and volumes, sockets, and entries of the folder.
 *
 * @param temporary value of `TMPDIR` of the processes.
 * @param owners identities of the supervisors that ran in it.
 */
export const leaksIn = async (
  temporary: string,
  owners: readonly string[] = [],
): Promise<readonly string[]> => {
  const processes = processesOf(temporary)
  const found = await Promise.all(owners.map((owner) => labelled(label.owner, owner)))
  return [
    ...processes,
    ...found.flatMap(({ containers, networks, volumes }) => [
      ...containers.map(
        ({ id, lane, service, role }) => `container ${id} ${lane} ${service} ${role}`,
      ),
      ...networks.map((id) => `network ${id}`),
      ...volumes.map((id) => `volume ${id}`),
    ]),
    ...listenersIn(temporary),
    ...entriesIn(temporary),
  ]
}

/** Waits until nothing is left, for as long as that gets less. Throws with what is left. */
export const noLeaksIn = (temporary: string, owners: readonly string[] = []): Promise<void> =>
  drained(() => leaksIn(temporary, owners), `left by runs in ${temporary}`)

/** Returns the identities of the supervisors of live and dead runs in a folder of temporary files. */
export const ownersIn = (temporary: string): readonly string[] =>
  runDirsIn(temporary).flatMap((folder) => textOf(join(folder, 'owner')) ?? [])

/** Returns the processes that have this folder in their environment; not this one, which has set it for itself. */
export const processesOf = (temporary: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const variables = textOf(`/proc/${pid}/environ`)?.split('\0') ?? []
      const isOurs = variables.some(
        (one) => one === `TMPDIR=${temporary}` || one.startsWith(`TMPDIR=${temporary}/`),
      )
      if (!isOurs || isZombie(pid)) return []
      const command = textOf(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').slice(0, 160)
      return [`process ${pid} ${command}`]
    })

// ---

/** One that has ended and waits for its parent to ask how. */
const isZombie = (pid: string): boolean => /\) [ZX] /.test(textOf(`/proc/${pid}/stat`) ?? '')

/** Unix sockets that a process listens at, also where their file is gone. */
const listenersIn = (temporary: string): string[] =>
  (textOf('/proc/net/unix') ?? '')
    .split('\n')
    .flatMap((line) => /(\S*)$/.exec(line)?.[1] ?? [])
    .filter((path) => path.startsWith(`${temporary}/`))
    .map((path) => `socket ${path}`)

/** The folders of runs and of local programs themselves stay. */
const entriesIn = (temporary: string): string[] => [
  ...namesOrNone(temporary)
    .filter((name) => !/^mesocosm-(local-)?\d+$/.test(name) && !isOfTools(name))
    .map((name) => `temporary entry ${name}`),
  ...localEntriesIn(temporary).map((path) => `local program ${relative(temporary, path)}`),
  ...runDirsIn(temporary)
    .filter((folder) => !isOfKilled(folder) && !isOfFailed(folder))
    .map((folder) => `run directory ${relative(temporary, folder)}`),
]

/** A supervisor that is killed cannot remove its directory: the next start does, or `gc`. */
const isOfKilled = (folder: string): boolean => {
  const owner = readIdentity(textOf(join(folder, 'owner')) ?? '')
  return !folder.includes('.ended-') && owner !== undefined && liveness(owner) === 'dead'
}

/** A supervisor that fails leaves its log for the reader of the error, which names the file. */
const isOfFailed = (folder: string): boolean =>
  folder.includes('.ended-') && /Error: /.test(textOf(join(folder, 'supervisor.log')) ?? '')

/** Sandboxes look after themselves, and stay after a failure; what runners and Node keep in temporary folders for their next run. */
const isOfTools = (name: string): boolean =>
  /^(mesocosm-test-|node-compile-cache|v8-compile-cache|jest_|playwright|bunx-|\.bun|haste-map)/.test(
    name,
  )

const runDirsIn = (temporary: string): string[] =>
  namesOrNone(temporary)
    .filter((name) => /^mesocosm-\d+$/.test(name))
    .flatMap((name) => namesOrNone(join(temporary, name)).map((run) => join(temporary, name, run)))

/** Folders, records and ports of programs that ran as processes of this machine. */
const localEntriesIn = (temporary: string): string[] =>
  namesOrNone(temporary)
    .filter((name) => /^mesocosm-local-\d+$/.test(name))
    .flatMap((name) => {
      const root = join(temporary, name)
      const kept = ['records', 'ports']
      return [
        ...namesOrNone(root).filter((entry) => !kept.includes(entry)),
        ...kept.flatMap((entry) => namesOrNone(join(root, entry)).map((one) => join(entry, one))),
      ].map((entry) => join(root, entry))
    })

const namesOrNone = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // The process has ended meanwhile, or is of another user.
    return undefined
  }
}
