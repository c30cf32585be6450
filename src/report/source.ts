import type { Attribution } from '../trace/read/attribution.ts'
import type { LogLevel } from '../trace/read/level.ts'
import type { Trace, TraceRun, TraceStatus } from '../trace/read/trace.ts'

/*
 * What the page of a report reads, whether it is embedded in the page or comes from a run that goes on. Nothing here
 * needs Node.
 */

export type { LogLevel } from '../trace/read/level.ts'

/** Where the page gets a run from. */
export interface ReportSource {
  /** What the page shows first; a live run replaces it. */
  index(): Promise<ReportIndex>
  /** All entries of the run and their tree. */
  trace(): Promise<Trace>
  /** All log lines of the run. */
  logs(): Promise<LogTable>
  /** Content that was too long for its entry; `undefined` if the report does not have it. */
  blob(sha256: string): Promise<Uint8Array | undefined>
  /** Calls back after something was added; returns how to stop that. Absent for a run that has ended. */
  readonly follow?: (changed: () => void) => () => void
}

/** Enough to list the tests of a run before the rest is decoded. */
export interface ReportIndex {
  readonly v: 1
  readonly run: TraceRun
  /** Attempts of tests in the order of their starts. */
  readonly tests: readonly ReportTest[]
  /** Names; a position in it is the service's number in {@link LogTable}. */
  readonly services: readonly string[]
  /** Names, `run` for servers that lanes share; a position in it is the lane's number in {@link LogTable}. */
  readonly lanes: readonly string[]
  /** Number of log lines. */
  readonly lines: number
  /** What was left out of the report, as sentences; empty if nothing was. */
  readonly missing: readonly string[]
}

/** One attempt of a test. */
export interface ReportTest {
  /** `<id>#<attempt>`; a position in `tests` is the attempt's number in {@link LogTable}. */
  readonly test: string
  /** Path of the test file, relative to the project. */
  readonly file: string
  /** Titles of the suites, outermost first, then the test's own. */
  readonly titlePath: readonly string[]
  /** Number of earlier attempts. */
  readonly retry: number
  /** How it ended; `unfinished` if the record has no end. */
  readonly status: TraceStatus
  /** First sentence of the failure. */
  readonly error?: string
  /** Lane that it ran in; absent if it got none. */
  readonly lane?: string
  /** Milliseconds since 1970. */
  readonly start: number
  /** Milliseconds since 1970. */
  readonly end: number
  /** Services that the test asked for. */
  readonly touched: readonly string[]
}

/** Log lines of a run in columns, in the order of time. A row is a number from 0. */
export interface LogTable {
  readonly length: number
  /** Milliseconds since 1970, with fractions. */
  time(row: number): number
  text(row: number): string
  service(row: number): number
  lane(row: number): number
  /** 1 stdout, 2 stderr. */
  stream(row: number): 1 | 2
  /** Bits of `rowFlag` of the log file. */
  flags(row: number): number
  /** Level that the line names, if it names one. */
  level(row: number): LogLevel | undefined
  /** The test it belongs to, and how that is known. */
  attribution(row: number): Attribution
  /** First row at or after a time. */
  rowAt(time: number): number
  /** Rows that match all parts of the filter, ascending. At most 150 ms for a million lines. */
  find(filter: LogFilter): Uint32Array
}

/** Which lines are asked for; what is absent does not limit. */
export interface LogFilter {
  readonly services?: readonly number[]
  readonly lanes?: readonly number[]
  readonly levels?: readonly LogLevel[]
  /** Position in `ReportIndex.tests`: its lines, also those that may be another's. */
  readonly test?: number
  readonly from?: number
  readonly to?: number
  /** Each must be in the line; letters of either case match. */
  readonly include?: readonly (string | RegExp)[]
  /** None may be in the line. */
  readonly exclude?: readonly (string | RegExp)[]
}
