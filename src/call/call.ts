import { Deadline, type Evidence, type WaitLimits } from './deadline.ts'

/** Where a call comes from, as it crosses the wire. */
export interface CallOrigin {
  /** Test that makes it, `<id>#<attempt>`. */
  readonly test?: string
  /** Id of its span in the record, unique in the run. */
  readonly span?: string
  /** What it does, in words: `the restart of api`. */
  readonly what?: string
  /** Milliseconds that the caller still waits. */
  readonly remainingMs?: number
}

/**
 * One thing that a test asked for, on its whole way: handle, wire, supervisor, plan, step, record, error.
 * It says who asked, what is waited for, and when the asker stops waiting.
 */
export interface Call extends Disposable {
  readonly what: string
  readonly test: string | undefined
  /** Its span; events that it causes name this as their parent. */
  readonly span: string | undefined
  readonly deadline: Deadline
  /** Aborts when the caller gives up or its time is over. */
  readonly signal: AbortSignal
  /** Returns the error of a wait that the end of this call cut short. */
  error(evidence?: Evidence): ReturnType<Deadline['error']>
  assertOpen(evidence?: Evidence): void
}

/** Opens a call; dispose it when its answer is known. */
export const openCall = (
  what: string,
  { test, span }: Pick<CallOrigin, 'test' | 'span'> = {},
  limits: WaitLimits = {},
): Call => {
  const deadline = new Deadline(what, limits)
  return {
    what,
    test,
    span,
    deadline,
    signal: deadline.signal,
    error: (evidence) => deadline.error(evidence),
    assertOpen: (evidence) => deadline.assertOpen(evidence),
    [Symbol.dispose]: () => deadline[Symbol.dispose](),
  }
}

/** A call that no test made: the end of a run, the way back after a failure. It has no limit. */
export const ownCall = (what: string): Call => openCall(what)

/** What an event of the record says about the call that caused it. */
export const causeOf = ({ test, span }: Pick<Call, 'test' | 'span'>): CauseFields => ({
  ...(test === undefined ? {} : { x: test }),
  ...(span === undefined ? {} : { p: span }),
})

/** Fields of an event: the test, and the span around it. */
export interface CauseFields {
  readonly x?: string
  readonly p?: string
}
