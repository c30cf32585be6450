import { setTimeout as delay } from 'node:timers/promises'

const everyMs = 20

/**
 * Calls `look` until it does not throw, and returns its result. Throws its last error at the deadline.
 *
 * @param withinMs milliseconds; default 10 000.
 */
export const eventually = async <T>(
  look: () => T | Promise<T>,
  withinMs = 10_000,
): Promise<Awaited<T>> => {
  const deadline = performance.now() + withinMs
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    await delay(everyMs)
  }
}
