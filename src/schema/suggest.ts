import { didYouMean } from '../errors/nearest.ts'

/** Pairs of names that one validation compares: some 50 ms. */
const comparisons = 50_000

/**
 * Returns a `didYouMean` for one validation. It has no suggestions after {@link comparisons}: thousands of unknown
 * names among thousands of services have one cause, which the first ones show.
 */
export const createSuggest = (): ((word: string, candidates: readonly string[]) => string) => {
  let left = comparisons
  return (word, candidates) => {
    left -= candidates.length
    return left < 0 ? '' : didYouMean(word, candidates)
  }
}
