import { withTimeout } from '../../call/with-timeout.ts'
import type { Expectation, ExpectOptions } from '../../define/expectations.ts'
import type { WaitOptions } from '../../define/handle.ts'
import { type ArrivalWords, evidenceOf } from './arrival-evidence.ts'
import { type Match, matcherOf } from './match.ts'

/** What arrives, and how it is named in errors. */
export interface ArrivalsOptions<T> extends ArrivalWords<T> {
  /** Where it arrives, after what is waited for: `on orders of cache`. */
  readonly where: string
  /** Returns the text that a string or pattern is searched in. */
  textOf(value: T): string
}

/** Values that have arrived, and the callers who wait for more. */
export interface Arrivals<T> {
  /** Those since the start or the last `clear()`, oldest first. */
  readonly all: readonly T[]
  /** Adds a value, and ends the waits that it matches. */
  add(value: T): void
  /** Forgets all values. */
  clear(): void
  /** Rejects all waits, present and future, for values that have not arrived. */
  fail(reason: unknown): void
  /**
   * Returns the first value that matches: one that has arrived, or the next that does.
   *
   * @param match default any value.
   * @param options.timeoutMs default 10 000.
   * @throws {MesocosmError} `TIMEOUT` and `ABORTED` with a line for each of the last 20 values that did arrive;
   * the reason of `fail()`; what the predicate throws.
   */
  waitFor(match?: Match<T>, options?: WaitOptions): Promise<T>
  /** Returns what a matcher such as `toHaveReceived` waits for. @param match default any value. */
  expectation(match?: Match<T>, options?: ExpectOptions): Expectation<T>
}

/** Remembers what arrives by itself, such as messages of a subscription. For a server that has to be asked, use {@link pollArrivals}. */
export const createArrivals = <T>(options: ArrivalsOptions<T>): Arrivals<T> => {
  const all: T[] = []
  const waiting = new Set<(value: T) => void>()
  const over = Promise.withResolvers<never>()
  // Without a wait the failure has no reader.
  over.promise.catch(() => {})
  const arrivals: Arrivals<T> = {
    all,
    add(value) {
      all.push(value)
      for (const offer of waiting) offer(value)
    },
    clear() {
      all.length = 0
    },
    fail: over.reject,
    async waitFor(match, wait) {
      const { matches, words } = matcherOf(match, options.noun, options.textOf)
      const found = all.find(matches)
      if (found !== undefined) return found
      const { promise, resolve, reject } = Promise.withResolvers<T>()
      const offer = (value: T) => {
        try {
          if (matches(value)) resolve(value)
        } catch (error) {
          reject(error)
        }
      }
      waiting.add(offer)
      try {
        return await withTimeout(
          `waiting for ${words} ${options.where}`,
          wait,
          () => Promise.race([promise, over.promise]),
          () => evidenceOf(all, options),
        )
      } finally {
        waiting.delete(offer)
      }
    },
    expectation(match, wait) {
      const { matches, words } = matcherOf(match, options.noun, options.textOf)
      return {
        awaited: `${words} ${options.where}`,
        receiver: 'subscription',
        options: wait,
        wait: (limits) => arrivals.waitFor(match, limits),
        // What has failed says nothing about what was sent.
        present: () => Promise.race([over.promise, all.filter(matches)]),
        lineOf: options.lineOf,
      }
    },
  }
  return arrivals
}
