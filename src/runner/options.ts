import { checkCall } from '../client/arguments/check-call.ts'
import * as must from '../client/arguments/checks.ts'
import type { StepRunner } from '../client/record/step-runner.ts'
import type { ResetLevel } from '../define/lane.ts'
import { type TraceMode, traceModes } from '../model/trace-mode.ts'
import { timerLimit } from './timer-limit.ts'

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
  /**
   * Milliseconds that the lease of a lane, and the reset before a test, may take; default 120 000. 0 and `Infinity` are
   * no limit.
   */
  readonly timeoutMs?: number
  /**
   * Milliseconds that the pull or build of the images for one service may take before the tests of a file; default
   * 1 800 000. 0 and `Infinity` are no limit.
   */
  readonly imagesTimeoutMs?: number
  /**
   * What is kept of the run when it has ended: `on`, its record and `report.html`; `retain-on-failure`, what is about
   * failed tests, and nothing if all passed; `off`, nothing. Default `on`. The variable `MESOCOSM_TRACE` comes before
   * it; of several files with different modes, the one that keeps most counts.
   */
  readonly trace?: TraceMode
}

/** Options of `openRunnerSession`. */
export interface RunnerOptions extends LaneOptions {
  /** Name of the runner, such as `vitest`; shown by `mesocosm ps`. */
  readonly client: string
  /** Shows every call of a handle, lane or plugin as a step in the runner's own report; default none. */
  readonly steps?: StepRunner
}

/** @throws {MesocosmError} `ARGUMENT_INVALID` with all faults of the options. */
export const checkOptions = (options: RunnerOptions): void =>
  checkCall(
    { method: 'createTest' },
    {
      options: [
        options,
        must.options({
          client: must.name,
          lane: must.oneOf('worker', 'test'),
          reset: must.oneOf('light', 'deep', 'none'),
          onRetry: must.oneOf('light', 'deep'),
          timeoutMs: limit,
          imagesTimeoutMs: limit,
          trace: must.oneOf(...traceModes),
          steps: must.is('a function', (value) => typeof value === 'function'),
        }),
      ],
    },
  )

/** Returns the limits of calls, in milliseconds: a call has no word for none, so it is the longest. */
export const limitsOf = ({ timeoutMs = 120_000, imagesTimeoutMs = 1_800_000 }: LaneOptions) => ({
  timeoutMs: timerLimit(timeoutMs),
  imagesTimeoutMs: timerLimit(imagesTimeoutMs),
})

// ---

const limit = must.is(
  'a number of milliseconds, 0 or more',
  (value) => typeof value === 'number' && value >= 0,
)
