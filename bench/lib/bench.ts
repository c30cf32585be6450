import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { removeLeftovers } from './clean-up.ts'
import { type ContenderName, contenderProcess } from './contenders.ts'
import { endRun } from './end-run.ts'
import { type RunningContender, startContender } from './start-contender.ts'

/** One run of the benchmark; disposing it removes everything that it has started. */
export interface Bench extends AsyncDisposable {
  /** Number of counted rounds. */
  readonly rounds: number
  /** Prefix of all names on the engine. */
  readonly id: string
  /** Folder for files; the project of Mesocosm. */
  readonly folder: string
  /** Prints progress. */
  readonly log: (line: string) => void
  /** Starts the process of a contender. */
  start(name: ContenderName): RunningContender
  /** Returns a name for a run of Mesocosm, which ends with the benchmark. */
  newRun(): string
}

/** Opens a run of the benchmark. */
export const openBench = async (options: Pick<Bench, 'rounds' | 'log'>): Promise<Bench> => {
  const folder = await mkdtemp(join(tmpdir(), 'mesocosm-bench-'))
  const id = basename(folder).toLowerCase()
  // Makes the folder a project of its own.
  await writeFile(join(folder, 'package.json'), '{}\n')
  const contenders = new Set<RunningContender>()
  const runs: string[] = []
  const newRun = () => {
    const run = `${id}-${runs.length + 1}`
    runs.push(run)
    return run
  }
  const close = async () => {
    await Promise.all([...contenders].map((contender) => contender[Symbol.asyncDispose]()))
    await Promise.all(runs.map((run) => endRun(folder, run)))
    await removeLeftovers(id)
    await rm(folder, { recursive: true, force: true })
  }
  let closed: Promise<void> | undefined
  return {
    ...options,
    id,
    folder,
    newRun,
    start(name) {
      const { file, env } = contenderProcess(name, newRun)
      const settings = { BENCH_ID: id, BENCH_FOLDER: folder }
      const contender = startContender(name, { file, env: { ...settings, ...env } })
      contenders.add(contender)
      return contender
    },
    async [Symbol.asyncDispose]() {
      closed ??= close()
      await closed
    },
  }
}
