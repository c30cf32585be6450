import { Deadline, type Evidence, type WaitLimits } from './deadline.ts'

const defaultTimeoutMs = 10_000

/** Returns what was seen while waiting, or only its lines, for the error of a wait that ended with this code. */
export type EvidenceSource = (
  code: 'TIMEOUT' | 'ABORTED',
) => readonly string[] | Evidence | Promise<readonly string[] | Evidence>

/**
 * Runs `work` within the caller's limits. Rejects as soon as the time is over or the caller's signal aborts, even if
 * the work ignores its signal.
 *
 * @param what the start of the error message, such as `reading a.txt in files`.
 * @param limits as the caller gave them; `timeoutMs` is 10 000 by default, `Infinity` for no limit.
 * @param evidence called when the error is created; returns its lines, such as messages that did arrive, or more.
 * @throws {MesocosmError} `TIMEOUT`, `ABORTED`; what the work throws.
 */
export const withTimeout = async <T>(
  what: string,
  limits: WaitLimits | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  evidence: EvidenceSource = () => [],
): Promise<T> => {
  const { timeoutMs = defaultTimeoutMs, signal } = limits ?? {}
  using deadline = new Deadline(what, { timeoutMs, signal })
  try {
    return await raced(deadline, () => work(deadline.signal))
  } catch (error) {
    if (!deadline.passed) throw error
    const seen = await evidence(signal?.aborted ? 'ABORTED' : 'TIMEOUT')
    throw deadline.error('length' in seen ? { details: seen } : seen)
  }
}

/** Settles like `work`, or rejects when the deadline passes first; what the work does later is ignored. */
export const raced = async <T>(
  deadline: Pick<Deadline, 'signal' | 'error' | 'assertOpen'>,
  work: () => Promise<T>,
): Promise<T> => {
  deadline.assertOpen()
  const { promise: over, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(deadline.error())
  deadline.signal.addEventListener('abort', onAbort, { once: true })
  try {
    const working = work()
    // A failure after the deadline has no reader.
    working.catch(() => {})
    return await Promise.race([working, over])
  } finally {
    deadline.signal.removeEventListener('abort', onAbort)
  }
}
