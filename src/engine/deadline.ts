import { setTimeout as delay } from 'node:timers/promises'

/** The pause between two tries of a poll, cut short by the signal without an error. */
export const pause = async (ms: number, signal?: AbortSignal): Promise<void> => {
  if (signal?.aborted) return
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch((error: unknown) => {
    if (!signal?.aborted) throw error
  })
}

/** Waits for `promise`, at most `ms` or until the signal; tells whether it came in time. Never rejects later. */
export const settledWithin = async (
  promise: Promise<unknown>,
  ms: number,
  signal?: AbortSignal,
): Promise<boolean> => {
  const stop = new AbortController()
  const settled = promise.then(
    () => true,
    () => true,
  )
  const until = signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal])
  const late = pause(ms, until).then(() => false)
  try {
    return await Promise.race([settled, late])
  } finally {
    stop.abort()
  }
}
