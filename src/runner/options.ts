import type { ResetLevel } from '../define/lane.ts'

/** How tests get their lanes; every `createTest` takes these. */
export interface LaneOptions {
  /**
   * `worker`: test files of one worker slot use one lane, one test at a time. `test`: each test leases a lane and gives
   * it back, so tests can run at the same time. Default `worker`.
   */
  readonly lane?: 'worker' | 'test'
  /**
   * How a lane that was used is reset before the next test; default `light`. With `none`, a test finds what the test
   * before it in the file left; a lane that is leased is still reset, and so is one after a failed start.
   */
  readonly reset?: ResetLevel
  /** How the lane is reset for an attempt after a failed one; default `deep`. */
  readonly onRetry?: 'light' | 'deep'
  /** Milliseconds that the lease of a lane, and the reset before a test, may take; default 120 000. */
  readonly timeoutMs?: number
}

/** Options of `openRunnerSession`. */
export interface RunnerOptions extends LaneOptions {
  /** Name of the runner, such as `vitest`; shown by `mesocosm ps`. */
  readonly client: string
}

/** Default of `timeoutMs`. */
export const defaultTimeoutMs = 120_000
