import { readFileSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { namesIn } from '../disk/names-in.ts'
import { codeOf } from '../errors/unknown-error.ts'
import { openRuntime } from '../open/open-runtime.ts'
import { runsFolder } from '../protocol/run-dir.ts'
import type { Inventory } from '../runtime/runtime.ts'

/** What runs of dead supervisors have left behind. */
export interface Leftovers {
  /** Containers, networks and volumes. */
  readonly engine: Inventory
  /** Run directories. */
  readonly folders: readonly string[]
}

/** A younger run directory without an owner belongs to a supervisor that is starting. */
const abandonedAfterMs = 60_000

/**
 * Finds leftovers of runs of this host whose supervisor is dead: on the engine, and their run directories.
 *
 * @throws {MesocosmError} `ENGINE_NOT_FOUND`, `ENGINE_GONE`
 */
export const findLeftovers = async (): Promise<Leftovers> => {
  const [opened, sweep] = await Promise.all([openRuntime(), loadSweep()])
  await using runtime = opened
  return { engine: await sweep.findLeftovers(runtime), folders: await deadFolders() }
}

/**
 * Removes what {@link findLeftovers} found.
 *
 * @throws {AggregateError} with one error per resource that could not be removed.
 */
export const prune = async ({ engine, folders }: Leftovers): Promise<void> => {
  const [opened, sweep] = await Promise.all([openRuntime(), loadSweep()])
  await using runtime = opened
  await sweep.removeLeftovers(runtime, engine)
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

/** Returns the run directories whose supervisor is dead. */
export const deadFolders = async (runs: string = runsFolder()): Promise<string[]> => {
  const { liveness, readIdentity } = await import('../supervisor/owner-identity.ts')
  return pathsIn(runs).filter((folder) => {
    // The owner file of a dead supervisor stays next to that of its successor.
    const owners = pathsIn(folder)
      .filter((path) => basename(path).startsWith('owner'))
      .flatMap((path) => readIdentity(textOf(path) ?? '') ?? [])
    if (owners.length > 0) return owners.every((owner) => liveness(owner) === 'dead')
    const { mtimeMs } = statSync(folder, { throwIfNoEntry: false }) ?? {}
    return mtimeMs !== undefined && Date.now() - mtimeMs > abandonedAfterMs
  })
}

// ---

const loadSweep = () => import('../supervisor/sweep.ts')

const pathsIn = (folder: string): string[] => namesIn(folder).map((name) => join(folder, name))

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}
