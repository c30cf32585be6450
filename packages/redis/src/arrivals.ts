import { MesocosmError, type WaitOptions, within } from 'mesocosm'

/** A part of the text, a pattern, or a predicate. */
export type MessageMatch = string | RegExp | ((message: string) => boolean)

/** Messages that have come, and those who wait for more. */
export interface Arrivals {
  readonly all: readonly string[]
  add(message: string): void
  clear(): void
  /** No more will come: whoever waits is told so. */
  fail(reason: unknown): void
  /** The first that matches, come or still to come. */
  waitFor(match: MessageMatch | undefined, options: WaitOptions): Promise<string>
}

/** @param what where they come from, in words, for errors. */
export const createArrivals = (what: string): Arrivals => {
  const all: string[] = []
  const waiting = new Set<(message: string) => void>()
  const over = Promise.withResolvers<never>()
  over.promise.catch(() => {})
  return {
    all,
    add(message) {
      all.push(message)
      for (const tell of waiting) tell(message)
    },
    clear() {
      all.length = 0
    },
    fail: over.reject,
    async waitFor(match, options) {
      const matches = testerOf(match)
      const found = all.find(matches)
      if (found !== undefined) return found
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      const tell = (message: string) => {
        try {
          if (matches(message)) resolve(message)
        } catch (error) {
          reject(error)
        }
      }
      waiting.add(tell)
      try {
        return await within(`waiting for ${wordsOf(match)} ${what}`, options, () =>
          Promise.race([promise, over.promise]),
        )
      } catch (error) {
        throw error instanceof MesocosmError && error.code === 'TIMEOUT'
          ? notCome(error, all)
          : error
      } finally {
        waiting.delete(tell)
      }
    },
  }
}

// ---

const testerOf = (match: MessageMatch | undefined): ((message: string) => boolean) => {
  if (match === undefined) return () => true
  if (typeof match === 'function') return match
  if (typeof match === 'string') return (message) => message.includes(match)
  // A pattern with `g` or `y` would remember where it was.
  const pattern = new RegExp(match.source, match.flags.replace(/[gy]/g, ''))
  return (message) => pattern.test(message)
}

const wordsOf = (match: MessageMatch | undefined): string => {
  if (match === undefined) return 'a message'
  if (typeof match === 'function') return 'a message that the predicate accepts'
  return `a message with ${typeof match === 'string' ? JSON.stringify(match) : match}`
}

const notCome = ({ summary, facts }: MesocosmError, all: readonly string[]) =>
  new MesocosmError({
    code: 'TIMEOUT',
    message: `${summary}; ${all.length === 0 ? 'none came at all' : `these came: ${all.length}`}`,
    remedy:
      all.length === 0
        ? 'subscribe before what makes the message, and see whether it goes to this channel'
        : 'compare with the messages above',
    facts: { ...facts, arrived: all.length },
    details: all.slice(-20),
  })
