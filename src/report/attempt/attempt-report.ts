import type { BlobRef } from '../../trace/event/event.ts'
import type { AttributionHow } from '../../trace/read/attribution.ts'
import type { TraceError, TraceNodeKind, TraceStatus } from '../../trace/read/trace.ts'
import type { LogLevel } from '../source.ts'

/*
 * What is known about one attempt of a test, as plain data: `mesocosm trace show --json` prints it, the markdown is
 * made from it. Times named `at` are milliseconds since the start of the attempt.
 */

/** One attempt of a test: what it did, what its services did, what they wrote. */
export interface AttemptReport {
  /** Version of this shape. */
  readonly v: 1
  /** `<id>#<attempt>`. */
  readonly test: string
  /** Path of the test file, relative to the project. */
  readonly file: string
  /** Titles of the suites, outermost first, then the test's own. */
  readonly titlePath: readonly string[]
  /** How it ended; `unfinished` if the record has no end. */
  readonly status: TraceStatus
  /** Message of the failure, as the runner gave it. */
  readonly error?: string
  /** Number of earlier attempts. */
  readonly retry: number
  /** All attempts of this test in the run, in the order of their starts, this one included. */
  readonly attempts: readonly OtherAttempt[]
  /** Milliseconds since 1970. */
  readonly start: number
  /** Milliseconds. */
  readonly durationMs: number
  /** Id of the run; absent without a `run.json`. */
  readonly run?: string
  /** Lane that it ran in; absent if it got none. */
  readonly lane?: string
  /** Until when the lane is kept as the test left it, milliseconds since 1970; absent if it is not kept. */
  readonly keptUntil?: number
  /** Services that the test asked for. */
  readonly touched: readonly string[]
  /** What happened, in the order of time, causes before their effects. */
  readonly timeline: readonly TimelineEntry[]
  /** Changes of environments. */
  readonly env: readonly EnvDiff[]
  /** Commands that ran in services. */
  readonly execs: readonly ExecReport[]
  /** Last known states of the lane's services when the test ended. */
  readonly states: readonly StateReport[]
  /** Mails and objects that services of the lane got during the test. */
  readonly captured: readonly CapturedReport[]
  /** Spans that services reported, those of at least `slowMs` and failed ones. */
  readonly spans: readonly SpanReport[]
  /** What was logged during the test, by service: those with error-level lines first. */
  readonly logs: readonly ServiceLog[]
}

/** An attempt of the same test. */
export interface OtherAttempt {
  /** `<id>#<attempt>`. */
  readonly test: string
  /** How it ended. */
  readonly status: TraceStatus
  /** Milliseconds since 1970. */
  readonly start: number
}

/** One thing that happened. */
export interface TimelineEntry {
  /** Milliseconds since the start of the attempt; negative for what began before. */
  readonly at: number
  /** Number of entries around it. */
  readonly depth: number
  /** What it is. */
  readonly kind: TraceNodeKind
  /** For people: `withEnv api`, `api exited with code 1`. */
  readonly name: string
  /** Service that it is about. */
  readonly service?: string
  /** How it ended; absent for moments. */
  readonly status?: TraceStatus
  /** Milliseconds; absent for moments. */
  readonly ms?: number
  /** Why it was done: `env SIGNUP changed`. */
  readonly cause?: string
  /** Why it failed. */
  readonly error?: TraceError
  /** Steps of a plan: what it did. */
  readonly steps?: readonly StepReport[]
  /** How many times the same happened in a row; absent if once. */
  readonly times?: number
}

/** One step of a plan. */
export interface StepReport {
  /** `start program api`. */
  readonly name: string
  /** Why it was done: `env SIGNUP changed`. */
  readonly cause?: string
  /** How it ended. */
  readonly status: TraceStatus
}

/** One change of a service's environment. */
export interface EnvDiff {
  /** Milliseconds since the start of the attempt. */
  readonly at: number
  /** Name of the service. */
  readonly service: string
  /** `null` where a variable is not set. */
  readonly changes: readonly {
    readonly key: string
    readonly from: string | null
    readonly to: string | null
  }[]
}

/** One command that ran in a service. */
export interface ExecReport {
  /** Milliseconds since the start of the attempt. */
  readonly at: number
  /** Name of the service. */
  readonly service: string
  /** Program and arguments. */
  readonly argv: readonly string[]
  /** Exit code; absent if it did not end. */
  readonly exit?: number
  /** Milliseconds; absent if it did not end. */
  readonly ms?: number
  /** The first 8 KiB. */
  readonly stdout: string
  /** The first 8 KiB. */
  readonly stderr: string
  /** The whole output in `blob/` of the run's folder, where it is longer. */
  readonly blobs?: { readonly stdout?: BlobRef; readonly stderr?: BlobRef }
  /** Why it failed; absent if it did not. */
  readonly error?: TraceError
}

/** The last known state of a service. */
export interface StateReport {
  /** Name of the service. */
  readonly service: string
  /** `run` for a server that lanes share. */
  readonly lane: string
  /** `started`, `exited`, `paused`, … as the engine names it. */
  readonly state: string
  /** What its health check said last; absent without one. */
  readonly healthy?: boolean
  /** Exit code of a program that ended. */
  readonly exitCode?: number
  /** What ended the program: `crash`, `kill`, `stop`, `signal`, `completed`. */
  readonly by?: string
  /** Milliseconds since the start of the attempt. */
  readonly at: number
}

/** A mail or an object that a service got. */
export interface CapturedReport {
  /** Milliseconds since the start of the attempt. */
  readonly at: number
  /** Name of the service. */
  readonly service: string
  /** `mail`, `object`. */
  readonly kind: string
  /** One line for people. */
  readonly summary: string
}

/** A span that a service reported. */
export interface SpanReport {
  /** Milliseconds since the start of the attempt. */
  readonly at: number
  /** Milliseconds. */
  readonly ms: number
  /** Name of the service. */
  readonly service: string
  /** Name of the span. */
  readonly name: string
  /** How it ended. */
  readonly status?: TraceStatus
  /** Why it failed; absent if it did not. */
  readonly error?: TraceError
}

/** What one service logged during the attempt. */
export interface ServiceLog {
  /** Name of the service. */
  readonly service: string
  /** Number of lines. */
  readonly lines: number
  /** Number of lines of level error. */
  readonly errors: number
  /** The last lines of level error, each with the lines that belong to it, such as a stack. */
  readonly lastErrors: readonly ReportLine[]
  /** The last lines. */
  readonly last: readonly ReportLine[]
}

/** A log line. */
export interface ReportLine {
  /** Milliseconds since the start of the attempt. */
  readonly at: number
  /** The line without its line feed. */
  readonly text: string
  /** The level that it names, if it names one. */
  readonly level?: LogLevel
  /** How it is known that it belongs to the test; `window` and `gap`: it may be another's. */
  readonly how: AttributionHow
}
