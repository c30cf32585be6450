import { expect, test } from 'vitest'
import { UsageError } from '../command.ts'
import { filterOf } from './filter.ts'

const now = Date.parse('2026-01-02T00:00:00Z')

test('--since takes durations, dates and times as logs --json prints them', () => {
  expect(filterOf({ since: '30s' }, now)).toEqual({ since: now - 30_000 })
  expect(filterOf({ since: '2h' }, now)).toEqual({ since: now - 7_200_000 })
  expect(filterOf({ since: '2026-01-01T12:00:00Z' }, now)).toEqual({ since: now - 43_200_000 })
  expect(filterOf({ since: `${now}.5` }, now)).toEqual({ since: now + 0.5 })
  for (const since of ['soon', '10', '-5m', '10w'])
    expect(() => filterOf({ since }, now)).toThrow(UsageError)
})

test('--grep is a text, or a pattern between slashes', () => {
  expect(filterOf({ grep: ['paid', '/order \\d+/i', '/a/b'] }, now)).toEqual({
    grep: ['paid', /order \d+/i, '/a/b'],
  })
  expect(() => filterOf({ grep: ['/(/'] }, now)).toThrow(UsageError)
})

test('--level is one of four', () => {
  expect(filterOf({ level: 'warn' }, now)).toEqual({ level: 'warn' })
  expect(() => filterOf({ level: 'loud' }, now)).toThrow(/error, warn, info, debug/)
})
