import { isMesocosmError, MesocosmError } from '../errors/mesocosm-error.ts'

/** Returns the error of a test that would use a lane at the same time as another one. */
export const laneShared = (title: string, lane: string): MesocosmError =>
  new MesocosmError({
    code: 'LANE_BUSY',
    message: `concurrent test ${JSON.stringify(title)} cannot use lane ${lane}, which another test of this file is using`,
    remedy:
      "write createTest(topology, { lane: 'test' }), which leases a lane per test, or make the tests sequential",
    facts: { lane },
  })

/** Returns the error of a hook that asks for a lane where each test has its own. */
export const noFileLane = (): MesocosmError =>
  new MesocosmError({
    code: 'LANE_BUSY',
    message: "with lane: 'test' there is no lane outside of a test",
    remedy: "use beforeEach, or write createTest(topology, { lane: 'worker' })",
  })

/** Returns the error of a file whose lane is asked for too early. */
export const notLeased = (): MesocosmError =>
  new MesocosmError({
    code: 'LANE_RELEASED',
    message: 'the lane of this test file is not leased yet',
    remedy: 'begin a test first, or open the file by forFile()',
  })

/** Returns the error of a test that ended before it had a lane. */
export const endedEarly = (title: string): MesocosmError =>
  new MesocosmError({
    code: 'LANE_RELEASED',
    message: `test ${JSON.stringify(title)} ended before it had a lane`,
    remedy: 'raise the time limit of the test',
  })

/** Returns whether the error is a `TIMEOUT`. */
export const isTimeout = (error: unknown): error is MesocosmError =>
  isMesocosmError(error) && error.code === 'TIMEOUT'

/** Replaces the remedy of a `TIMEOUT`: the call was made for the test, so its `timeoutMs` is an option of `createTest`. */
export const namingOption = (
  error: unknown,
  option: 'timeoutMs' | 'imagesTimeoutMs',
  waits: readonly string[] = [],
): unknown =>
  isTimeout(error)
    ? new MesocosmError({
        code: error.code,
        message: error.summary,
        remedy: `raise ${option}: createTest(topology, { ${option}: ${2 * Number(error.facts.timeoutMs ?? 60_000)} })`,
        facts: error.facts,
        details: [...error.details, ...waits],
        lastLogs: error.lastLogs,
        cause: error,
      })
    : error
