import { expect, test } from 'vitest'
import { formatTitle } from './format-title.ts'

test('values of a row are put into a title', () => {
  expect(formatTitle('%s is %d of %j, number %#', ['a', 2, [3]], 4)).toBe('a is 2 of [3], number 4')
  expect(formatTitle('%i %f %p %o', [1.5, 1.5, 'x', { a: 1 }], 0)).toBe("1 1.5 'x' { a: 1 }")
})

test('keys of a row that is an object are put into a title', () => {
  expect(formatTitle('$a and $b.c', [{ a: 'x', b: { c: 1 } }], 0)).toBe('x and 1')
})

test('what names no value stays as it is', () => {
  expect(formatTitle('100%% of %s, $price', [], 0)).toBe('100% of %s, $price')
})
