/*
 * A row of a log file as bytes, `[time,"text",fd,flags,number]`: read without parsing it as JSON, which takes most of
 * the time of a report with many lines.
 */

/** What is around the text of a row. */
export interface RowBytes {
  /** Milliseconds since 1970. */
  time: number
  /** Where the text begins, after its quote. */
  from: number
  /** Where it ends, before its quote. */
  to: number
  stream: 1 | 2
  flags: number
}

/** Returns an empty row to read into. */
export const newRow = (): RowBytes => ({ time: 0, from: 0, to: 0, stream: 1, flags: 0 })

/**
 * Reads the row in `bytes` from `start` to `end`, without its line feed.
 *
 * @param row gets the facts, so that a million rows need no objects.
 * @returns false if it looks damaged.
 */
export const readRow = (bytes: Buffer, start: number, end: number, row: RowBytes): boolean => {
  if (bytes[start] !== 0x5b || bytes[end - 1] !== 0x5d) return false
  // Numbers after the text, from the last one back: those of an early version have no number of the row.
  let at = end - 2
  let number = 0
  let unit = 1
  let first = -1
  let second = -1
  for (; at > start; at--) {
    const byte = bytes[at] as number
    if (byte >= 0x30 && byte <= 0x39) {
      number += (byte - 0x30) * unit
      unit *= 10
      continue
    }
    if (byte !== 0x2c || unit === 1) break
    second = first
    first = number
    number = 0
    unit = 1
  }
  if (bytes[at] !== 0x22 || unit !== 1 || second === -1 || first < 1 || first > 2) return false
  const comma = bytes.indexOf(0x2c, start)
  if (comma + 2 > at || bytes[comma + 1] !== 0x22) return false
  const time = timeIn(bytes, start + 1, comma)
  if (Number.isNaN(time)) return false
  row.time = time
  row.from = comma + 2
  row.to = at
  row.stream = first as 1 | 2
  row.flags = second
  return true
}

/**
 * Returns the text of a row; `undefined` if it is damaged.
 *
 * @param hasEscape whether there is a backslash in it.
 */
export const textIn = (
  bytes: Buffer,
  { from, to }: RowBytes,
  hasEscape: boolean,
): string | undefined => {
  if (!hasEscape)
    // A row that goes on within another one has a quote in between.
    return bytes.indexOf(quote, from) === to ? bytes.toString('utf8', from, to) : undefined
  try {
    return JSON.parse(bytes.toString('utf8', from - 1, to + 1)) as string
  } catch {
    return undefined
  }
}

// ---

const quote = 0x22

/** Digits and three decimals, as they are written; anything else that is a number, too. */
const timeIn = (bytes: Buffer, from: number, to: number): number => {
  let value = 0
  let at = from
  for (; at < to; at++) {
    const byte = bytes[at] as number
    if (byte < 0x30 || byte > 0x39) break
    value = value * 10 + byte - 0x30
  }
  if (at === to && at > from) return value
  if (bytes[at] === 0x2e && to - at === 4) {
    const [a, b, c] = [bytes[at + 1], bytes[at + 2], bytes[at + 3]] as [number, number, number]
    if (isDigit(a) && isDigit(b) && isDigit(c))
      return (value * 1000 + (a - 0x30) * 100 + (b - 0x30) * 10 + c - 0x30) / 1000
  }
  return to > from ? Number(bytes.toString('latin1', from, to)) : Number.NaN
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39
