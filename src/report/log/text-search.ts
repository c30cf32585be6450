import { fold, type PartText } from './part-text.ts'

/** A part of a filter: letters of either case match in a string. */
export type Needle = string | RegExp

/** The search for a needle. */
export interface Search {
  /** Marks all rows of a part that have it: 1 in `hits`, which is all 0 before. */
  all(part: PartText, hits: Uint8Array): void
  /** Returns whether one row has it. Takes longer per row, but needs no more of the part. */
  one(part: PartText, row: number): boolean
}

/** Returns the search for a needle. An empty string is in every row. */
export const searchFor = (needle: Needle): Search =>
  typeof needle === 'string' ? searchForText(needle) : searchForPattern(needle)

// ---

const searchForText = (needle: string): Search => {
  const folded = fold(needle)
  const lower = needle.toLowerCase()
  const one = (part: PartText, row: number) => part.row(row).toLowerCase().includes(lower)
  if (folded === '') return { one, all: (_, hits) => void hits.fill(1) }
  // Rows have no line feed.
  if (folded.includes('\n')) return { one, all: () => {} }
  // Other characters look like each other when they are folded.
  const isSure = /^[ -~]+$/.test(needle)
  return {
    one,
    all(part, hits) {
      const { text, start } = part.folded
      let row = 0
      for (let at = text.indexOf(folded); at !== -1; at = text.indexOf(folded, start[row])) {
        while ((start[row + 1] as number) <= at) row++
        if (isSure || one(part, row)) hits[row] = 1
        row++
      }
    },
  }
}

/**
 * A pattern that could match a line feed would go on in the next rows, and take a time that grows with the square of
 * the text.
 */
const mayCrossRows = /\[\^|\\[sWDPpnu]|\\x|\\c|\(\?<[=!]|\[[^\]]*\\/

const searchForPattern = (pattern: RegExp): Search => {
  const { source, dotAll } = pattern
  const flags = pattern.flags.replace(/[gym]/g, '')
  const single = new RegExp(source, `${flags}m`)
  const one = (part: PartText, row: number) => single.test(part.row(row))
  if (dotAll || mayCrossRows.test(source)) return { one, all: rowByRow(single) }
  const whole = new RegExp(source, `${flags}gm`)
  return {
    one,
    all(part, hits) {
      const { text, start } = part.exact
      let row = 0
      whole.lastIndex = 0
      for (let match = whole.exec(text); match !== null; match = whole.exec(text)) {
        while ((start[row + 1] as number) <= match.index) row++
        // After the last row's line feed there is an empty line more.
        if (row >= hits.length) break
        hits[row++] = 1
        whole.lastIndex = start[row] as number
      }
    },
  }
}

const rowByRow =
  (pattern: RegExp): Search['all'] =>
  (part, hits) => {
    const { text, start } = part.exact
    for (let row = 0; row < hits.length; row++)
      if (pattern.test(text.slice(start[row], (start[row + 1] as number) - 1))) hits[row] = 1
  }
