/** The part of a list that is in view. */
export interface ListWindow {
  /** Height of the element that makes the scroll bar, pixels. */
  readonly spacer: number
  /** First row to draw, and the one after the last. */
  readonly first: number
  readonly end: number
  /** Where the first row is, pixels from the top of the spacer. */
  readonly top: number
}

/** Height of an element that every browser lays out, pixels: Firefox nothing above 17.9 million. */
export const highest = 15_000_000

/**
 * Returns which rows of equal height to draw. A list that is too high for the browser scrolls in larger steps.
 *
 * @param scroll how far the spacer is scrolled, pixels.
 * @param cap height of the spacer at most.
 */
export const listWindow = (
  count: number,
  rowHeight: number,
  viewport: number,
  scroll: number,
  cap = highest,
): ListWindow => {
  const total = count * rowHeight
  const spacer = Math.min(total, cap)
  const at = spacer === total ? scroll : scroll * scaleOf(total, spacer, viewport)
  const first = Math.max(0, Math.min(count, Math.floor(at / rowHeight) - spare))
  const end = Math.min(count, Math.ceil((at + viewport) / rowHeight) + spare)
  return { spacer, first, end, top: scroll + first * rowHeight - at }
}

/** Returns how far to scroll so that the row is in view, as little as needed. */
export const scrollTo = (
  row: number,
  count: number,
  rowHeight: number,
  viewport: number,
  scroll: number,
  where: 'near' | 'middle' = 'near',
  cap = highest,
): number => {
  const total = count * rowHeight
  const spacer = Math.min(total, cap)
  const scale = spacer === total ? 1 : scaleOf(total, spacer, viewport)
  const at = scroll * scale
  const top = row * rowHeight
  const outside = top < at || top + rowHeight > at + viewport
  if (!outside) return scroll
  const wanted =
    where === 'middle'
      ? top - (viewport - rowHeight) / 2
      : top < at
        ? top
        : top + rowHeight - viewport
  return Math.max(0, Math.min(wanted, total - viewport)) / scale
}

// ---

/** Rows above and below the view, so that fast scrolling shows no gap. */
const spare = 4

const scaleOf = (total: number, spacer: number, viewport: number): number =>
  (total - viewport) / Math.max(1, spacer - viewport)
