import { relative } from 'node:path'
import { type OpenLane, openLane } from '../client/lane/open-lane.ts'
import { projectRoot } from '../client/session/project-root.ts'
import type { Handles } from '../define/handle-types.ts'
import type { Lane } from '../define/lane.ts'
import type { AnyTopology, ServiceName } from '../define/topology.ts'
import { appendLogs } from './explain.ts'
import { testIdOf } from './test-id.ts'
import { beginTest, recordSkipped, type TestFacts, type TestResult } from './test-scope.ts'

/** What an integration needs besides the idiom of its runner. */
export interface RunnerSession<T extends AnyTopology> {
  /**
   * Services of the topology, dependants mostly first. Runners set fixtures up one after the other: in this order, the
   * first one's start begins most of what the others need.
   */
  readonly services: readonly ServiceName<T>[]
  /**
   * Leases a lane for a test file, by the worker slot of the runner, and starts nothing yet. Lease it per file, not per
   * worker: some runners start the next worker of a slot while the last one still cleans up.
   */
  forFile(): Promise<RunnerFile<T>>
}

/** The lane of a test file that runs. Dispose it after the file's last test. */
export interface RunnerFile<T extends AnyTopology> extends AsyncDisposable {
  /** The leased lane. */
  readonly lane: Lane<T>
  /** Begins a test: resets the lane unless the test is the file's first; an attempt after a failed one resets deep. */
  beginTest(test: RunnerTest): Promise<RunningTest<T>>
  /** Records a test that was skipped without being begun. */
  skipTest(test: RunnerTest): void
  /** Gives the lane back; the same as disposing the file. */
  release(): Promise<void>
}

/** What a runner knows of a test. */
export interface RunnerTest {
  /** Project of the runner that the test belongs to; default none. */
  readonly project?: string | undefined
  /** Path of the test file, absolute or relative to the current directory. */
  readonly file: string
  /** Titles of the enclosing suites, outermost first, then the test's own. */
  readonly titlePath: readonly string[]
  /** Number of earlier attempts; default 0. */
  readonly retry?: number | undefined
}

/** A test that runs. */
export interface RunningTest<T extends AnyTopology> {
  /** The lane it runs in. */
  readonly lane: Lane<T>
  /** Starts a service and all it needs, unless they run, and returns its handle. */
  use<N extends ServiceName<T>>(service: N): Promise<Handles<T>[N]>
  /** Appends the last log lines of the services that the test used to the error of its failure. */
  explain(error: unknown): void
  /** Records how the test ended. A second call is a no-op. */
  end(result: TestResult): void
}

/**
 * Opens a topology for a test runner. Nothing is connected before the first `forFile`.
 *
 * @param options.client name of the runner, such as `vitest`; shown by `mesocosm ps`.
 *
 * @example
 * const session = openRunnerSession(topology, { client: 'my-runner' })
 * await using file = await session.forFile()
 * const test = await file.beginTest({ file: 'a.test.ts', titlePath: ['signs up'] })
 * const api = await test.use('api')
 * test.end({ status: 'passed' })
 */
export const openRunnerSession = <T extends AnyTopology>(
  topology: T,
  { client }: { readonly client: string },
): RunnerSession<T> => {
  const root = projectRoot(topology.root)
  return {
    // Services are mostly declared after what they need.
    services: Object.keys(topology.definition.services).toReversed() as ServiceName<T>[],
    forFile: async () => fileOf(await openLane(topology, { services: [], client }), root),
  }
}

// ---

const fileOf = <T extends AnyTopology>(open: OpenLane<T>, root: string): RunnerFile<T> => {
  const { lane } = open
  const handles = lane.services as Handles<T>
  let first = true
  return {
    lane,
    async beginTest(test) {
      const scope = await beginTest(open, factsOf(test, root), { first })
      first = false
      return {
        lane,
        async use(service) {
          scope.touch(service)
          await lane.start(service)
          return handles[service]
        },
        explain: (error) => appendLogs(error, scope.lastLogs()),
        end: scope.end,
      }
    },
    skipTest: (test) => recordSkipped(open, factsOf(test, root)),
    release: () => open.release(),
    [Symbol.asyncDispose]: () => open.release(),
  }
}

/** Relative to the project, because runners can be started in any folder. */
const factsOf = (
  { project = '', file, titlePath, retry = 0 }: RunnerTest,
  root: string,
): TestFacts => {
  const path = relative(root, file).replaceAll('\\', '/')
  return { id: testIdOf([project, path, ...titlePath]), retry, file: path, titlePath }
}
