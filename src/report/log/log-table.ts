import type { Attribution } from '../../trace/read/attribution.ts'
import { type LogPart, levelIn, streamIn } from '../format/log-part.ts'
import type { LogTable } from '../source.ts'
import { findRows } from './find-rows.ts'
import { PartText } from './part-text.ts'

/** A part with its place in a table. */
export interface TablePart {
  readonly part: LogPart
  /** Number of its first row. */
  readonly first: number
  readonly text: PartText
}

/**
 * Creates a table from parts in the order of time.
 *
 * @param attributions what the numbers in the parts stand for.
 */
export const createLogTable = (
  parts: readonly (LogPart | PartText)[],
  attributions: readonly Attribution[],
): LogTable => {
  let length = 0
  const table: TablePart[] = []
  for (const one of parts) {
    const text = one instanceof PartText ? one : new PartText(one)
    const { part } = text
    table.push({ part, first: length, text })
    length += part.time.length
  }
  let last = table[0]
  const partAt = (row: number): TablePart => {
    if (last !== undefined && row >= last.first && row < last.first + last.part.time.length)
      return last
    if (!(row >= 0 && row < length)) throw new RangeError(`there is no row ${row}`)
    last = table[lastAt(table.length, (index) => (table[index] as TablePart).first <= row)]
    return last as TablePart
  }
  const value = (row: number, column: 'service' | 'lane' | 'mark' | 'flags' | 'attribution') => {
    const { part, first } = partAt(row)
    return part[column][row - first] as number
  }
  const rowAt = (time: number): number => {
    const index = lastAt(table.length, (at) => (table[at]?.part.time[0] as number) < time)
    const at = table[index]
    if (at === undefined) return 0
    const { part, first } = at
    return first + lastAt(part.time.length, (row) => (part.time[row] as number) < time) + 1
  }
  return {
    length,
    time(row) {
      const { part, first } = partAt(row)
      return part.time[row - first] as number
    },
    text(row) {
      const { text, first } = partAt(row)
      return text.row(row - first)
    },
    service: (row) => value(row, 'service'),
    lane: (row) => value(row, 'lane'),
    stream: (row) => streamIn(value(row, 'mark')),
    flags: (row) => value(row, 'flags'),
    level: (row) => levelIn(value(row, 'mark')),
    attribution: (row) => attributions[value(row, 'attribution')] ?? unknownTests,
    rowAt,
    find: (filter) => findRows({ parts: table, length, rowAt, attributions }, filter),
  }
}

// ---

const unknownTests: Attribution = { how: 'gap', tests: [] }

/** Returns the last of `count` positions for which it holds, which are the first ones; -1 if there is none. */
const lastAt = (count: number, holds: (index: number) => boolean): number => {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) low = middle + 1
    else high = middle
  }
  return low - 1
}
