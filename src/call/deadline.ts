import { MesocosmError } from '../errors/mesocosm-error.ts'
import { waitClock } from './wait-clock.ts'

/** How long a caller is willing to wait. */
export interface WaitLimits {
  /** Milliseconds; without it, or with `Infinity`, there is no time limit. */
  readonly timeoutMs?: number | undefined
  /** Ends the wait when it aborts. */
  readonly signal?: AbortSignal | undefined
}

/** What was seen while waiting, for the error. */
export interface Evidence {
  /** Sentence part after the message, such as `last seen: status 503`. */
  readonly seen?: string
  /** Lines of the error, such as one for each message that did arrive. */
  readonly details?: readonly string[]
  /** Facts for programs; `awaited` and `timeoutMs` are added. */
  readonly facts?: Readonly<Record<string, unknown>>
  /** The service's last log lines, oldest first. */
  readonly lastLogs?: readonly string[]
  /** Replaces the general remedy of a timeout. */
  readonly remedy?: string
  /** Failure that may have caused the timeout, such as that of the last look. */
  readonly cause?: unknown
}

/**
 * The end of a wait: a time, the caller's signal, or both. The time is that of the {@link waitClock}, which stands still
 * while a debugger is paused. Only this file creates `TIMEOUT` and `ABORTED` errors. Dispose it when the wait is over,
 * or its timer keeps the process alive.
 */
export class Deadline implements Disposable {
  /** What is waited for, as the start of an error message: `the restart of api`. */
  readonly what: string
  readonly timeoutMs: number | undefined
  /** Aborts when the time is over or the caller's signal aborts. */
  readonly signal: AbortSignal
  readonly #caller: AbortSignal | undefined
  readonly #stop: () => void
  readonly #start = waitClock.now()

  constructor(what: string, { timeoutMs, signal: caller }: WaitLimits = {}) {
    const own = new AbortController()
    this.what = what
    this.timeoutMs = timeoutMs
    this.signal = own.signal
    this.#caller = caller
    const onAbort = () => own.abort(caller?.reason)
    const timer =
      timeoutMs === undefined ? undefined : waitClock.timer(timeoutMs, () => own.abort())
    caller?.addEventListener('abort', onAbort, { once: true })
    this.#stop = () => {
      timer?.[Symbol.dispose]()
      caller?.removeEventListener('abort', onAbort)
    }
    if (caller?.aborted) onAbort()
  }

  /** Whether the wait is over before its work was done. */
  get passed(): boolean {
    return this.signal.aborted
  }

  /** Milliseconds left, at least 0; `undefined` without a time limit. */
  get remainingMs(): number | undefined {
    if (this.timeoutMs === undefined) return undefined
    return Math.max(0, this.timeoutMs - (waitClock.now() - this.#start))
  }

  /** Returns the error of a wait that ended here: `ABORTED` when the caller aborted, else `TIMEOUT`. */
  error(evidence: Evidence = {}): MesocosmError {
    return this.#caller?.aborted
      ? aborted(this.what, this.#caller.reason, withoutRemedy(evidence))
      : timedOut(this.what, this.timeoutMs ?? 0, evidence)
  }

  /** Throws {@link error} when the wait is over. */
  assertOpen(evidence?: Evidence): void {
    if (this.passed) throw this.error(evidence)
  }

  [Symbol.dispose](): void {
    this.#stop()
  }
}

/** Returns the error of work that was given up, for code that has no deadline. */
export const aborted = (what: string, cause: unknown, evidence: Evidence = {}): MesocosmError =>
  new MesocosmError({
    code: 'ABORTED',
    message: `${what} was aborted${seenIn(evidence)}`,
    ...(evidence.remedy === undefined ? {} : { remedy: evidence.remedy }),
    ...rest(what, evidence),
    cause,
  })

/** Returns the error of a wait that took too long, for code that measures time without a {@link Deadline}. */
export const timedOut = (what: string, timeoutMs: number, evidence: Evidence = {}): MesocosmError =>
  new MesocosmError({
    code: 'TIMEOUT',
    message: `${what} took longer than ${timeoutMs} ms${seenIn(evidence)}`,
    remedy:
      evidence.remedy ?? 'raise timeoutMs of this call, or check the logs for what it waits for',
    ...rest(what, evidence, { timeoutMs }),
    ...(evidence.cause === undefined ? {} : { cause: evidence.cause }),
  })

// ---

/** A remedy against a timeout does not help a caller who aborted. */
const withoutRemedy = ({ remedy: _, ...evidence }: Evidence): Evidence => evidence

const seenIn = ({ seen }: Evidence) => (seen === undefined ? '' : `: ${seen}`)

const rest = (
  what: string,
  { details, facts, lastLogs }: Evidence,
  more: Readonly<Record<string, unknown>> = {},
) => ({
  facts: { awaited: what, ...more, ...facts },
  ...(details === undefined ? {} : { details }),
  ...(lastLogs === undefined ? {} : { lastLogs }),
})
