import { expect, test } from 'vitest'
import { searchDate } from './search-date.ts'
import { readQuery } from './search-query.ts'

const conditions = (query: string, zone?: string) =>
  readQuery(query, zone).map(({ excluded, condition }) => ({ ...condition, excluded }))

test('a query is words, quoted words and filters, each of which can be excluded', () => {
  expect(conditions('Hello "Two Words" -no !"not this" to:"Ann B" -SUBJECT:x has:inline')).toEqual([
    { kind: 'text', in: 'anywhere', text: 'hello', excluded: false },
    { kind: 'text', in: 'anywhere', text: 'two words', excluded: false },
    { kind: 'text', in: 'anywhere', text: 'no', excluded: true },
    { kind: 'text', in: 'anywhere', text: 'not this', excluded: true },
    { kind: 'text', in: 'to', text: 'ann b', excluded: false },
    { kind: 'text', in: 'subject', text: 'x', excluded: true },
    { kind: 'state', is: 'inline', excluded: false },
  ])
})

test('a URL, a time and quoted words with a colon are words', () => {
  expect(conditions('https://a.test/x 12:30 "Re: you" "subject:sign up" "unclosed: x')).toEqual([
    { kind: 'text', in: 'anywhere', text: 'https://a.test/x', excluded: false },
    { kind: 'text', in: 'anywhere', text: '12:30', excluded: false },
    { kind: 'text', in: 'anywhere', text: 're: you', excluded: false },
    { kind: 'text', in: 'subject', text: 'sign up', excluded: false },
    { kind: 'text', in: 'anywhere', text: 'unclosed: x', excluded: false },
  ])
})

test('sizes have units', () => {
  expect(conditions('larger:500 smaller:20kb larger:1.5M')).toMatchObject([
    { kind: 'larger', bytes: 500 },
    { kind: 'smaller', bytes: 20 * 1024 },
    { kind: 'larger', bytes: 1.5 * 1024 * 1024 },
  ])
})

test('a query that is not understood is refused with all its faults', () => {
  expect(() =>
    conditions('subjct:x is:old has:image before:soon larger:big subject: to:"" y'),
  ).toThrow(
    /unknown filter "subjct:".*"is:old" must be.*"has:image" must be.*"soon" is not a date.*"big" is not a size.*"subject:" has no value.*"to:" has no value/,
  )
  for (const query of ['', '  ', '""', '<>'])
    expect(() => readQuery(query)).toThrow('no search query')
})

test('dates are read in the given zone unless they have one', () => {
  const at = (text: string, zone = 'UTC') => searchDate(text, zone).toISOString()
  expect(at('2026-01-31')).toBe('2026-01-31T00:00:00.000Z')
  expect(at('2026/1/2 3:04')).toBe('2026-01-02T03:04:00.000Z')
  expect(at('2026')).toBe('2026-01-01T00:00:00.000Z')
  expect(at('31 Jan 2026')).toBe('2026-01-31T00:00:00.000Z')
  expect(at('2026-01-31', 'Pacific/Auckland')).toBe('2026-01-30T11:00:00.000Z')
  expect(at('2026-07-01T12:00', 'Europe/Berlin')).toBe('2026-07-01T10:00:00.000Z')
  expect(at('2026-07-01T12:00:00+05:30', 'Europe/Berlin')).toBe('2026-07-01T06:30:00.000Z')
  expect(at('2026-07-01T12:00:00.5Z', 'Europe/Berlin')).toBe('2026-07-01T12:00:00.500Z')
  expect(at('1800000000')).toBe('2027-01-15T08:00:00.000Z')
  for (const text of ['yesterday', '2026-13-01', '2026-02-30x', ''])
    expect(() => at(text), text).toThrow(RangeError)
  expect(() => at('2026-01-31', 'Nowhere/City')).toThrow(RangeError)
})
