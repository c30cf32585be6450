import { textMatcher } from '../../model/text-matcher.ts'

/** Which of several values is expected: a part of its text, a pattern for its text, or a predicate. */
export type Match<T> = string | RegExp | ((value: T) => boolean)

/** A {@link Match} to test values with, and to name in errors. */
export interface Matcher<T> {
  /** Returns whether the value matches. Can be called repeatedly. */
  matches(value: T): boolean
  /** What is waited for, such as `a message with /paid/`. */
  readonly words: string
}

/**
 * Returns the matcher of a `match` parameter; `undefined` matches any value.
 *
 * @param noun what the values are, such as `message`.
 * @param textOf returns the text that a string or pattern is searched in.
 */
export const matcherOf = <T>(
  match: Match<T> | undefined,
  noun: string,
  textOf: (value: T) => string,
): Matcher<T> => {
  if (match === undefined) return { matches: () => true, words: `a ${noun}` }
  if (typeof match === 'function')
    return { matches: match, words: `a ${noun} that the predicate accepts` }
  const matches = textMatcher(match)
  return {
    matches: (value) => matches(textOf(value)),
    words: `a ${noun} with ${typeof match === 'string' ? JSON.stringify(match) : match}`,
  }
}
