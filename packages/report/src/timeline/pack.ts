/** Something with a start and an end. */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * Puts spans into as few rows as needed so that none covers another one.
 *
 * @param spans in the order of their starts.
 * @param least row of a span at least, such as one below that of its parent.
 * @param atMost number of rows; spans that find no place are in none.
 * @returns the row of each span, -1 for none.
 */
export const pack = <T extends Span>(
  spans: readonly T[],
  least: (span: T, rowOf: (span: T) => number) => number,
  atMost: number,
): number[] => {
  const ends: number[] = []
  const rows = new Map<T, number>()
  return spans.map((span) => {
    let row = least(span, (other) => rows.get(other) ?? -1)
    while ((ends[row] ?? Number.NEGATIVE_INFINITY) > span.start) row++
    rows.set(span, row)
    if (row >= atMost) return -1
    ends[row] = Math.max(ends[row] ?? span.end, span.end)
    return row
  })
}
