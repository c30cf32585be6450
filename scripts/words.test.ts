import { expect, test } from 'vitest'
import { root } from './run.ts'
import { findWords, wordsIn } from './words.ts'

test('sources and docs use none of the words to avoid', () => {
  const uses = findWords(root)
  expect(
    uses.map(({ file, line, word, instead }) => `${file}:${line}: "${word}", write ${instead}`),
  ).toEqual([])
})

test('wordsIn finds words in any case and across the lines of a comment', () => {
  const text = "/** Whoever waits\n * is called\n * off. */\nthrow new Error('x is no host')"
  expect(wordsIn(text, 'a.ts')).toMatchObject([
    { line: 1, word: 'Whoever' },
    { line: 2, word: 'called off' },
    { line: 4, word: 'is no' },
  ])
})

test('wordsIn accepts longer words, names with a dot or quote before them, and usual phrases', () => {
  const text = "placeholder; shallow; there\n * is no file; is no longer; x.told(); user: 'nobody'"
  expect(wordsIn(text, 'a.ts')).toEqual([])
})
