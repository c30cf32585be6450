import type { ReportTest } from '../../../../src/report/source.ts'

/** How all attempts of a test ended together. */
export type TestOutcome = 'failed' | 'unfinished' | 'flaky' | 'passed' | 'skipped'

/** One attempt and its position in `ReportIndex.tests`. */
export interface Attempt {
  readonly position: number
  readonly test: ReportTest
}

/** A test with its attempts, oldest first. */
export interface TestCase {
  /** Without the number of the attempt. */
  readonly id: string
  readonly file: string
  /** Titles of its suites, joined. */
  readonly suite: string
  readonly name: string
  readonly attempts: readonly [Attempt, ...Attempt[]]
  readonly outcome: TestOutcome
}

/** The tests of a file, in the order of their starts. */
export interface TestFile {
  readonly file: string
  readonly cases: readonly TestCase[]
}

/** Groups attempts by test and tests by file. Files with failures are first, the others by name. */
export const testFiles = (tests: readonly ReportTest[]): TestFile[] => {
  const cases = new Map<string, [Attempt, ...Attempt[]]>()
  for (const [position, test] of tests.entries()) {
    const found = cases.get(idOf(test.test))
    if (found === undefined) cases.set(idOf(test.test), [{ position, test }])
    else found.push({ position, test })
  }
  const files = new Map<string, TestCase[]>()
  for (const [id, attempts] of cases) {
    const { file, titlePath } = attempts[0].test
    const made: TestCase = {
      id,
      file,
      suite: titlePath.slice(0, -1).join(' › '),
      name: titlePath.at(-1) ?? id,
      attempts,
      outcome: outcomeOf(attempts.map(({ test }) => test)),
    }
    const found = files.get(file)
    if (found === undefined) files.set(file, [made])
    else found.push(made)
  }
  return [...files]
    .map(([file, list]) => ({ file, cases: list }))
    .sort((a, b) => weight(b) - weight(a) || a.file.localeCompare(b.file))
}

/** Returns the number of tests per outcome. */
export const countOutcomes = (files: readonly TestFile[]): Record<TestOutcome, number> => {
  const counts = { failed: 0, unfinished: 0, flaky: 0, passed: 0, skipped: 0 }
  for (const { cases } of files) for (const { outcome } of cases) counts[outcome]++
  return counts
}

/** Returns the id of a test without its attempt. */
export const idOf = (test: string): string => test.replace(/#\d+$/, '')

/** Returns the last attempt. */
export const lastOf = ({ attempts }: TestCase): Attempt => attempts.at(-1) ?? attempts[0]

/** Returns the attempt with this number, from 1; the last one if there is none. Reports may lack earlier attempts. */
export const attemptOf = (test: TestCase, number: number | undefined): Attempt => {
  if (number === undefined) return lastOf(test)
  const at = test.attempts[number - 1]
  const named = test.attempts.findLast(({ test: { retry } }) => retry === number - 1)
  return at?.test.retry === number - 1 ? at : (named ?? at ?? lastOf(test))
}

// ---

const outcomeOf = (attempts: readonly ReportTest[]): TestOutcome => {
  const last = attempts.at(-1)
  switch (last?.status) {
    case 'passed':
    case 'done':
      // A later run of a kept lane is not another try of the same run.
      return last.retry > 0 && attempts.some(({ status }) => isFailure(status)) ? 'flaky' : 'passed'
    case 'skipped':
    case 'unfinished':
      return last.status
    default:
      return 'failed'
  }
}

const isFailure = (status: string): boolean => status === 'failed' || status === 'timeout'

const weight = ({ cases }: TestFile): number =>
  cases.some(({ outcome }) => outcome === 'failed' || outcome === 'unfinished') ? 1 : 0
