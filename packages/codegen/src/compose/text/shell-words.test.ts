// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Compose's own variables are written so
import { expect, test } from 'vitest'
import { literal } from './interpolation.ts'
import { shellWords } from './shell-words.ts'

const words = (line: string) => shellWords(line).map((word) => literal(word) ?? word)

test('shellWords splits at spaces and line breaks', () => {
  expect(words('  npm  run\n dev\t')).toEqual(['npm', 'run', 'dev'])
})

test('shellWords keeps quoted spaces and empty words', () => {
  expect(words(`sh -c "a 'b' \\"c\\"" '' 'd "e"'x`)).toEqual([
    'sh',
    '-c',
    `a 'b' "c"`,
    '',
    'd "e"x',
  ])
})

test('shellWords unescapes backslashes and joins continued lines', () => {
  expect(words('a\\ b \\\n c')).toEqual(['a b', 'c'])
})

test('shellWords does not split a variable whose default contains spaces', () => {
  expect(words('serve --port=${PORT:-80 80} x')).toEqual([
    'serve',
    ['--port=', { name: 'PORT', operator: ':-', word: ['80 80'] }],
    'x',
  ])
})
