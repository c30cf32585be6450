import { expect, test } from 'vitest'
import { matchesWildcard } from './wildcard.ts'

test.each([
  ['*', '', true],
  ['*', 'any/thing', true],
  ['a*c', 'abc', true],
  ['a*c', 'abcd', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['*.pdf', 'a.pdf.pdf', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a.c', 'abc', false],
  ['bucket/*', 'bucket', false],
])('%s and %s match: %s', (pattern, text, expected) => {
  expect(matchesWildcard(pattern, text)).toBe(expected)
})

// A regular expression would not end within the limit of the test.
test('many asterisks do not hold up a request', () => {
  expect(matchesWildcard(`${'*a'.repeat(200)}b`, 'a'.repeat(5_000))).toBe(false)
})
