import type { ErrorCode } from './codes.ts'
import { composeMessage } from './message.ts'

export interface ErrorFacts {
  readonly service?: string
  readonly lane?: string
  readonly image?: string
  readonly exitCode?: number
  readonly outOfMemory?: boolean
  readonly awaited?: string
  readonly elapsedMs?: number
  readonly [fact: string]: unknown
}

export interface ErrorOptions {
  readonly code: ErrorCode
  /** What went wrong, one sentence without a full stop. */
  readonly message: string
  /** What to do about it, one sentence. */
  readonly remedy?: string
  readonly facts?: ErrorFacts
  /** One line a fault, where there are several. */
  readonly details?: readonly string[]
  /** The service's last log lines, oldest first. */
  readonly lastLogs?: readonly string[]
  readonly cause?: unknown
}

const brand = Symbol.for('mesocosm.error')

/**
 * Every failure of Mesocosm. `message` is the whole story for people; `code` and `facts` are for programs.
 * Use {@link isMesocosmError} rather than `instanceof`: it holds across realms and copies of the package.
 */
export class MesocosmError extends Error {
  readonly code: ErrorCode
  readonly remedy: string | undefined
  readonly facts: ErrorFacts
  readonly details: readonly string[]
  readonly lastLogs: readonly string[]
  /** The sentence without details, logs and remedy. */
  readonly summary: string
  readonly [brand] = true

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

  /** What loggers write and test runners show of an error: some take this alone, so the stack is in it. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, stack, facts, cause } = this
    return { name, code, message, stack, facts, ...(cause === undefined ? {} : { cause }) }
  }
}

/** All parts of an error, to make it anew from on the other side of a process border. */
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

/** A `MesocosmError` as it crosses a process border. */
export interface ErrorJson extends Omit<ErrorOptions, 'cause'> {
  readonly name: string
  readonly cause?: string
}

export const isMesocosmError = (value: unknown): value is MesocosmError =>
  typeof value === 'object' && value !== null && brand in value

const causeText = (cause: unknown): string =>
  cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
