import {
  type AnyTopology,
  setUpFixtures,
  type TestAttempt,
  type TestResult,
  testTimer,
} from 'mesocosm/runner'
import type { OpenFile } from './open-file.ts'
import { type Hook, hooksOf, type Suite, titlesOf } from './suite.ts'

/** A test that was declared. */
export interface DeclaredTest {
  readonly title: string
  readonly suite: Suite
  /** Names of its fixtures. */
  readonly names: readonly string[]
  readonly fn: (fixtures: object, ...row: unknown[]) => unknown
  /** Values of its row in a table. */
  readonly row: readonly unknown[]
  /** Whether it must fail. */
  readonly failing: boolean
  readonly timeoutMs: number
  /** Made where the test is declared, so that a failure by time shows that place. */
  readonly place: Error
  /** How its attempts ended so far. */
  readonly attempts: ('passed' | 'failed')[]
}

/** Runs one attempt of a test, and records how it ended. Rejects as Bun must see it. */
export const runTest = async (test: DeclaredTest, file: OpenFile): Promise<void> => {
  const { attempts, suite, title } = test
  const index = attempts.push('failed') - 1
  const facts = {
    file: file.path,
    titlePath: [...titlesOf(suite), title],
    retry: index,
    afterFailure: attempts[index - 1] === 'failed',
    // Bun does not say which tests run at the same time. A lane that is in use is refused either way.
    concurrent: true,
  }
  const from = Date.now()
  const attempt = needsLane(test) ? (await file.open()).announce(facts) : undefined
  const [failure] = await failuresOf(test, attempt)
  if (failure === undefined) attempts[index] = 'passed'
  await attempt?.leave(failure?.error)
  const result = resultOf(test, failure)
  if (attempt === undefined) file.keep(facts, result, { from, to: Date.now() })
  else attempt.end(result)
  if (failure !== undefined) throw failure.error
}

// ---

interface Failure {
  readonly error: unknown
}

const needsLane = ({ names, suite }: DeclaredTest): boolean =>
  [...hooksOf(suite, 'beforeEach'), ...hooksOf(suite, 'afterEach'), { names }].some(
    (taker) => taker.names.length > 0,
  )

/** Runs the hooks before the test, the test, and the hooks after it, which run whatever failed. */
const failuresOf = async (
  test: DeclaredTest,
  attempt: TestAttempt<AnyTopology> | undefined,
): Promise<Failure[]> => {
  const { suite } = test
  const fixtures = (names: readonly string[]) =>
    attempt === undefined || names.length === 0 ? {} : setUpFixtures(attempt, names)
  const failures: Failure[] = []
  const attempted = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await withinTime(work, test)
    } catch (error) {
      failures.push({ error })
    }
  }
  const callHook = async ({ names, fn }: Hook) => fn((await fixtures(names)) as object)
  await attempted(async () => {
    await attempt?.ready()
    for (const hook of hooksOf(suite, 'beforeEach')) await callHook(hook)
    await test.fn((await fixtures(test.names)) as object, ...test.row)
  })
  for (const hook of hooksOf(suite, 'afterEach')) await attempted(() => callHook(hook))
  return failures
}

/** Bun's own limit says nothing to a test, so that the error could not say what it was waiting for. */
const withinTime = async (
  work: () => Promise<unknown>,
  { timeoutMs, place }: DeclaredTest,
): Promise<void> => {
  const tooLong = Promise.withResolvers<never>()
  using _timer = testTimer(timeoutMs, () => {
    place.message = `test timed out after ${timeoutMs} ms`
    tooLong.reject(place)
  })
  await Promise.race([work(), tooLong.promise])
}

const resultOf = ({ failing }: DeclaredTest, failure: Failure | undefined): TestResult => {
  if (failing)
    return failure === undefined
      ? { status: 'failed', error: 'the test passed, although it is declared as failing' }
      : { status: 'passed' }
  return failure === undefined
    ? { status: 'passed' }
    : { status: 'failed', error: messageOf(failure.error) }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
