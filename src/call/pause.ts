import { waitClock } from './wait-clock.ts'

/**
 * Waits between two polls, without `ms` until the signal; the signal ends the wait early, without an error. Takes real
 * time: while a debugger is paused polling goes on, and only limits stand still.
 */
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

/**
 * Waits for `promise`, at most `ms` of the {@link waitClock} (default no limit) or until the signal; returns whether it
 * settled in time. Never rejects.
 */
export const settledWithin = (
  promise: Promise<unknown>,
  ms: number | undefined,
  signal?: AbortSignal,
): Promise<boolean> => settledBefore(promise, signal, (end) => after(ms, end, waitClock.timer))

/** Like {@link settledWithin}, in real time: for what a debugger cannot hold up, such as an answer of the engine. */
export const settledWithinRealTime = (
  promise: Promise<unknown>,
  ms: number | undefined,
  signal?: AbortSignal,
): Promise<boolean> => settledBefore(promise, signal, (end) => after(ms, end, realTimer))

// ---

type Timer = (ms: number, call: () => void) => Disposable

const realTimer: Timer = (ms, call) => {
  const timer = setTimeout(call, ms)
  return { [Symbol.dispose]: () => clearTimeout(timer) }
}

const after = (ms: number | undefined, call: () => void, timer: Timer): Disposable | undefined =>
  ms === undefined ? undefined : timer(ms, call)

const settledBefore = async (
  promise: Promise<unknown>,
  signal: AbortSignal | undefined,
  limit: (end: () => void) => Disposable | undefined,
): Promise<boolean> => {
  const late = Promise.withResolvers<boolean>()
  const end = () => late.resolve(false)
  signal?.addEventListener('abort', end, { once: true })
  if (signal?.aborted) end()
  const settled = promise.then(
    () => true,
    () => true,
  )
  using _timer = limit(end)
  try {
    return await Promise.race([settled, late.promise])
  } finally {
    signal?.removeEventListener('abort', end)
  }
}
