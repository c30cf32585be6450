import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { createRedactor } from './redact.ts'

const redactorOf = (...secrets: string[]) => {
  const redactor = createRedactor()
  redactor.add(secrets)
  return redactor
}

test('every occurrence of a secret is redacted', () => {
  expect(redactorOf('hunter2').text('hunter2 and xhunter2x')).toBe('••• and x•••x')
})

test('a secret is redacted when it is escaped in JSON or encoded in a URL', () => {
  const { text } = redactorOf('a"b/c d')
  expect(text(JSON.stringify({ p: 'a"b/c d' }))).toBe('{"p":"•••"}')
  expect(text('postgres://u:a%22b%2Fc%20d@h')).toBe('postgres://u:•••@h')
})

test('a longer secret is redacted before one that is part of it', () => {
  const redactor = redactorOf('pass')
  redactor.add(['password1'])
  expect(redactor.text('password1 pass')).toBe('••• •••')
})

test('special characters of regular expressions are redacted literally', () => {
  expect(redactorOf('a.*(b)').text('a.*(b) axxb')).toBe('••• axxb')
})

test('every line of a multi-line secret is redacted except short ones', () => {
  const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg\nqw==\n-----END KEY-----'
  const { text } = redactorOf(key)
  expect(text(key)).toBe('•••')
  expect(text('MIIEvQIBADANBg')).toBe('•••')
  expect(text('qw==')).toBe('qw==')
})

test('secrets of one or two characters are not redacted', () => {
  expect(redactorOf('ab', '').text('cab')).toBe('cab')
})

test('every string in a value is redacted and its structure is kept', () => {
  const value = { a: ['hunter2', 1, null, true], b: { c: 'x hunter2' }, d: undefined }
  expect(redactorOf('hunter2').value(value)).toEqual({
    a: ['•••', 1, null, true],
    b: { c: 'x •••' },
    d: undefined,
  })
  expect(createRedactor().value(value)).toBe(value)
})

test('keys of objects are redacted, too, but names of fields are kept', () => {
  const redactor = redactorOf('hunter2', 'password', 'ready')
  expect(redactor.value({ hunter2: { 'x-hunter2': 1 }, 'my-password': 1 })).toEqual({
    '•••': { 'x-•••': 1 },
    'my-•••': 1,
  })
  const error = { message: 'no', facts: { password: 'hunter2', readyTimeoutMs: 3 } }
  expect(redactor.value(error)).toEqual({ ...error, facts: { password: '•••', readyTimeoutMs: 3 } })
})

test('secrets of three characters are redacted, but not looked for in base64', () => {
  const { text } = redactorOf('abc')
  expect(text('xabcx')).toBe('x•••x')
  const encoded = Buffer.from('abc').toString('base64')
  expect(text(encoded)).toBe(encoded)
})

test('unfinished text does not end with more than three characters of a secret', () => {
  const { unfinished } = redactorOf('hunter2-word', 'a b/c')
  expect(unfinished('password: hunter2-word')).toBe('password: •••')
  expect(unfinished('password: hunter2-')).toBe('password: ')
  expect(unfinished('ready> hun')).toBe('ready> hun')
  expect(unfinished('url a%20b%2')).toBe('url ')
  expect(unfinished('hunter3')).toBe('hunter3')
  const encoded = Buffer.from('u:hunter2-word').toString('base64')
  expect(unfinished(`Basic ${encoded.slice(0, 12)}`)).toBe(`Basic ${encoded.slice(0, 3)}`)
  expect(createRedactor().unfinished('ready> ')).toBe('ready> ')
})

test('text is cut before a secret, and after one that is longer than the text may be', () => {
  const { cutBefore, longest } = redactorOf('hunter2-word')
  expect(cutBefore('0123456789', 5)).toBe(5)
  expect(cutBefore('0hunter2-word9', 5)).toBe(1)
  expect(cutBefore('hunter2-word9', 5)).toBe(12)
  expect(cutBefore('hunter2-word9', 12)).toBe(12)
  expect(longest).toBeGreaterThanOrEqual('hunter2-word'.length)
  expect(createRedactor()).toMatchObject({ longest: 0 })
})

test('many secrets that begin alike are redacted as if each were looked for, longest first', () => {
  const word = (length: number) =>
    Array.from({ length }, () => 'abc'[randomInt(3)] as string).join('')
  for (let round = 0; round < 100; round++) {
    const secrets = Array.from({ length: 1 + randomInt(30) }, () => word(3 + randomInt(5)))
    const longestFirst = secrets.toSorted((a, b) => b.length - a.length)
    const text = word(200)
    const expected = text.replace(new RegExp(longestFirst.join('|'), 'g'), '•••')
    expect(redactorOf(...secrets).text(text), secrets.join()).toBe(expected)
  }
})
