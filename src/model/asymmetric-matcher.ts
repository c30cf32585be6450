/** A value that decides what equals it, such as `expect.stringMatching(/x/)` of Vitest, Jest, Playwright and Bun. */
export interface AsymmetricMatcher {
  /** Returns whether a value is expected. */
  asymmetricMatch(value: unknown): boolean
}

/** Returns whether a value decides what equals it. */
export const isAsymmetric = (value: unknown): value is AsymmetricMatcher =>
  typeof value === 'object' &&
  value !== null &&
  'asymmetricMatch' in value &&
  typeof value.asymmetricMatch === 'function'

/** Returns the type that an asymmetric matcher compares with, such as `string` or `array`; `''` if it names none. */
export const expectedTypeOf = (matcher: AsymmetricMatcher): string => {
  const { getExpectedType } = matcher as { getExpectedType?: () => unknown }
  return typeof getExpectedType === 'function' ? String(getExpectedType.call(matcher)) : ''
}

/** Returns an asymmetric matcher in words, such as `StringMatching</x/>`. */
export const asymmetricWords = (matcher: AsymmetricMatcher): string => {
  const { toAsymmetricMatcher, sample } = matcher as {
    toAsymmetricMatcher?: () => unknown
    sample?: unknown
  }
  if (typeof toAsymmetricMatcher === 'function') return String(toAsymmetricMatcher.call(matcher))
  const name = String(matcher)
  const shown = sample instanceof RegExp ? String(sample) : JSON.stringify(sample)
  return shown === undefined ? name : `${name}<${shown}>`
}
