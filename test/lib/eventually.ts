import { setTimeout as delay } from 'node:timers/promises'

const everyMs = 20

/** A machine that works at all takes its next step within this time, in milliseconds. */
const longestStallMs = 60_000

/**
 * Calls `look` until it does not throw, and returns its result. Throws its last error at the deadline.
 *
 * @param withinMs milliseconds; default 60 000.
 */
export const eventually = async <T>(
  look: () => T | Promise<T>,
  withinMs = longestStallMs,
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

/**
 * Waits until a list is empty, for as long as it keeps changing: how fast a machine removes things does not matter.
 *
 * @param what what the list holds, for the error.
 * @throws {Error} if the list stays the same for 60 s, with its entries.
 */
export const drained = async (
  read: () => Promise<readonly string[]>,
  what: string,
): Promise<void> => {
  let last = { seen: '', at: performance.now() }
  for (;;) {
    const left = await read()
    if (left.length === 0) return
    const seen = left.join()
    if (seen !== last.seen) last = { seen, at: performance.now() }
    else if (performance.now() - last.at > longestStallMs)
      throw new Error(`${what}: ${left.join(', ')}`)
    await delay(everyMs)
  }
}
