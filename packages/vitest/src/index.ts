import { isMainThread } from 'node:worker_threads'
import {
  type AnyTopology,
  assumeDebuggerOpen,
  createMatchers,
  fixturesIn,
  type Handles,
  isDebugging,
  type Lane,
  type LaneOptions,
  mentioned,
  openRunnerSession,
  type RunnerSession,
  type TestAttempt,
} from 'mesocosm/runner'
import { aroundAll, test as base, expect, type TestAPI, vi } from 'vitest'
import { type OpenFile, openFile } from './open-file.ts'
import './matchers.ts'
import type { Task } from './task.ts'
import { type TestWatch, watchedTest } from './watched-test.ts'

export type { TraceArtifact } from './artifact.ts'

/** Options of {@link createTest}. */
export interface CreateTestOptions extends LaneOptions {
  /**
   * Milliseconds a test may take, including its lane and the start of the services it asks for; default 120 000.
   * Vitest's own `testTimeout` and `hookTimeout` are set to it for the file. It also limits the lease of a lane and
   * each reset, whatever time limit a test has of its own.
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
  /**
   * Vitest's `test` with the topology's fixtures. They can also be used in `test.beforeAll` and `test.afterAll`: data
   * that a `beforeAll` hook writes is there for every test of the file, and resets restore it.
   */
  readonly test: TestAPI<Fixtures<T>>
  /** Vitest's `expect`, with the matchers of the topology: `await expect(mail).toHaveReceived({ to })`. */
  readonly expect: typeof expect
}

/**
 * Returns a `test` whose fixtures are the services of a topology. A service is started when a test first asks for it,
 * with all it needs; between tests the lane is reset to what was declared, including its data. A retry gets everything
 * fresh. A failing test's error ends with the last log lines of the services it used.
 *
 * Lanes are leased by worker slot: test files that run in parallel never share one. Tests that run at the same time
 * within a file need `lane: 'test'`.
 *
 * @example
 * export const { test, expect } = createTest(topology)
 * test('sign-up is closed', async ({ api }) => { … })
 */
export const createTest = <T extends AnyTopology>(
  topology: T,
  options: CreateTestOptions = {},
): TopologyTest<T> => {
  if (isInspectedThread()) assumeDebuggerOpen()
  const session = openRunnerSession<AnyTopology>(topology, { ...options, client: 'vitest' })
  const { timeoutMs = 120_000 } = options
  // Fixtures are set up within a test's time.
  const limit = isDebugging() ? unlimited : timeoutMs
  vi.setConfig({ testTimeout: limit, hookTimeout: limit })
  expect.extend(createMatchers(topology))
  const files = new Set<OpenFile>()
  const used = new Set<string>()
  const fixtures: Record<string, unknown> = {
    mesocosmFile: [
      // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the names of fixtures off this pattern
      async ({}, use: Use<OpenFile>) => {
        const file = await openFile(session)
        files.add(file)
        await use(file)
        await file.close()
      },
      { scope: 'file' },
    ],
    // Set up at once, so that it is cleaned up also if the test ends while it waits for its lane.
    mesocosmAttempt: async ({ mesocosmFile, task }: Needs, use: Use<TestAttempt<AnyTopology>>) => {
      const attempt = mesocosmFile.begin(task)
      await use(attempt)
      await mesocosmFile.leave(task, attempt)
    },
    mesocosmTest: async ({ mesocosmAttempt }: Needs, use: Use<TestAttempt<AnyTopology>>) => {
      await mesocosmAttempt.ready()
      await use(mesocosmAttempt)
    },
    lane: ({ mesocosmTest }: Needs, use: Use<unknown>) => use(mesocosmTest.lane),
  }
  for (const service of session.services)
    fixtures[service] = async ({ mesocosmTest }: Needs, use: Use<unknown>) =>
      use(await mesocosmTest.use(service))
  aroundAll(async (runFile) => {
    await session.prepareImages([...used] as never[])
    await runFile()
    // Vitest cleans up no fixtures of a file whose `afterAll` hook failed.
    for (const file of files) await file.close()
  }, unlimited)
  const test = watchedTest(base.extend(fixtures as never) as object, watchOf(session, used))
  return { test: test as TestAPI<Fixtures<T>>, expect }
}

// ---

type Use<V> = (value: V) => Promise<void>

interface Needs {
  readonly mesocosmFile: OpenFile
  readonly mesocosmAttempt: TestAttempt<AnyTopology>
  readonly mesocosmTest: TestAttempt<AnyTopology>
  readonly task: Task
}

/** For a hook that ends by limits of its own, and for all tests and hooks while a debugger can hold them up. */
const unlimited = 0

/** Whether this is a worker thread of a main process that was started with `--inspect`, whose debugger reaches it. */
const isInspectedThread = (): boolean => {
  const { __vitest_worker__: worker } = globalThis as {
    readonly __vitest_worker__?: {
      readonly config?: { readonly inspector?: { readonly openInMainProcess?: boolean } }
    }
  }
  return !isMainThread && worker?.config?.inspector?.openInMainProcess === true
}

const watchOf = (session: RunnerSession<AnyTopology>, used: Set<string>): TestWatch => {
  const declared: readonly string[] = session.services
  return {
    onFunction: (fn) => {
      for (const name of mentioned(fn, declared)) used.add(name)
    },
    isLimited: !isDebugging(),
    isOurs: (name) => name === 'lane' || declared.includes(name),
    async forHook(hook, file, names) {
      const { runner } = file as OpenFile
      const services = names.filter((name) => name !== 'lane')
      const lane = hook === 'beforeAll' ? await runner.prepare(services as never[]) : runner.lane
      return fixturesIn(lane, names)
    },
  }
}
