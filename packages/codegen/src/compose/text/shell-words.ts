import { flatText } from './flatten.ts'
import type { Text } from './interpolation.ts'

/** Splits a command line as Compose does: at whitespace, with quotes and backslashes, without a shell. */
export const shellWords = (raw: string): Text[] => {
  const { string, unflatten } = flatText(raw)
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < string.length; at += 1) {
    const char = string[at] ?? ''
    if (quote !== '') {
      if (char === quote) quote = ''
      else if (char === '\\' && quote === '"' && /["\\$`]/.test(string[at + 1] ?? '')) {
        at += 1
        word += string[at] ?? ''
      } else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (char === '\\') {
      at += 1
      // A backslash at the end of a line continues it.
      if (string[at] !== '\n') word = (word ?? '') + (string[at] ?? '')
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (word !== undefined) words.push(word)
  return words.map(unflatten)
}
