import { expect, test } from 'vitest'
import { textMatcher, withoutPosition } from './text-matcher.ts'

test('a text matcher finds a string anywhere, without reading it as a pattern', () => {
  expect(textMatcher('a.c')('xa.cx')).toBe(true)
  expect(textMatcher('a.c')('abc')).toBe(false)
})

test.for(['', 'g', 'y', 'gi'])('a text matcher of /b?c/%s finds the same each time', (flags) => {
  const matches = textMatcher(new RegExp('b?c', flags))
  expect(['bc', 'bc', 'bc', 'x'].map(matches)).toEqual([true, true, true, false])
})

test('withoutPosition keeps the other flags', () => {
  expect(withoutPosition(/a/giu)).toEqual(/a/iu)
})
