import { expect, test } from 'vitest'
import type { LogPart } from '../format/log-part.ts'
import { PartBuilder } from '../format/part-builder.ts'
import type { LogFilter } from '../source.ts'
import { createLogTable } from './log-table.ts'

/*
 * Rows of a part are searched all at once, or one by one if few are left: both must find the same as reading each row.
 */

const words = [
  'ERROR',
  'order',
  'größe',
  'GRÖSSE',
  'Привет',
  '→',
  'a.b',
  '\u001b[31m',
  'x'.repeat(40),
  '',
]

const textOf = (row: number): string =>
  [row % 10, Math.floor(row / 7) % 10, Math.floor(row / 31) % 10].map((at) => words[at]).join(' ')

const table = (rows: number, perPart: number) => {
  const builder = new PartBuilder()
  const parts: LogPart[] = []
  const take = () => {
    const part = builder.take()
    if (part !== undefined) parts.push(part)
  }
  for (let row = 0; row < rows; row++) {
    builder.add({
      time: row,
      text: textOf(row),
      service: row % 3,
      lane: row % 200,
      stream: 1,
      flags: 0,
      level: row % 11 === 0 ? 'error' : undefined,
      attribution: row % 2,
    })
    if (row % perPart === perPart - 1) take()
  }
  take()
  return createLogTable(parts, [
    { how: 'exact', tests: [0] },
    { how: 'window', tests: [0, 1] },
  ])
}

const logs = table(3_000, 700)

/** The same, slowly. */
const matches = (filter: LogFilter, row: number): boolean => {
  const text = textOf(row)
  const has = (needle: string | RegExp) =>
    typeof needle === 'string'
      ? text.toLowerCase().includes(needle.toLowerCase())
      : new RegExp(needle, needle.flags.replace('g', '')).test(text)
  return (
    (filter.services?.includes(row % 3) ?? true) &&
    (filter.lanes?.includes(row % 200) ?? true) &&
    (filter.levels === undefined || (row % 11 === 0 && filter.levels.includes('error'))) &&
    (filter.test !== 1 || row % 2 === 1) &&
    row >= (filter.from ?? 0) &&
    row <= (filter.to ?? 3_000) &&
    (filter.include ?? []).every(has) &&
    !(filter.exclude ?? []).some(has)
  )
}

const needles = [
  'error',
  'größe',
  'ПРИВЕТ',
  '→',
  'A.B',
  '\u001b[31m',
  ' ',
  'nowhere',
  /order$/,
  /^ERROR/,
  /gr.*e/i,
  /\s→\s/,
  /[^x]{20}/g,
  /x{40}/,
]

const limits: readonly LogFilter[] = [
  {},
  { services: [1] },
  // Few rows are left, which are searched one by one.
  { lanes: [7, 150] },
  { levels: ['error'], test: 1 },
  { from: 650, to: 710 },
  { lanes: [7], exclude: ['error'] },
]

test.each(needles)('rows with %s are found, however many are left by other limits', (needle) => {
  for (const limit of limits)
    for (const filter of [
      { ...limit, include: [needle] },
      { ...limit, include: [needle, 'order'] },
      { ...limit, include: ['order'], exclude: [needle] },
    ]) {
      const expected = [...Array(3_000).keys()].filter((row) => matches(filter, row))
      expect([...logs.find(filter)], JSON.stringify(limit)).toEqual(expected)
    }
})
