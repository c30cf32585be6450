import type { AttemptReport } from '../../report/attempt/attempt-report.ts'
import { summarizeAttempt } from '../../report/attempt/summarize-attempt.ts'
import type { ReportTest } from '../../report/source.ts'
import type { Trace } from '../../trace/read/trace.ts'
import { type FoundAttempt, findAttempt, isFailed, type TestLines } from './find-tests.ts'
import { type OpenRecord, openRecord } from './open-record.ts'
import type { RunRecordFacts } from './records.ts'

/** Which run is read. */
export interface RecordChoice {
  /**
   * Id of the run or its beginning, name of a live run, or path of a folder, relative to `cwd`; default the newest
   * record.
   */
  readonly run?: string | undefined
  /** Folder that a path starts from; default that of the project. */
  readonly cwd?: string
}

/** The tests of a run. */
export interface RecordedTests {
  /** Id of the run. */
  readonly run: string
  /** Folder of its record. */
  readonly folder: string
  /** `running`, or why it ended. */
  readonly status: string
  /** Attempts of tests, in the order of their starts. */
  readonly tests: readonly RecordedTest[]
  /** What is missing in the record, as sentences. */
  readonly missing: readonly string[]
}

/** One attempt of a test of a run. */
export interface RecordedTest extends ReportTest {
  /** Line of its declaration, from 1; absent where the runner does not say it. */
  readonly line?: number
}

/**
 * Returns the attempts of all tests of a run.
 *
 * @throws {MesocosmError} `TRACE_NOT_FOUND`
 */
export const listTests = async (
  root: string,
  { run, cwd }: RecordChoice = {},
): Promise<RecordedTests> => testsOf(await openRecord(root, run, cwd))

/**
 * Returns what is known about failed attempts of a run, with the tests of the run.
 *
 * @param choice.atMost number of attempts, the first ones; default all.
 * @throws {MesocosmError} `TRACE_NOT_FOUND`
 */
export const showFailed = async (
  root: string,
  { run, cwd, atMost = Number.POSITIVE_INFINITY }: RecordChoice & { readonly atMost?: number } = {},
): Promise<{ readonly listed: RecordedTests; readonly reports: readonly AttemptReport[] }> => {
  const record = await openRecord(root, run, cwd)
  const reports: AttemptReport[] = []
  for (const [position, attempt] of record.index.tests.entries())
    if (isFailed(attempt) && reports.length < atMost)
      reports.push(await reportOf(record, { position, attempt }))
  return { listed: testsOf(record), reports }
}

/**
 * Returns what is known about a test of a run.
 *
 * @param named `<id>#<attempt>`, an id or its beginning, a file, `<file>:<line>`, or a part of the title; of several
 * attempts of one test the last one that failed, else the last one.
 * @throws {MesocosmError} `TRACE_NOT_FOUND`; `TEST_UNKNOWN` if no test or more than one fits.
 */
export const showAttempt = async (
  root: string,
  named: string,
  { run, cwd }: RecordChoice = {},
): Promise<{ readonly report: AttemptReport; readonly facts: RunRecordFacts }> => {
  const record = await openRecord(root, run, cwd)
  const found = findAttempt(record.index, named, linesIn(record.trace))
  return { report: await reportOf(record, found), facts: record.facts }
}

/** Returns the lines of test declarations, where the runner says them. */
export const linesIn =
  ({ tests }: Trace): TestLines =>
  (position) => {
    const start = tests[position]?.events[0]
    return start?.k === 'test.start' ? start.line : undefined
  }

// ---

const testsOf = ({ facts, index, trace }: OpenRecord): RecordedTests => {
  const lineOf = linesIn(trace)
  return {
    run: facts.run,
    folder: facts.folder,
    status: index.run.status,
    tests: index.tests.map((test, position) => {
      const line = lineOf(position)
      return line === undefined ? test : { ...test, line }
    }),
    missing: index.missing,
  }
}

const reportOf = async (
  { trace, logsAround }: OpenRecord,
  { position, attempt }: FoundAttempt,
): Promise<AttemptReport> => {
  const report = summarizeAttempt({ trace, ...(await logsAround(attempt)) }, position)
  if (report === undefined) throw new RangeError(`there is no attempt ${position}`)
  return report
}
