import {
  type AnyTopology,
  type Handles,
  type Lane,
  openRunnerSession,
  type RunnerFile,
  type RunningTest,
} from 'mesocosm/runner'
import { test as base, expect, type TestAPI, vi } from 'vitest'
import { outcomeOf, skippedIn, type Task, testOf } from './task.ts'

/** Options of {@link createTest}. */
export interface CreateTestOptions {
  /**
   * Milliseconds a test may take, including the start of the services it asks for; default 120 000.
   * Vitest's own `testTimeout` and `hookTimeout` are set to it for the file.
   */
  readonly timeoutMs?: number
}

/** What every test of a topology can ask for: its services, and the lane they run in. */
export type Fixtures<T extends AnyTopology> = Handles<T> & {
  /** The leased lane. */
  readonly lane: Lane<T>
}

/** What {@link createTest} returns. */
export interface TopologyTest<T extends AnyTopology> {
  /** Vitest's `test` with the topology's fixtures. */
  readonly test: TestAPI<Fixtures<T>>
  /** Vitest's `expect`. */
  readonly expect: typeof expect
}

/**
 * Returns a `test` whose fixtures are the services of a topology. A service is started when a test first asks for it,
 * with all it needs; between tests the lane is reset to what was declared, including its data. A retry gets everything
 * fresh. A failing test's error ends with the last log lines of the services it used.
 *
 * Lanes are leased by worker slot: test files that run in parallel never share one.
 *
 * @example
 * export const { test, expect } = createTest(topology)
 * test('sign-up is closed', async ({ api }) => { … })
 */
export const createTest = <T extends AnyTopology>(
  topology: T,
  { timeoutMs = 120_000 }: CreateTestOptions = {},
): TopologyTest<T> => {
  // Fixtures are set up within a test's time, and the first one may build images.
  vi.setConfig({ testTimeout: timeoutMs, hookTimeout: timeoutMs })
  const session = openRunnerSession<AnyTopology>(topology, { client: 'vitest' })
  const fixtures: Record<string, unknown> = {
    mesocosmFile: [
      // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the names of fixtures off this pattern
      async ({}, use: Use<OpenFile>) => {
        const begun = new Set<Task>()
        const open = await session.forFile()
        await use({ open, begun })
        for (const task of skippedIn(begun)) open.skipTest(testOf(task))
        await open.release()
      },
      { scope: 'file' },
    ],
    mesocosmTest: async ({ mesocosmFile, task }: Needs, use: Use<RunningTest<AnyTopology>>) => {
      mesocosmFile.begun.add(task)
      const test = await mesocosmFile.open.beginTest(testOf(task))
      await use(test)
      const { error, ...result } = outcomeOf(task)
      // The record has the logs themselves.
      test.end({ ...result, ...(error === undefined ? {} : { error: error.message }) })
      test.explain(error)
    },
    lane: ({ mesocosmTest }: Needs, use: Use<unknown>) => use(mesocosmTest.lane),
  }
  for (const service of session.services)
    fixtures[service] = async ({ mesocosmTest }: Needs, use: Use<unknown>) =>
      use(await mesocosmTest.use(service))
  return { test: base.extend(fixtures as never) as unknown as TestAPI<Fixtures<T>>, expect }
}

// ---

type Use<V> = (value: V) => Promise<void>

interface OpenFile {
  readonly open: RunnerFile<AnyTopology>
  readonly begun: Set<Task>
}

interface Needs {
  readonly mesocosmFile: OpenFile
  readonly mesocosmTest: RunningTest<AnyTopology>
  readonly task: Task
}
