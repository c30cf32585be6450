import type {
  AnyTopology,
  RunnerFile,
  RunnerSession,
  RunnerTest,
  TestResult,
  TestTimes,
} from 'mesocosm/runner'
import type { DeclaredTest } from './run-test.ts'
import { titlesOf } from './suite.ts'

/** A test file that is loaded or runs. */
export interface OpenFile {
  readonly path: string
  /** Connects to the supervisor, unless it is connected. */
  open(): Promise<RunnerFile<AnyTopology>>
  /** Notes a test; if it never runs, it is recorded as skipped. */
  declare(test: DeclaredTest): void
  /** Keeps the result of a test that used no service, for the record of a file that used one. */
  keep(test: RunnerTest, result: TestResult, times: TestTimes): void
  /** Runs when all tests have, while the lane is still leased. */
  atEnd(hook: () => Promise<unknown>): void
  /** Runs what is left to run, records all tests, and gives the lane back. */
  close(): Promise<void>
}

/** Creates the file; it is connected when a test first needs that. */
export const openFile = (session: RunnerSession<AnyTopology>, path: string): OpenFile => {
  let opening: Promise<RunnerFile<AnyTopology>> | undefined
  const declared: DeclaredTest[] = []
  const kept: Parameters<OpenFile['keep']>[] = []
  const hooks: (() => Promise<unknown>)[] = []
  const record = (runner: RunnerFile<AnyTopology>) => {
    for (const [test, result, times] of kept) runner.recordTest(test, result, times)
    for (const { attempts, suite, title } of declared)
      if (attempts.length === 0)
        runner.skipTest({ file: path, titlePath: [...titlesOf(suite), title] })
  }
  return {
    path,
    open() {
      opening ??= session.openFile()
      return opening
    },
    declare: (test) => void declared.push(test),
    keep: (...test) => void kept.push(test),
    atEnd: (hook) => void hooks.push(hook),
    async close() {
      const failures: unknown[] = []
      for (const hook of hooks) await hook().catch((error: unknown) => failures.push(error))
      const runner = await opening
      if (runner !== undefined) {
        record(runner)
        await runner.release()
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
