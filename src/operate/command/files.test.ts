import { expect, test } from 'vitest'
import { withFiles } from './files.ts'

test('the word {files} becomes one word per file', () => {
  expect(withFiles(['phpunit', '{files}', '--stop'], ['a b.php', 'c.php'])).toEqual([
    'phpunit',
    'a b.php',
    'c.php',
    '--stop',
  ])
})

test('{files} inside of a word is quoted for a shell', () => {
  expect(withFiles(['sh', '-c', 'run {files}'], ["it's.php", 'plain/b.php', 'a b.php'])).toEqual([
    'sh',
    '-c',
    "run 'it'\\''s.php' plain/b.php 'a b.php'",
  ])
})
