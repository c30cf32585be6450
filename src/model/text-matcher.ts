/**
 * Returns a test whether a text contains the string, or a match of the pattern.
 * It can be called repeatedly: the flags `g` and `y`, which make every other test of a pattern miss, are left out.
 */
export const textMatcher = (pattern: string | RegExp): ((text: string) => boolean) => {
  if (typeof pattern === 'string') return (text) => text.includes(pattern)
  const repeatable = withoutPosition(pattern)
  return (text) => repeatable.test(text)
}

/** Returns the pattern without the flags `g` and `y`, so that each use starts at the beginning of the text. */
export const withoutPosition = ({ source, flags }: RegExp): RegExp =>
  new RegExp(source, flags.replace(/[gy]/g, ''))
