/** Returns the candidate most like `word`, for "did you mean"; `undefined` if none is close. */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined => {
  let best: string | undefined
  // Short words are close to everything: words of up to three letters may differ in one.
  let bestDistance = (word.length <= 3 ? 1 : Math.max(2, Math.ceil(word.length / 3))) + 1
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** Returns `; did you mean "x"?`, or an empty string if no candidate is close. */
export const didYouMean = (word: string, candidates: Iterable<string>): string => {
  const guess = nearest(word, candidates)
  return guess === undefined ? '' : `; did you mean "${guess}"?`
}

/** Number of letters that are added, dropped, changed or swapped with their neighbor. */
const editDistance = (a: string, b: string): number => {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = swapped ? (before[j - 2] as number) + 1 : change
      next[j] = Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, change, swap)
    }
    before = row
    row = next
  }
  return row[b.length] as number
}
