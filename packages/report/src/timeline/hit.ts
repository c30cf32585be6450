import type { Bar, Mark } from '../model/tracks.ts'
import type { Layout, Row } from './layout.ts'
import { type Scale, timeAt, xOf } from './scale.ts'

/** What is at a place of the timeline. */
export interface Hit {
  readonly row: Row
  readonly thing: Bar | Mark
}

/**
 * Returns the bar or mark at a place, or the nearest one within a few pixels, because short bars are narrow; else the
 * suspension behind the rows.
 *
 * @param y pixels from the top of the first row.
 */
export const hitAt = (layout: Layout, scale: Scale, x: number, y: number): Hit | undefined => {
  const row = rowAtY(layout, y)
  if (row === undefined) return undefined
  const [first] = row.lines
  let best: { readonly thing: Bar | Mark; readonly distance: number } | undefined
  const offer = (thing: Bar | Mark, distance: number) => {
    if (distance <= reach && (best === undefined || distance < best.distance))
      best = { thing, distance }
  }
  // Marks are drawn above bars.
  if (first !== undefined && y < first.y + first.height)
    for (const mark of row.marks) offer(mark, Math.abs(xOf(scale, mark.time) - x) - 2)
  if (best === undefined || best.distance > 0)
    for (const { y: top, height, bars } of row.lines) {
      if (y < top - 1 || y > top + height + 1) continue
      for (const bar of bars) {
        const [left, right] = [xOf(scale, bar.start), xOf(scale, bar.end)]
        if (right < -reach || left > scale.width + reach) continue
        offer(bar, x < left ? left - x : x > right ? x - right : 0)
      }
    }
  if (best !== undefined) return { row, thing: best.thing }
  const time = timeAt(scale, x)
  const behind = layout.suspensions.find(({ start, end }) => start <= time && time <= end)
  return behind && { row, thing: behind }
}

/** Returns the row at a height. */
export const rowAtY = ({ rows }: Layout, y: number): Row | undefined => {
  let [low, high] = [0, rows.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const row = rows[middle]
    if (row === undefined || y < row.y) high = middle - 1
    else if (y >= row.y + row.height) low = middle + 1
    else return row
  }
  return undefined
}

// ---

/** Pixels. */
const reach = 4
