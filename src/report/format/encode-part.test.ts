import { expect, test } from 'vitest'
import { decodePart, encodePart } from './encode-part.ts'
import type { LogPart } from './log-part.ts'
import { type NumberedRow, PartBuilder, partBytes } from './part-builder.ts'

const rowOf = (row: Partial<NumberedRow>): NumberedRow => ({
  time: 1_790_000_000_000,
  text: '',
  service: 0,
  lane: 0,
  stream: 1,
  flags: 0,
  level: undefined,
  attribution: 0,
  ...row,
})

const built = (...rows: readonly Partial<NumberedRow>[]): LogPart => {
  const builder = new PartBuilder()
  for (const row of rows) builder.add(rowOf(row))
  return builder.take() as LogPart
}

/** Arrays of plain numbers, since a decoded part may have a text that is a part of other bytes. */
const plain = (part: LogPart) =>
  Object.fromEntries(Object.entries(part).map(([name, column]) => [name, [...column]]))

test('a part is the same after it was bytes, also with the largest numbers', () => {
  const part = built(
    { time: 1_790_000_000_000.001, text: 'first → ✓', service: 65_535, lane: 258 },
    { time: 1_790_000_000_000.002, text: '', stream: 2, level: 'debug', flags: 255 },
    {
      time: 1_790_000_000_000.002 + 4_000_000,
      text: 'x'.repeat(70_000),
      attribution: 4_294_967_295,
    },
  )
  expect(plain(decodePart(encodePart(part)))).toEqual(plain(part))
})

test('a part without text is the same after it was bytes', () => {
  const part = built({})
  expect(plain(decodePart(encodePart(part)))).toEqual(plain(part))
})

test('a row that is earlier than the one before gets its time', () => {
  expect([...built({ time: 10 }, { time: 5 }, { time: 11 }).time]).toEqual([10, 10, 11])
})

test('a part is full by its text, and before a pause that is too long for it', () => {
  const builder = new PartBuilder()
  expect(builder.isFullFor(0)).toBe(false)
  builder.add(rowOf({ time: 0, text: 'x' }))
  expect(builder.isFullFor(4_000_000)).toBe(false)
  expect(builder.isFullFor(5_000_000)).toBe(true)
  builder.add(rowOf({ time: 1, text: 'x'.repeat(partBytes) }))
  expect(builder.isFullFor(2)).toBe(true)
  builder.take()
  expect(builder.isFullFor(5_000_000)).toBe(false)
  expect(builder.take()).toBeUndefined()
})

test('thousands of rows keep their columns', () => {
  const rows = Array.from({ length: 10_000 }, (_, at) => ({
    time: at,
    text: `row ${at}`,
    attribution: at,
  }))
  const part = decodePart(encodePart(built(...rows)))
  expect([...part.attribution]).toEqual(rows.map(({ attribution }) => attribution))
  const { start, text } = part
  const last = text.subarray(start[9_999], (start[10_000] as number) - 1)
  expect(new TextDecoder().decode(last)).toBe('row 9999')
})
