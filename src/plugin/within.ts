import type { WaitOptions } from '../define/handle.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'

/**
 * For the methods of a plugin's handle: does `work` within the caller's time. It ends as soon as the time is over or
 * the caller's signal aborts, also where the work does not heed the signal that it gets.
 *
 * @param what the work in words, `reading a.txt in files`; they begin the error's sentence.
 * @param options as the caller gave them; `timeoutMs` is 10 000 by default.
 * @param details lines for the error, asked for when it is made: what did arrive, what is there.
 * @throws {MesocosmError} `TIMEOUT`, `ABORTED`; what the work throws.
 */
export const within = async <T>(
  what: string,
  { timeoutMs = 10_000, signal }: WaitOptions | undefined = {},
  work: (signal: AbortSignal) => Promise<T>,
  details: () => readonly string[] = () => [],
): Promise<T> => {
  const time = new AbortController()
  const timer = setTimeout(() => time.abort(), timeoutMs)
  const until = signal === undefined ? time.signal : AbortSignal.any([time.signal, signal])
  const { promise: over, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(until.reason)
  until.addEventListener('abort', onAbort, { once: true })
  try {
    until.throwIfAborted()
    const working = work(until)
    // What comes after the end has been told of already.
    working.catch(() => {})
    return await Promise.race([working, over])
  } catch (error) {
    if (!until.aborted) throw error
    throw signal?.aborted
      ? calledOff(what, signal.reason, details())
      : tooLong(what, timeoutMs, details())
  } finally {
    clearTimeout(timer)
    until.removeEventListener('abort', onAbort)
  }
}

// ---

const tooLong = (what: string, timeoutMs: number, details: readonly string[]) =>
  new MesocosmError({
    code: 'TIMEOUT',
    message: `${what} took longer than ${timeoutMs} ms`,
    remedy: 'see in its log whether the service is alive, or give it more time',
    facts: { awaited: what },
    details,
  })

const calledOff = (what: string, cause: unknown, details: readonly string[]) =>
  new MesocosmError({
    code: 'ABORTED',
    message: `${what} was called off`,
    facts: { awaited: what },
    details,
    cause,
  })
