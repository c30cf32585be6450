import { decodeWords } from 'postal-mime'
import { expect, test } from 'vitest'
import { joinEncodedWords } from './encoded-words.ts'

const decode = (value: string) => decodeWords(joinEncodedWords(value))

const cut = (text: string, at: number, encode: (bytes: Buffer) => string) => {
  const bytes = Buffer.from(text)
  return `${encode(bytes.subarray(0, at))}\r\n ${encode(bytes.subarray(at))}`
}
const base64 = (bytes: Buffer) => `=?UTF-8?B?${bytes.toString('base64')}?=`
const quoted = (bytes: Buffer) =>
  `=?utf-8?q?${[...bytes].map((byte) => `=${byte.toString(16).padStart(2, '0')}`).join('')}?=`

test('a character that is cut between two words is decoded, padded or not', () => {
  for (const encode of [base64, quoted])
    for (let at = 1; at < Buffer.byteLength('日本語のあ'); at++)
      expect([at, decode(cut('日本語のあ', at, encode))]).toEqual([at, '日本語のあ'])
})

test('words of different encodings and charsets are decoded each by its own', () => {
  expect(decode('=?utf-8?q?=C3?= =?UTF-8?B?vA==?=')).toBe('ü')
  expect(decode('=?iso-8859-1?q?=FC?= =?utf-8*de?q?_=C3=BC?= end')).toBe('ü ü end')
})

test('text between words, and text that is not a word, stays as it is', () => {
  expect(decode('=?utf-8?q?a?= b =?utf-8?q?c?=')).toBe('a b c')
  expect(joinEncodedWords('=?utf-8?x?a?= =?')).toBe('=?utf-8?x?a?= =?')
})
