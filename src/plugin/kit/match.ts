import {
  type AsymmetricMatcher,
  asymmetricWords,
  expectedTypeOf,
  isAsymmetric,
} from '../../model/asymmetric-matcher.ts'
import { textMatcher } from '../../model/text-matcher.ts'

/**
 * Which of several values is expected: a part of its text, a pattern for its text, a predicate, or an asymmetric matcher
 * such as `expect.objectContaining({ … })`, which is compared with the value, or with its text if it is about strings.
 */
export type Match<T> = string | RegExp | AsymmetricMatcher | ((value: T) => boolean)

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
  if (isAsymmetric(match)) {
    const ofText = expectedTypeOf(match) === 'string'
    return {
      matches: (value) => match.asymmetricMatch(ofText ? textOf(value) : value),
      words: `a ${noun} like ${asymmetricWords(match)}`,
    }
  }
  const matches = textMatcher(match)
  return {
    matches: (value) => matches(textOf(value)),
    words: `a ${noun} with ${typeof match === 'string' ? JSON.stringify(match) : match}`,
  }
}
