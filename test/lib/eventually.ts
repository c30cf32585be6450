import { setTimeout as delay } from 'node:timers/promises'

const everyMs = 20

/**
 * Looks until `look` stops throwing and gives what it then gives; at the deadline fails with its last error.
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
