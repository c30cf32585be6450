import { expect, test } from 'vitest'
import { createMatcher } from './match-lines.ts'

test('a text is found anywhere in a line, a pattern by its flags', () => {
  expect(createMatcher({ text: 'b.' })(['abc', 'ab.c'])).toBe(1)
  expect(createMatcher({ pattern: '^B', flags: 'i' })(['ab', 'bc'])).toBe(1)
  expect(createMatcher({ pattern: 'x' })(['ab'])).toBe(-1)
  expect(createMatcher({ pattern: 'x' })([])).toBe(-1)
})

test('a pattern that takes for ever on a line is stopped', () => {
  const matching = createMatcher({ pattern: '^(a+)+$' })
  const start = performance.now()
  expect(() => matching([`${'a'.repeat(60)}!`])).toThrow(
    expect.objectContaining({ code: 'ARGUMENT_INVALID', facts: { pattern: '^(a+)+$' } }),
  )
  // Without a limit it takes years.
  expect(performance.now() - start).toBeLessThan(20_000)
  expect(matching(['aaa'])).toBe(0)
})
