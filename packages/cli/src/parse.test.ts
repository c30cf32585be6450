import { describe, expect, test } from 'vitest'
import { UsageError } from './command.ts'
import { exactly, parseInput, wholeNumber } from './parse.ts'

const command = { options: { follow: { type: 'boolean', short: 'f' } } } as const

describe('arguments', () => {
  test('are options and words, and after -- all as it stands', () => {
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

  test('with an unknown option are wrong usage, told in one sentence', () => {
    const parse = () => parseInput(command, ['--folow'])
    expect(parse).toThrow(UsageError)
    expect(parse).toThrow(/^Unknown option '--folow'; did you mean "--follow"\?$/)
  })

  test('must be as many as wanted', () => {
    expect(() => exactly([], 'service')).toThrow('<service> is missing')
    expect(() => exactly(['a', 'b'], 'service')).toThrow('"b" is too much')
    expect(exactly(['a'], 'service')).toEqual(['a'])
  })

  test('that count must be whole numbers', () => {
    expect(wholeNumber('--tail', '3')).toBe(3)
    expect(wholeNumber('--tail', undefined)).toBeUndefined()
    expect(() => wholeNumber('--tail', '-1')).toThrow(UsageError)
    expect(() => wholeNumber('--timeout-ms', '0', 1)).toThrow(UsageError)
  })
})
