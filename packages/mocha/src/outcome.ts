import type { LedgerOutcome, RunnerTest, TestResult } from 'mesocosm/runner'
import type { Hook, Runnable, Suite, Test } from 'mocha'

/** What is known of an attempt of a test. */
export interface Progress {
  /** When its last hook ended, milliseconds since 1970; absent while it runs. */
  endedAt?: number
  /** What its function threw. */
  thrown?: unknown
  /** A hook of this test that failed. */
  failedHook?: Hook
}

/** Returns the identity of an attempt: Mocha runs a copy of the test for each. */
export const testOf = (test: Test): RunnerTest => ({
  file: test.file ?? '',
  titlePath: test.titlePath(),
  retry: retryOf(test),
})

/** Returns how an attempt ended; `undefined` while it runs. */
export const outcomeOf = (test: Test, progress: Progress): LedgerOutcome | undefined => {
  const { endedAt } = progress
  return endedAt === undefined ? undefined : { result: resultOf(test, progress), to: endedAt }
}

/** Returns how a test ended that never began; `undefined` if Mocha does not report it. */
export const skippedOutcome = (test: Test): LedgerOutcome | undefined => {
  if (test.isPending()) return { result: { status: 'skipped' } }
  const hook = failedBeforeAll(test)
  if (hook === undefined) return undefined
  return { result: { status: 'skipped', error: messageOf(hook) ?? 'a hook before it failed' } }
}

/** Returns the error that a test has failed with, as reporters show it. */
export const failureOf = (test: Test): unknown =>
  test.state === 'failed' ? (test as Failed).err : undefined

/** Returns the hooks around a test that have failed. */
export const failedHooks = (test: Test): Hook[] =>
  suitesOf(test).flatMap((suite) =>
    [...hooksOf(suite, 'beforeEach'), ...hooksOf(suite, 'afterEach')].filter(hasFailed),
  )

// ---

/** Reporters of Mocha keep the error of a runnable in it. */
interface Failed {
  readonly err?: unknown
}

const retryOf = (test: Test): number =>
  (test as unknown as { currentRetry(): number }).currentRetry()

const resultOf = (test: Test, { thrown, failedHook }: Progress): TestResult => {
  if (test.isPending()) return { status: 'skipped' }
  if (failedHook !== undefined) return failed(messageOf(failedHook))
  if (test.state === 'passed') return { status: 'passed' }
  // An attempt that is tried again has no state.
  const late = test.timedOut ? `Timeout of ${test.timeout()}ms exceeded.` : undefined
  return failed(messageIn((test as Failed).err ?? thrown) ?? late)
}

const failed = (error: string | undefined): TestResult => ({
  status: 'failed',
  ...(error === undefined ? {} : { error }),
})

const messageOf = (runnable: Runnable): string | undefined => messageIn((runnable as Failed).err)

const messageIn = (error: unknown): string | undefined => {
  if (error === undefined) return undefined
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error)
}

const hasFailed = ({ state }: Runnable): boolean => state === 'failed'

const failedBeforeAll = (test: Test): Hook | undefined =>
  suitesOf(test)
    .flatMap((suite) => hooksOf(suite, 'beforeAll'))
    .find(hasFailed)

const hooksOf = (suite: Suite, name: string): Hook[] =>
  (suite as unknown as { getHooks(name: string): Hook[] }).getHooks(name)

/** Suites around a test, innermost first. */
const suitesOf = ({ parent }: Test): Suite[] => {
  const suites: Suite[] = []
  for (let suite = parent; suite !== undefined; suite = suite.parent) suites.push(suite)
  return suites
}
