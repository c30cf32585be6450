/** Waits between two polls, without `ms` until the signal; the signal ends the wait early, without an error. */
export const pause = (ms: number | undefined, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = ms === undefined ? undefined : setTimeout(end, ms)
    signal?.addEventListener('abort', end, { once: true })
  })

/** Waits for `promise`, at most `ms` (default no limit) or until the signal; returns whether it settled in time. Never rejects. */
export const settledWithin = async (
  promise: Promise<unknown>,
  ms: number | undefined,
  signal?: AbortSignal,
): Promise<boolean> => {
  const stop = new AbortController()
  const onAbort = () => stop.abort()
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted) stop.abort()
  const settled = promise.then(
    () => true,
    () => true,
  )
  const late = pause(ms, stop.signal).then(() => false)
  try {
    return await Promise.race([settled, late])
  } finally {
    stop.abort()
    signal?.removeEventListener('abort', onAbort)
  }
}
