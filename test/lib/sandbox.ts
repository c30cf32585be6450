import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { namesIn } from '../../src/disk/names-in.ts'
import { idsOf, madeBy, removeAll } from './engine.ts'
import { drained } from './eventually.ts'
import { noLeaksIn } from './leaks.ts'

/** Milliseconds that a supervisor of the tests stays after its last client has gone. */
export const graceMs = 300

/** A project folder for one test file, with its own runs, records and sockets. */
export interface Sandbox extends AsyncDisposable {
  /** Root folder of the project. */
  readonly folder: string
  /** Environment variables of processes that use this folder. */
  readonly env: Readonly<Record<string, string>>
  /** Returns the ids of all runs, oldest first. */
  runs(): readonly string[]
  /** Returns the process id of a run's supervisor. Throws until its record has it. */
  supervisorOf(run: string): number
  /** Returns the logs of the supervisors and the folder of the records, for the report of a failure. */
  evidence(): string
  /** Keeps the folder, so that it can be inspected after a failure. */
  keep(): void
}

/** Opens a sandbox. Disposing it fails if anything of its runs is left after the grace and some time to clean up: on the engine,
 * processes, sockets, folders. */
export const openSandbox = (): Sandbox => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-test-'))
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  writeFileSync(join(folder, 'package.json'), '{ "name": "sandbox", "private": true }\n')
  let kept = false
  const records = join(folder, '.mesocosm', 'runs')
  const bornAt = (run: string) =>
    statSync(join(records, run), { throwIfNoEntry: false })?.birthtimeMs
  // Names tell runs of one second apart by chance only.
  const runs = () =>
    namesIn(records)
      .sort()
      .sort((one, other) => (bornAt(one) ?? 0) - (bornAt(other) ?? 0))
  return {
    folder,
    env: { TMPDIR: temporary, MESOCOSM_GRACE_MS: String(graceMs) },
    runs,
    supervisorOf(run) {
      const facts = readFileSync(join(records, run, 'run.json'), 'utf8')
      const { pid } = JSON.parse(facts) as { readonly pid?: number }
      if (pid === undefined)
        throw new Error(`the record of ${run} does not name its supervisor yet`)
      return pid
    },
    evidence: () => [`records: ${records}`, ...supervisorLogs(records, temporary)].join('\n'),
    keep() {
      kept = true
    },
    async [Symbol.asyncDispose]() {
      try {
        for (const run of runs()) await cleared(run)
        await noLeaksIn(temporary)
      } catch (error) {
        kept = true
        throw new Error(`a run left something; ${this.evidence()}`, { cause: error })
      } finally {
        for (const run of runs()) await removeAll(await madeBy(run))
        if (!kept) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
      }
    },
  }
}

/** Waits until no container, network or volume of the run is on the engine. */
export const cleared = (run: string): Promise<void> =>
  drained(async () => idsOf(await madeBy(run)), `left by ${run}`)

// ---

/** Logs are next to the socket while a supervisor runs or if it was killed, and in the record after it has ended. */
const supervisorLogs = (records: string, temporary: string): string[] => {
  const runDirs = namesIn(temporary).filter((name) => name.startsWith('mesocosm-'))
  const folders = [records, ...runDirs.map((name) => join(temporary, name))]
  const logs = folders.flatMap((folder) =>
    namesIn(folder).map((run) => join(folder, run, 'supervisor.log')),
  )
  return logs.filter(existsSync).map((path) => `${path}:\n${readFileSync(path, 'utf8')}`)
}
