import type { ErrorCode } from './codes.ts'
import { isError } from './is-error.ts'
import { composeMessage } from './message.ts'

/** Facts of an error for programs. Which ones there are depends on the code; values can be written as JSON. */
export interface ErrorFacts {
  /** Service that the error is about. */
  readonly service?: string
  /** Lane of the service, such as `lane_1`. */
  readonly lane?: string
  /** Image reference. */
  readonly image?: string
  /** Exit code of the program that ended. */
  readonly exitCode?: number
  /** Whether the program was killed because it ran out of memory. */
  readonly outOfMemory?: boolean
  /** What was awaited, such as `http GET /health`. */
  readonly awaited?: string
  /** Milliseconds until the failure. */
  readonly elapsedMs?: number
  /** More facts. */
  readonly [fact: string]: unknown
}

/** What a `MesocosmError` is made from. */
export interface ErrorOptions {
  /** Code; see {@link ErrorCodes}. */
  readonly code: ErrorCode
  /** What went wrong: lower case, no full stop. */
  readonly message: string
  /** What to do about it: one imperative sentence, lower case, no full stop. */
  readonly remedy?: string
  /** Facts for programs; default none. */
  readonly facts?: ErrorFacts
  /** More lines of the message, one per fault; default none. */
  readonly details?: readonly string[]
  /** The service's last log lines, oldest first; default none. */
  readonly lastLogs?: readonly string[]
  /** The error that caused this one. */
  readonly cause?: unknown
}

const brand = Symbol.for('mesocosm.error')

/**
 * The error of every failure of Mesocosm. `message` has everything for people; `code` and `facts` are for programs.
 * Check with {@link isMesocosmError} instead of `instanceof`, which fails across realms and copies of the package.
 */
export class MesocosmError extends Error {
  /** What kind of failure it is; see {@link ErrorCodes}. */
  readonly code: ErrorCode
  /** What to do about it, one imperative sentence; `undefined` if nothing is known to help. */
  readonly remedy: string | undefined
  /** Facts for programs, such as `service`, `lane` and `exitCode`; which ones depends on the code. */
  readonly facts: ErrorFacts
  /** Lines of the message between summary and logs, one per fault; empty if there are none. */
  readonly details: readonly string[]
  /** The service's last log lines, oldest first; empty if the error is not about a service. */
  readonly lastLogs: readonly string[]
  /** First sentence of the message, without code, details, logs and remedy. */
  readonly summary: string
  /** Marks the errors of every copy of the package. */
  readonly [brand] = true

  /** Creates an error whose `message` is composed of all parts. */
  constructor(options: ErrorOptions) {
    super(
      composeMessage(options),
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.name = 'MesocosmError'
    this.code = options.code
    this.remedy = options.remedy
    this.facts = options.facts ?? {}
    this.details = options.details ?? []
    this.lastLogs = options.lastLogs ?? []
    this.summary = options.message
  }

  /** Returns what loggers and test runners show of an error. Includes the stack: some show nothing else. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, stack, facts, cause } = this
    return { name, code, message, stack, facts, ...(cause === undefined ? {} : { cause }) }
  }
}

/** Returns all parts of an error, to recreate it in another process with `reviveError`. */
export const errorJson = (error: MesocosmError): ErrorJson => ({
  name: error.name,
  code: error.code,
  message: error.summary,
  ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
  facts: error.facts,
  details: error.details,
  lastLogs: error.lastLogs,
  ...(error.cause === undefined ? {} : { cause: causeText(error.cause) }),
})

/** A `MesocosmError` as JSON, to send it to another process. */
export interface ErrorJson extends Omit<ErrorOptions, 'cause'> {
  readonly name: string
  readonly cause?: string
}

/** Whether a value is a `MesocosmError`, also one of another realm or copy of the package. */
export const isMesocosmError = (value: unknown): value is MesocosmError =>
  typeof value === 'object' && value !== null && brand in value

const causeText = (cause: unknown): string =>
  isError(cause) ? (cause.stack ?? cause.message) : String(cause)
