// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Compose's own variables are written so
import { expect, test } from 'vitest'
import { defaultOf, literal, readText } from './interpolation.ts'

test('a text without variables stays as it is', () => {
  expect(readText('plain')).toEqual(['plain'])
  expect(literal(readText(''))).toBe('')
})

test('variables are read bare, in braces and with what follows their name', () => {
  expect(readText('a$B-c${D}')).toEqual(['a', { name: 'B' }, '-c', { name: 'D' }])
  expect(readText('${A:-x}${B-y}${C:?no}${D:+z}')).toEqual([
    { name: 'A', operator: ':-', word: ['x'] },
    { name: 'B', operator: '-', word: ['y'] },
    { name: 'C', operator: ':?', word: ['no'] },
    { name: 'D', operator: ':+', word: ['z'] },
  ])
})

test('a default may hold variables of its own', () => {
  expect(defaultOf(readText('http://${HOST:-${NAME:-api}}:${PORT-80}'))).toBe('http://api:80')
})

test('two dollar signs are one, and one that starts nothing is itself', () => {
  expect(literal(readText('$$HOME costs $5 and $$${'))).toBe('$HOME costs $5 and $${')
})

test('without a default nothing is known', () => {
  expect(defaultOf(readText('x${A}'))).toBeUndefined()
  expect(defaultOf(readText('${A:?must}'))).toBeUndefined()
  expect(defaultOf(readText('${A:+set}'))).toBe('')
})
