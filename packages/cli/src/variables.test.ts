import { expect, test } from 'vitest'
import { UsageError } from './command.ts'
import { parsePatch, parseVariables } from './variables.ts'

test('KEY=value sets a variable, also to an empty value, and KEY- unsets it', () => {
  expect(parsePatch(['A=1', 'B=', 'C-', 'D=x=y', 'E=-'])).toEqual({
    A: '1',
    B: '',
    C: null,
    D: 'x=y',
    E: '-',
  })
})

test('arguments that are neither KEY=value nor KEY- are wrong usage', () => {
  for (const word of ['A', '=1', '', '-']) expect(() => parsePatch([word])).toThrow(UsageError)
  expect(() => parseVariables(['A-'])).toThrow(UsageError)
})
