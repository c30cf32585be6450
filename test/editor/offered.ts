/**
 * Returns completions as tests write them: sorted, without the text that is already typed (`''`), and without
 * `Symbol`, which stands for keys that are symbols.
 */
export const offered = (labels: readonly string[]): string[] =>
  labels.filter((label) => label !== '' && label !== 'Symbol').toSorted()
