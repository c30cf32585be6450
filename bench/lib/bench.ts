import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { removeLeftovers } from './clean-up.ts'
import { type ContenderName, contenderProcess } from './contenders.ts'
import { endRun } from './end-run.ts'
import { type RunningContender, startContender } from './start-contender.ts'

/** One run of the benchmark: what it has started, and how all of it goes away. */
export interface Bench extends AsyncDisposable {
  /** Rounds that count. */
  readonly rounds: number
  /** Prefix of all names on the engine. */
  readonly id: string
  /** For files, and what Mesocosm takes for the project. */
  readonly folder: string
  /** Shows what is being done. */
  readonly say: (line: string) => void
  start(name: ContenderName): RunningContender
  /** Name for a run of Mesocosm, which ends with the benchmark. */
  newRun(): string
}

export const openBench = async (options: Pick<Bench, 'rounds' | 'say'>): Promise<Bench> => {
  const folder = await mkdtemp(join(tmpdir(), 'mesocosm-bench-'))
  const id = basename(folder).toLowerCase()
  // Marks the folder as a project of its own.
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
