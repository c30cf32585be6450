import { MesocosmError, type WaitOptions } from 'mesocosm'

const defaultTimeoutMs = 10_000

/** The value of `work`, or `TIMEOUT` or `ABORTED` when the time is over or the caller's signal aborts first. */
export const within = async <T>(
  what: string,
  { timeoutMs = defaultTimeoutMs, signal }: WaitOptions,
  work: Promise<T>,
): Promise<T> => {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(tooLong(what, timeoutMs)), timeoutMs)
  const onAbort = () => reject(calledOff(what, signal?.reason))
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted) onAbort()
  try {
    return await Promise.race([work, ended])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    // Whoever lost the race may still fail, and has been told of already.
    work.catch(() => {})
    ended.catch(() => {})
  }
}

// ---

const tooLong = (what: string, timeoutMs: number) =>
  new MesocosmError({
    code: 'TIMEOUT',
    message: `${what} took longer than ${timeoutMs} ms`,
    remedy: 'see in its log whether the server is alive, or give it more time',
    facts: { awaited: what },
  })

const calledOff = (what: string, cause: unknown) =>
  new MesocosmError({
    code: 'ABORTED',
    message: `${what} was called off`,
    facts: { awaited: what },
    cause,
  })
