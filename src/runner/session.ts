import { readKeepSetting } from '../client/lane/keep-setting.ts'
import type { Handles } from '../define/handle-types.ts'
import type { Lane } from '../define/lane.ts'
import type { AnyTopology, ServiceName } from '../define/topology.ts'
import { projectRoot } from '../disk/project-root.ts'
import { createImages } from './images.ts'
import { checkOptions, limitsOf, type RunnerOptions } from './options.ts'
import { openRunnerFile } from './runner-file.ts'
import type { TestResult } from './test-scope.ts'

/** What an integration needs besides the idiom of its runner. */
export interface RunnerSession<T extends AnyTopology> {
  /**
   * Services of the topology, dependants mostly first. Runners set fixtures up one after the other: in this order, the
   * first one's start begins most of what the others need.
   */
  readonly services: readonly ServiceName<T>[]
  /**
   * Leases a lane for a test file, by the worker slot of the runner, and starts nothing yet. Lease it per file, not per
   * worker: some runners start the next worker of a slot while the last one still cleans up. With `lane: 'test'` it
   * leases none, like `openFile`.
   */
  forFile(): Promise<RunnerFile<T>>
  /** The same, but the first test that needs the lane leases it: a failed lease is then in the record of that test. */
  openFile(): Promise<RunnerFile<T>>
  /**
   * Pulls or builds the images of services and of all they need, so that no test waits for it. Never rejects: a failure
   * is thrown where a test uses the service. Limited by `imagesTimeoutMs` of the session.
   */
  prepareImages(services: readonly ServiceName<T>[]): Promise<void>
}

/** The lane of a test file that runs. Dispose it after the file's last test. */
export interface RunnerFile<T extends AnyTopology> extends AsyncDisposable {
  /** The leased lane. Throws `LANE_BUSY` with `lane: 'test'`, `LANE_RELEASED` before the lease. */
  readonly lane: Lane<T>
  /** Begins a test: resets the lane unless the test is the file's first; an attempt after a failed one resets deep. */
  beginTest(test: RunnerTest): Promise<RunningTest<T>>
  /**
   * Announces a test, which gets its lane by `ready`. For runners that know the outcome of a test only after its
   * fixtures are cleaned up, and for tests that fail before that.
   */
  announce(test: RunnerTest): TestAttempt<T>
  /**
   * Starts services for code that runs before tests, such as a `beforeAll` hook, in a reset lane. Until the file ends,
   * resets restore the data that this code leaves, instead of the declared data.
   *
   * @param options.afterFailure whether this code runs again for an attempt after a failed one, so that the lane is
   * reset as `onRetry` says; default false.
   * @throws {MesocosmError} `LANE_BUSY` with `lane: 'test'`; what a start can throw.
   */
  prepare(
    services: readonly ServiceName<T>[],
    options?: { readonly afterFailure?: boolean },
  ): Promise<Lane<T>>
  /** Records a test that was skipped without being begun. */
  skipTest(test: RunnerTest): void
  /** Records a test that ended without being begun: it used no service, or failed earlier. */
  recordTest(test: RunnerTest, result: TestResult, times?: TestTimes): void
  /** Gives the lane back; the same as disposing the file. */
  release(): Promise<void>
}

/** What a runner knows of a test. */
export interface RunnerTest {
  /** Project of the runner that the test belongs to; default none. */
  readonly project?: string | undefined
  /** Path of the test file, absolute or relative to the current directory. */
  readonly file: string
  /** Line of its declaration in that file, from 1; default unknown. */
  readonly line?: number | undefined
  /** Titles of the enclosing suites, outermost first, then the test's own. */
  readonly titlePath: readonly string[]
  /** Number of earlier attempts; default 0. */
  readonly retry?: number | undefined
  /** Number of the repetition, where a runner runs a test several times as tests of their own; default 0. */
  readonly repeat?: number | undefined
  /** Whether the attempt before failed; default whether there was one. False for a repetition. */
  readonly afterFailure?: boolean | undefined
  /** Whether other tests of the file may run at the same time; default false. */
  readonly concurrent?: boolean | undefined
}

/** When a test began and ended, milliseconds since 1970. */
export interface TestTimes {
  /** Its start. */
  readonly from: number
  /** Its end. */
  readonly to: number
}

/** A test that runs. */
export interface RunningTest<T extends AnyTopology> {
  /** The lane it runs in. */
  readonly lane: Lane<T>
  /**
   * Starts a service and all it needs, unless they run, and returns its handle.
   *
   * @param options.timeoutMs milliseconds the start may take; default until the test leaves.
   */
  use<N extends ServiceName<T>>(
    service: N,
    options?: { readonly timeoutMs?: number },
  ): Promise<Handles<T>[N]>
  /** Appends to the error of a failure what explains it, as far as that is known without waiting. */
  explain(error: unknown): void
  /** Records how the test ended. A second call is a no-op. */
  end(result: TestResult): void
}

/** What explains the failure of a test: for attachments in the runner's own report. */
export interface FailureReport {
  /** `file:` URL of the attempt in the report of the run, which is written when the run ends; absent if none is kept. */
  readonly link?: string
  /** What was appended to the error, as Markdown, with the link. */
  readonly markdown: string
}

/** A test that was announced. */
export interface TestAttempt<T extends AnyTopology> extends RunningTest<T> {
  /**
   * Leases or resets the lane; call it once, before `lane` and `use`.
   *
   * @throws {MesocosmError} `LANE_BUSY` for a concurrent test on a lane that another test uses; `TIMEOUT`; what a
   * lease or reset can throw.
   */
  ready(): Promise<void>
  /**
   * Ends the test's use of the lane; with `lane: 'test'`, gives it back. Records what services captured. Appends to the
   * error of a failed test, if there is one, what explains it: what the test was still waiting for, errors that services
   * logged, what the test changed, the last log lines, and the link to the report.
   */
  leave(error?: unknown): Promise<void>
  /** What explains its failure; `undefined` before `leave` with an error. */
  readonly failure: FailureReport | undefined
  /** @param at when the test ended, milliseconds since 1970; default now. */
  end(result: TestResult, at?: number): void
}

/**
 * Opens a topology for a test runner. Nothing is connected before the first `forFile`.
 *
 * @param options name of the runner, and how tests get their lanes.
 * @throws {MesocosmError} `ARGUMENT_INVALID` with all faults of the options, or of the variables `MESOCOSM_KEEP*`.
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
  options: RunnerOptions,
): RunnerSession<T> => {
  checkOptions(options)
  const root = projectRoot(topology.root)
  const { imagesTimeoutMs } = limitsOf(options)
  const images = createImages(topology, {
    root,
    client: options.client,
    timeoutMs: imagesTimeoutMs,
  })
  const keep = readKeepSetting(process.env)
  const openFile = () => openRunnerFile(topology, { ...options, root, images, keep })
  return {
    // Services are mostly declared after what they need.
    services: Object.keys(topology.definition.services).toReversed() as ServiceName<T>[],
    openFile,
    async forFile() {
      const file = await openFile()
      try {
        if (options.lane !== 'test') await file.prepareLane()
        return file
      } catch (error) {
        await file.release()
        throw error
      }
    },
    prepareImages: (services) => images.prepare(services),
  }
}
