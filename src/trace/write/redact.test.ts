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
