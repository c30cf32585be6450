import { waitClock } from './wait-clock.ts'

/**
 * Returns a signal that aborts when `ms` of the {@link waitClock} have passed, with a `TimeoutError`: like
 * `AbortSignal.timeout`, and its time stands still while a debugger is paused. Does not keep the process alive.
 */
export const limitSignal = (ms: number): AbortSignal => {
  const over = new AbortController()
  const late = () =>
    over.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
  waitClock.timer(ms, late, { unref: true })
  return over.signal
}
