import type { TestContext } from 'node:test'
import type { LedgerOutcome, TestResult } from 'mesocosm/runner'

/** What is known of a test that began. */
export interface Progress {
  /** Whether it uses a lane. */
  inLane: boolean
  /** When it ended, milliseconds since 1970. */
  endedAt: number | undefined
  /** Why it skips itself. */
  skipped: string | undefined
  /** What is still to do, if its failure does not count. */
  todo: string | undefined
}

/** What a context says of a test; both are decided when all hooks have run. */
export interface EndedTest {
  readonly passed: boolean
  readonly error: { message: string; cause?: unknown } | null | undefined
}

/** Returns how a test ended; `undefined` if Node has not decided yet. It does when all hooks have run. */
export const outcomeOf = (
  t: EndedTest,
  { endedAt, skipped, todo }: Progress,
): LedgerOutcome | undefined =>
  endedAt === undefined ? undefined : { result: resultOf(t, skipped, todo), to: endedAt }

/** Returns the titles of the suites and tests around a test, outermost first, then its own. */
export const titlesOf = ({ name, fullName }: Pick<TestContext, 'name' | 'fullName'>): string[] => {
  const around = fullName.slice(0, -name.length)
  return [...around.split(separator).filter((title) => title !== ''), name]
}

/** Returns the error that a test has failed with so far, to append to it what reporters then show. */
export const failureOf = ({ passed, error }: EndedTest) => {
  if (passed || error === null || error === undefined) return undefined
  const { cause } = error
  if (typeof cause === 'object' && cause !== null) return cause
  if (typeof cause !== 'string') return error
  // Reporters print a string with its line ends escaped.
  const text = new Error(cause)
  text.stack = `Error: ${cause}`
  error.cause = text
  return text
}

/** Returns the result of a skipped test. */
export const skippedFor = (why: string): TestResult => ({
  status: 'skipped',
  ...(why === '' ? {} : { error: why }),
})

// ---

/** Node joins titles by it, and gives them only joined. */
const separator = ' > '

const resultOf = (
  t: EndedTest,
  skipped: string | undefined,
  todo: string | undefined,
): TestResult => {
  if (skipped !== undefined) return skippedFor(skipped)
  if (t.passed) return { status: 'passed' }
  const message = messageOf(t)
  if (todo !== undefined) return skippedFor(`todo: ${todo || (message ?? '')}`)
  return { status: 'failed', ...(message === undefined ? {} : { error: message }) }
}

/** What was thrown is the cause of Node's error. */
const messageOf = ({ error }: EndedTest): string | undefined => {
  const cause = error?.cause
  if (typeof cause === 'string') return cause
  return typeof cause === 'object' && cause !== null && 'message' in cause
    ? String(cause.message)
    : error?.message
}
