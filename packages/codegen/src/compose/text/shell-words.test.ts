// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Compose's own variables are written so
import { expect, test } from 'vitest'
import { literal } from './interpolation.ts'
import { shellWords } from './shell-words.ts'

const words = (line: string) => shellWords(line).map((word) => literal(word) ?? word)

test('words are split at blanks and lines', () => {
  expect(words('  npm  run\n dev\t')).toEqual(['npm', 'run', 'dev'])
})

test('quotes keep blanks and empty words', () => {
  expect(words(`sh -c "a 'b' \\"c\\"" '' 'd "e"'x`)).toEqual([
    'sh',
    '-c',
    `a 'b' "c"`,
    '',
    'd "e"x',
  ])
})

test('a backslash keeps the next character, and joins lines at their end', () => {
  expect(words('a\\ b \\\n c')).toEqual(['a b', 'c'])
})

test('a variable is part of its word, whatever its default holds', () => {
  expect(words('serve --port=${PORT:-80 80} x')).toEqual([
    'serve',
    ['--port=', { name: 'PORT', operator: ':-', word: ['80 80'] }],
    'x',
  ])
})
