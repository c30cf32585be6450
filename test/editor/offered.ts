/**
 * Offers as tests name them: sorted, without the text that is typed already (`''`) and without
 * `Symbol`, which is offered for a key that is a symbol.
 */
export const offered = (labels: readonly string[]): string[] =>
  labels.filter((label) => label !== '' && label !== 'Symbol').toSorted()
