// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Compose's own variables are written so
import { expect, test } from 'vitest'
import { defaultOf, literal, readText } from './interpolation.ts'

test('a Compose string without variables is unchanged', () => {
  expect(readText('plain')).toEqual(['plain'])
  expect(literal(readText(''))).toBe('')
})

test('variables are parsed without braces, with braces and with operators', () => {
  expect(readText('a$B-c${D}')).toEqual(['a', { name: 'B' }, '-c', { name: 'D' }])
  expect(readText('${A:-x}${B-y}${C:?no}${D:+z}')).toEqual([
    { name: 'A', operator: ':-', word: ['x'] },
    { name: 'B', operator: '-', word: ['y'] },
    { name: 'C', operator: ':?', word: ['no'] },
    { name: 'D', operator: ':+', word: ['z'] },
  ])
})

test('the default of a variable can contain variables', () => {
  expect(defaultOf(readText('http://${HOST:-${NAME:-api}}:${PORT-80}'))).toBe('http://api:80')
})

test('$$ is a dollar sign, and so is a $ that starts no variable', () => {
  expect(literal(readText('$$HOME costs $5 and $$${'))).toBe('$HOME costs $5 and $${')
})

test('a string with a variable without a default has no default', () => {
  expect(defaultOf(readText('x${A}'))).toBeUndefined()
  expect(defaultOf(readText('${A:?must}'))).toBeUndefined()
  expect(defaultOf(readText('${A:+set}'))).toBe('')
})
