import type { LogTable } from '../../../../src/report/source.ts'
import { continues } from '../text/stack.ts'

/** A shown row, and how many rows of a stack trace are folded below it. */
export interface Folded {
  /** Rows of the table that begin something. */
  readonly heads: Uint32Array
  /** Number of rows folded below each of them. */
  readonly hidden: Uint16Array
}

/**
 * Folds the rows of stack traces below the line before them, unless they are opened.
 *
 * @param opened rows of the table whose trace is shown.
 */
export const fold = (logs: LogTable, rows: Uint32Array, opened: ReadonlySet<number>): Folded => {
  const heads = new Uint32Array(rows.length)
  const hidden = new Uint16Array(rows.length)
  /** The last shown row of each service of each lane. */
  const last = new Map<number, number>()
  let count = 0
  for (const row of rows) {
    const writer = (logs.lane(row) * 65_536 + logs.service(row)) * 2 + logs.stream(row)
    const head = last.get(writer)
    if (head !== undefined && continues(logs.text(row))) {
      hidden[head] = (hidden[head] ?? 0) + 1
      if (!opened.has(heads[head] ?? -1)) continue
    } else last.set(writer, count)
    heads[count++] = row
  }
  return { heads: heads.subarray(0, count), hidden: hidden.subarray(0, count) }
}

/** Lists with more rows are not folded: reading the text of each would take too long. */
export const foldAtMost = 50_000

/** Returns the rows of the stack trace that begins at a row, with it; only the row itself if none does. */
export const traceAt = (logs: LogTable, row: number): number[] => {
  const rows = [row]
  const [lane, service] = [logs.lane(row), logs.service(row)]
  for (let next = row + 1; next < logs.length && rows.length < 200 && next < row + 5000; next++) {
    if (logs.lane(next) !== lane || logs.service(next) !== service) continue
    if (!continues(logs.text(next))) break
    rows.push(next)
  }
  return rows
}
