import { MesocosmError, type WaitOptions } from 'mesocosm'

const defaultTimeoutMs = 10_000

/** Does `work` with a signal that aborts when the time is over or the caller's aborts; then throws `TIMEOUT` or `ABORTED`. */
export const within = async <T>(
  what: string,
  { timeoutMs = defaultTimeoutMs, signal }: WaitOptions = {},
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(), timeoutMs)
  const until = signal === undefined ? end.signal : AbortSignal.any([end.signal, signal])
  try {
    return await work(until)
  } catch (error) {
    if (!until.aborted) throw error
    const facts = { awaited: what }
    throw signal?.aborted
      ? new MesocosmError({
          code: 'ABORTED',
          message: `${what} was called off`,
          facts,
          cause: signal.reason,
        })
      : new MesocosmError({
          code: 'TIMEOUT',
          message: `${what} took longer than ${timeoutMs} ms`,
          remedy: 'see in its log whether the mail server is alive, or give it more time',
          facts,
        })
  } finally {
    clearTimeout(timer)
  }
}

/** The promise's value, unless the signal aborts first: then its reason is thrown. */
export const orAborted = async <T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> => {
  if (signal === undefined) return promise
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
