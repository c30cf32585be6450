import type { MatcherArguments } from 'mesocosm'

// Adds this package's matchers to those of `expect`.
declare module 'mesocosm' {
  interface MesocosmMatchers<R, T> {
    /** Waits until the bucket has an object whose key matches: `await expect(files).toHaveObject('invoices', 'a.pdf')`. */
    toHaveObject(...args: MatcherArguments<T, 'toHaveObject'>): R
  }
}
