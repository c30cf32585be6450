import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { idsOf, madeBy, removeAll } from './engine.ts'
import { eventually } from './eventually.ts'

/** How long a supervisor of the tests stays when its last client has gone. */
export const graceMs = 300

/** How long after the grace everything of a small run must be gone; longer in proportion where more wants to run than can. */
export const clearedMs = 2_000 * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())

/** The same for whatever a file's tests have started, on a busy machine. */
const allClearedMs = 15_000

/** A project folder of a test file's own: its runs, records and sockets are nobody else's. */
export interface Sandbox extends AsyncDisposable {
  /** Root of the project. */
  readonly folder: string
  /** What a process needs in its environment to live here. */
  readonly env: Readonly<Record<string, string>>
  /** Ids of all runs so far, oldest first. */
  runs(): readonly string[]
  /** For the reader of a failure: what the supervisors wrote, and where the records lie. */
  evidence(): string
  /** The folder stays, for the reader of a failure. */
  keep(): void
}

/** Disposing it fails when anything of its runs is still on the engine after grace and time to clear up. */
export const openSandbox = (): Sandbox => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-test-'))
  const temporary = join(folder, 'tmp')
  mkdirSync(temporary)
  writeFileSync(join(folder, 'package.json'), '{ "name": "sandbox", "private": true }\n')
  let kept = false
  const records = join(folder, '.mesocosm', 'runs')
  const runs = () => namesIn(records).sort()
  return {
    folder,
    env: { TMPDIR: temporary, MESOCOSM_GRACE_MS: String(graceMs) },
    runs,
    evidence: () => [`records: ${records}`, ...supervisorLogs(records, temporary)].join('\n'),
    keep() {
      kept = true
    },
    async [Symbol.asyncDispose]() {
      try {
        for (const run of runs()) await cleared(run, graceMs + allClearedMs)
      } catch (error) {
        kept = true
        throw new Error(`a run has left something; ${this.evidence()}`, { cause: error })
      } finally {
        for (const run of runs()) await removeAll(await madeBy(run))
        if (!kept) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
      }
    },
  }
}

/** Resolves when no container, network or volume of the run is left on the engine. */
export const cleared = (run: string, withinMs: number): Promise<void> =>
  eventually(async () => expect(idsOf(await madeBy(run)), `left by ${run}`).toEqual([]), withinMs)

// ---

/** Beside the socket while a supervisor lives or when it died, with the record once it has ended. */
const supervisorLogs = (records: string, temporary: string): string[] => {
  const places = namesIn(temporary).filter((name) => name.startsWith('mesocosm-'))
  const folders = [records, ...places.map((name) => join(temporary, name))]
  const logs = folders.flatMap((folder) =>
    namesIn(folder).map((run) => join(folder, run, 'supervisor.log')),
  )
  return logs.filter(existsSync).map((path) => `${path}:\n${readFileSync(path, 'utf8')}`)
}

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
