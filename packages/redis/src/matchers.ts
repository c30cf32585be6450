import type { MatcherArguments } from 'mesocosm'

// Adds this package's matchers to those of `expect`.
declare module 'mesocosm' {
  interface MesocosmMatchers<R, T> {
    /** Waits until the value has received what matches: a mail server a mail, a stub a request, a subscription a message. */
    toHaveReceived(...args: MatcherArguments<T, 'toHaveReceived'>): R
  }
}
