import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { didYouMean } from '../../errors/nearest.ts'
import type { ReportIndex, ReportTest } from '../../report/source.ts'

/** An attempt and its position in the index of the run. */
export interface FoundAttempt {
  /** Position in `tests` of the index. */
  readonly position: number
  readonly attempt: ReportTest
}

/** Lines of test declarations by position; absent where the runner does not say them. */
export type TestLines = (position: number) => number | undefined

/**
 * Returns the attempt that a user names: of several attempts of one test the last one that failed, else the last one.
 *
 * @param named `<id>#<attempt>`, an id or its beginning, a file, `<file>:<line>`, or a part of the title.
 * @throws {MesocosmError} `TEST_UNKNOWN` if no test or more than one fits.
 */
export const findAttempt = (
  { tests }: Pick<ReportIndex, 'tests'>,
  named: string,
  lineOf: TestLines = () => undefined,
): FoundAttempt => {
  const all = tests.map((attempt, position) => ({ attempt, position }))
  const found = matching(all, named, lineOf)
  if (found.length === 0) throw unknown(named, tests)
  if (new Set(found.map(({ attempt }) => idOf(attempt))).size > 1) throw ambiguous(named, found)
  return (found.findLast(({ attempt }) => isFailed(attempt)) ?? found.at(-1)) as FoundAttempt
}

/** Returns whether an attempt did not end well. */
export const isFailed = ({ status }: Pick<ReportTest, 'status'>): boolean =>
  status !== 'passed' && status !== 'skipped'

/** Returns the titles of a test as one. */
export const titleOf = ({ titlePath }: Pick<ReportTest, 'titlePath'>): string =>
  titlePath.join(' › ')

// ---

const idOf = ({ test }: ReportTest): string => test.split('#')[0] ?? test

/** The first of these ways that finds something counts. */
const matching = (
  all: readonly FoundAttempt[],
  named: string,
  lineOf: TestLines,
): readonly FoundAttempt[] => {
  const ways: readonly ((found: FoundAttempt) => boolean)[] = [
    ({ attempt }) => attempt.test === named || idOf(attempt) === named,
    ({ attempt }) =>
      named.length >= 4 && /^[\da-f]+$/.test(named) && attempt.test.startsWith(named),
    ({ attempt }) => sameTitle(titleOf(attempt), named),
    ({ attempt }) => sameTitle(attempt.titlePath.at(-1) ?? '', named),
    ({ attempt }) => isFile(attempt.file, named),
    ({ attempt }) => plain(titleOf(attempt)).includes(plain(named)),
  ]
  const [, file, line] = /^(.+?):(\d+)(?::\d+)?$/.exec(named) ?? []
  if (file !== undefined && line !== undefined) {
    const found = atLine(
      all.filter(({ attempt }) => isFile(attempt.file, file)),
      Number(line),
      lineOf,
    )
    if (found.length > 0) return found
  }
  for (const fits of ways) {
    const found = all.filter(fits)
    if (found.length > 0) return found
  }
  return []
}

/** The test whose declaration is at the line or the last one before it; all of the file if no lines are known. */
const atLine = (
  inFile: readonly FoundAttempt[],
  line: number,
  lineOf: TestLines,
): readonly FoundAttempt[] => {
  const lines = inFile.flatMap(({ position }) => lineOf(position) ?? [])
  if (lines.length === 0) return inFile
  const nearest = Math.max(...lines.filter((one) => one <= line))
  return inFile.filter(({ position }) => lineOf(position) === nearest)
}

const isFile = (file: string, named: string): boolean => {
  const path = named.replaceAll('\\', '/').replace(/^\.\//, '')
  return file === path || file.endsWith(`/${path}`) || path.endsWith(`/${file}`)
}

/** Runners separate titles by `›`, `>` or blanks. */
const plain = (title: string): string =>
  title
    .toLowerCase()
    .replace(/\s*[›>]\s*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

const sameTitle = (title: string, named: string): boolean => plain(title) === plain(named)

const shown = 20

const unknown = (named: string, tests: readonly ReportTest[]) =>
  new MesocosmError({
    code: 'TEST_UNKNOWN',
    message:
      tests.length === 0
        ? 'the record has no tests'
        : `the record has no test "${named}"${didYouMean(named, new Set(tests.map(titleOf)))}`,
    remedy: 'list its tests with `mesocosm trace show`, or name another run with --run',
    facts: { test: named },
  })

const ambiguous = (named: string, found: readonly FoundAttempt[]) => {
  const attempts = [...new Map(found.map((one) => [idOf(one.attempt), one.attempt])).values()]
  const rows = attempts
    .slice(0, shown)
    .map((one) => `${idOf(one)}  ${one.status}  ${titleOf(one)}  ${one.file}`)
  const more = attempts.length - rows.length
  return new MesocosmError({
    code: 'TEST_UNKNOWN',
    message: `"${named}" fits ${attempts.length} tests`,
    remedy: 'name one of them by its id',
    details: more > 0 ? [...rows, `and ${more} more`] : rows,
    facts: { test: named, tests: attempts.map(idOf) },
  })
}
