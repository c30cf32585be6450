import { describe, expect, test } from 'vitest'
import { UsageError } from './command.ts'
import { exactly, integer, milliseconds, parseInput } from './parse.ts'

const command = { options: { follow: { type: 'boolean', short: 'f' } } } as const

describe('parseInput', () => {
  test('separates options from positionals, and passes on everything after --', () => {
    const { values, positionals, rest } = parseInput(command, [
      '-f',
      'api',
      '--topology',
      'a.ts',
      '--',
      'ls',
      '--',
      '-f',
    ])
    expect(values).toEqual({ follow: true, topology: 'a.ts' })
    expect(positionals).toEqual(['api'])
    expect(rest).toEqual(['ls', '--', '-f'])
  })

  test('suggests a similar name for an unknown option', () => {
    const parse = () => parseInput(command, ['--folow'])
    expect(parse).toThrow(UsageError)
    expect(parse).toThrow(/^unknown option "--folow"; did you mean "--follow"\?$/)
    expect(() => parseInput(command, ['-x'])).toThrow(/^unknown option "-x"$/)
  })

  test('reports an option without its value', () => {
    const parse = () => parseInput(command, ['--topology'])
    expect(parse).toThrow(UsageError)
    expect(parse).toThrow(/^option '--topology <value>' argument missing$/)
  })
})

test('exactly reports a missing and an unexpected argument', () => {
  expect(() => exactly([], 'service')).toThrow('missing argument <service>')
  expect(() => exactly(['a', 'b'], 'service')).toThrow('unexpected argument "b"')
  expect(exactly(['a'], 'service')).toEqual(['a'])
})

test('integer accepts digits only, and nothing below the least value', () => {
  expect(integer('--tail', '3')).toBe(3)
  expect(integer('--tail', undefined)).toBeUndefined()
  expect(() => integer('--tail', '-1')).toThrow(UsageError)
  expect(() => integer('--timeout-ms', '0', 1)).toThrow(UsageError)
})

test.each([
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['90m', 5_400_000],
  ['365d', 31_536_000_000],
])('milliseconds reads %s', (text, ms) => {
  expect(milliseconds('--older-than', text)).toBe(ms)
})

test('milliseconds returns undefined for an option that is not given', () => {
  expect(milliseconds('--older-than', undefined)).toBeUndefined()
})

test.each(['', '10', 'm', '0m', '-1h', '1.5h', '10s', '1 d', '1D', '1h30m', '1e3m', '9999999d'])(
  'milliseconds refuses %j',
  (text) => {
    const read = () => milliseconds('--older-than', text)
    expect(read).toThrow(UsageError)
    expect(read).toThrow(
      `--older-than must be a positive integer and a unit, such as 10m, 2h or 1d, not "${text}"`,
    )
  },
)
