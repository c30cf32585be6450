import { isFailedTest, type RecordedTest, type RecordedTests } from 'mesocosm/operate'
import { duration } from '../duration.ts'
import { clean, painted } from '../tree/style.ts'

/** How tests are listed. */
export interface ListLook {
  readonly color: boolean
  /** Lists only tests that did not pass. */
  readonly terse: boolean
}

/** Returns the tests of a run as lines: the outcome, failed tests with their error, then the others. */
export const testsText = (
  { run, status, tests, missing }: RecordedTests,
  { color, terse }: ListLook,
): string[] => {
  const failed = tests.filter(isFailedTest)
  const others = terse ? [] : tests.filter((test) => !isFailedTest(test))
  const counts = [...Map.groupBy(tests, (test) => test.status)].map(
    ([name, group]) => `${group.length} ${name}`,
  )
  return [
    `run ${run}, ${status}: ${tests.length === 0 ? 'no tests' : counts.join(', ')}`,
    ...missing.map((sentence) => `warning: ${sentence}`),
    ...failed.flatMap((test) => [testLine(test, color), ...errorLine(test)]),
    ...others.map((test) => testLine(test, color)),
    ...(failed.length === 0
      ? []
      : [`what one of them did: mesocosm trace show ${failed[0]?.test} --run ${run}`]),
  ]
}

// ---

const signs = { passed: ['✔', 'green'], skipped: ['-', 'dim'] } as const

const testLine = (test: RecordedTest, color: boolean): string => {
  const { status, titlePath, file, line, start, end, test: id } = test
  const [sign, look] =
    status === 'passed' || status === 'skipped' ? signs[status] : (['✖', 'red'] as const)
  return [
    color ? painted(sign, look) : sign,
    status,
    clean(titlePath.join(' › ')),
    duration(end - start),
    `${clean(file)}${line === undefined ? '' : `:${line}`}`,
    id,
  ].join('  ')
}

const errorLine = ({ error }: RecordedTest): string[] =>
  error === undefined ? [] : [`     ${clean(error.split('\n', 1)[0] ?? '').slice(0, 200)}`]
