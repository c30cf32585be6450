import { expect, test } from 'vitest'
import { readExample } from './example-file.ts'

const read = (text: string) =>
  readExample({ path: '.env.example', text }).uses.map(({ name, doc }) =>
    doc === undefined ? name : `${name}: ${doc}`,
  )

test('comments above and after a variable in .env.example are its doc', () => {
  expect(read('# One.\n# Two.\nA=1\n\n# Not of B.\n\nB=2 # Three.\nC="x" # Four.')).toEqual([
    'A: One. Two.',
    'B: Three.',
    'C: Four.',
  ])
})

test('a commented-out variable in .env.example is read, a sentence is not', () => {
  expect(read('# A=1\n#B=\n# see http://x?a=b\n# When x = y.\nexport C=')).toEqual([
    'A',
    'B',
    'C: see http://x?a=b When x = y.',
  ])
})

test('a quoted value in .env.example can span lines', () => {
  expect(read('A="x\nB=1\n"\nC=2')).toEqual(['A', 'C'])
  expect(read("A='x\nB=1'\nC=2")).toEqual(['A', 'C'])
  expect(read('A="x \\" y"\nB=1')).toEqual(['A', 'B'])
})

test('an unclosed quote in .env.example ends with its line', () => {
  expect(read('A="x\nB=1')).toEqual(['A', 'B'])
})

test('a comment that contains a value is not a doc', () => {
  expect(read('# Use abc-123-def.\nA=abc-123-def')).toEqual(['A'])
  expect(read('# A is KEY=secret\nA=')).toEqual(['A'])
  expect(read('# amqp://guest:guest@mq\nA=')).toEqual(['A'])
  expect(read('# In production.\nA=production')).toEqual(['A: In production.'])
})

test('byte order mark and CRLF in .env.example are ignored', () => {
  expect(read('\uFEFF# One.\r\nA=1\r\nB=2\r\n')).toEqual(['A: One.', 'B'])
})
