import type { Attribution } from '../../trace/read/attribution.ts'
import { type LogPart, levelIn, marks } from '../format/log-part.ts'
import type { LogFilter } from '../source.ts'
import type { TablePart } from './log-table.ts'
import { type Needle, searchFor } from './text-search.ts'

/** What is searched. */
export interface SearchedTable {
  readonly parts: readonly TablePart[]
  readonly length: number
  readonly attributions: readonly Attribution[]
  /** First row at or after a time. */
  rowAt(time: number): number
}

/** Returns the rows that match all parts of the filter, ascending. */
export const findRows = (table: SearchedTable, filter: LogFilter): Uint32Array => {
  const from = filter.from === undefined ? 0 : table.rowAt(filter.from)
  const to = filter.to === undefined ? table.length : table.rowAt(justAfter(filter.to))
  const checks = checksOf(filter, table.attributions)
  const searches = [
    // The longest text is in the fewest rows, mostly, and leaves the fewest for the others.
    ...(filter.include ?? [])
      .toSorted(bySelection)
      .map((it) => ({ search: searchFor(it), wanted: 1 })),
    ...(filter.exclude ?? []).map((it) => ({ search: searchFor(it), wanted: 0 })),
  ]
  const found = new Uint32Array(Math.max(0, to - from))
  let count = 0
  for (const { part, first, text } of table.parts) {
    const rows = part.time.length
    if (first >= to || first + rows <= from) continue
    const matching = new Uint8Array(rows).fill(1)
    matching.fill(0, 0, Math.max(0, from - first))
    if (to - first < rows) matching.fill(0, to - first)
    for (const check of checks) check(part, matching)
    for (const { search, wanted } of searches) {
      const left = countOf(matching)
      if (left === 0) break
      if (left < rows / fewRows) {
        for (let row = matching.indexOf(1); row !== -1; row = matching.indexOf(1, row + 1))
          if (search.one(text, row) !== (wanted === 1)) matching[row] = 0
      } else {
        const hits = new Uint8Array(rows)
        search.all(text, hits)
        for (let row = 0; row < rows; row++) if (hits[row] !== wanted) matching[row] = 0
      }
    }
    for (let row = 0; row < rows; row++) if (matching[row] === 1) found[count++] = first + row
  }
  return found.subarray(0, count)
}

// ---

/** Rows are read one by one if they are less than one in as many. */
const fewRows = 32

const bySelection = (a: Needle, b: Needle): number => lengthOf(b) - lengthOf(a)

const lengthOf = (needle: Needle): number => (typeof needle === 'string' ? needle.length : 0)

const countOf = (matching: Uint8Array): number => {
  let count = 0
  for (let row = 0; row < matching.length; row++) count += matching[row] as number
  return count
}

/** Sets 0 for the rows that one part of the filter leaves out. */
type Check = (part: LogPart, matching: Uint8Array) => void

const checksOf = (
  { services, lanes, levels, test }: LogFilter,
  attributions: readonly Attribution[],
): Check[] => {
  const checks: Check[] = []
  const limit = (column: (part: LogPart) => ArrayLike<number>, allowed: Uint8Array) =>
    checks.push((part, matching) => {
      const values = column(part)
      for (let row = 0; row < matching.length; row++)
        if (allowed[values[row] as number] !== 1) matching[row] = 0
    })
  if (services !== undefined) limit(({ service }) => service, setOf(services))
  if (lanes !== undefined) limit(({ lane }) => lane, setOf(lanes))
  if (levels !== undefined) {
    const named = Array.from({ length: marks }, (_, mark) => mark).filter((mark) => {
      const level = levelIn(mark)
      return level !== undefined && levels.includes(level)
    })
    limit(({ mark }) => mark, setOf(named))
  }
  if (test !== undefined) {
    const its = [...attributions.keys()].filter((at) => attributions[at]?.tests.includes(test))
    limit(({ attribution }) => attribution, setOf(its))
  }
  return checks
}

/** Returns 1 at each of these positions. */
const setOf = (numbers: readonly number[]): Uint8Array => {
  const set = new Uint8Array(numbers.reduce((most, number) => Math.max(most, number), 0) + 1)
  for (const number of numbers) set[number] = 1
  return set
}

/** Rows at the end of a range are in it. Times have microseconds. */
const justAfter = (time: number): number => time + 0.0005
