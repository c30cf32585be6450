import { Deadline, type Evidence, type WaitLimits } from './deadline.ts'

/** Where a call comes from, as it crosses the wire. */
export interface CallOrigin {
  /** Test that makes it, `<id>#<attempt>`. */
  readonly test?: string
  /** Id of its span in the record, unique in the run. */
  readonly span?: string
  /** What it does, for error messages: `the restart of api`. */
  readonly what?: string
  /** Milliseconds that the caller still waits. */
  readonly remainingMs?: number
}

/**
 * One request of a test, passed along from handle to supervisor, plan, step, record and error.
 * Holds who asked, what is waited for, and when the caller stops waiting.
 */
export interface Call extends Disposable {
  readonly what: string
  readonly test: string | undefined
  /** Its span; events that it causes name this as their parent. */
  readonly span: string | undefined
  /** Aborts when the caller gives up or its time is over. */
  readonly signal: AbortSignal
  /** Returns the error of a wait that ended because this call did. */
  error(evidence?: Evidence): ReturnType<Deadline['error']>
  assertOpen(evidence?: Evidence): void
}

/** Opens a call; dispose it when its answer is known. */
export const openCall = (
  what: string,
  { test, span }: { readonly test?: string | undefined; readonly span?: string | undefined } = {},
  limits: WaitLimits = {},
): Call => {
  const deadline = new Deadline(what, limits)
  return {
    what,
    test,
    span,
    signal: deadline.signal,
    error: (evidence) => deadline.error(evidence),
    assertOpen: (evidence) => deadline.assertOpen(evidence),
    [Symbol.dispose]: () => deadline[Symbol.dispose](),
  }
}

/**
 * Opens a call without a limit: for work that no test asked for, such as the end of a run, and for work that continues
 * after its caller gave up, such as the start of a server that other lanes use as well.
 */
export const unlimited = (what: string, cause: Partial<Pick<Call, 'test' | 'span'>> = {}): Call =>
  openCall(what, cause)

/** Several calls that are served by the same work. */
export interface JoinedCall extends Call {
  /** Spans of the calls after the first one. */
  readonly also: readonly string[]
}

/** Joins calls: the work is caused by the first one, and is aborted only when all callers have given up. */
export const joinCalls = (calls: readonly [Call, ...Call[]]): JoinedCall => {
  const [first] = calls
  const over = new AbortController()
  const onAbort = () => {
    if (calls.every(({ signal }) => signal.aborted)) over.abort()
  }
  for (const { signal } of calls) signal.addEventListener('abort', onAbort, { once: true })
  onAbort()
  return {
    what: first.what,
    test: first.test,
    span: first.span,
    also: calls.slice(1).flatMap(({ span }) => span ?? []),
    signal: over.signal,
    error: (evidence) => first.error(evidence),
    assertOpen(evidence) {
      if (over.signal.aborted) throw first.error(evidence)
    },
    [Symbol.dispose]() {
      for (const { signal } of calls) signal.removeEventListener('abort', onAbort)
    },
  }
}

/** Returns the fields of an event that name the call that caused it. */
export const causeOf = ({ test, span }: Pick<Call, 'test' | 'span'>): CauseFields => ({
  ...(test === undefined ? {} : { x: test }),
  ...(span === undefined ? {} : { p: span }),
})

/** Fields of an event: the test, and the span around it. */
export interface CauseFields {
  readonly x?: string
  readonly p?: string
}
