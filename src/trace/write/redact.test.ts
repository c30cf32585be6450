import { expect, test } from 'vitest'
import { createRedactor } from './redact.ts'

const redactorOf = (...secrets: string[]) => {
  const redactor = createRedactor()
  redactor.add(secrets)
  return redactor
}

test('a secret is blotted out wherever it stands, every time', () => {
  expect(redactorOf('hunter2').text('hunter2 and xhunter2x')).toBe('••• and x•••x')
})

test('also as JSON and in addresses write it', () => {
  const { text } = redactorOf('a"b/c d')
  expect(text(JSON.stringify({ p: 'a"b/c d' }))).toBe('{"p":"•••"}')
  expect(text('postgres://u:a%22b%2Fc%20d@h')).toBe('postgres://u:•••@h')
})

test('a longer secret goes before one that is part of it, whichever came first', () => {
  const redactor = redactorOf('pass')
  redactor.add(['password1'])
  expect(redactor.text('password1 pass')).toBe('••• •••')
})

test('signs of regular expressions in it mean nothing', () => {
  expect(redactorOf('a.*(b)').text('a.*(b) axxb')).toBe('••• axxb')
})

test('of a secret of several lines every line is one, but for those that say nothing', () => {
  const key = '-----BEGIN KEY-----\nMIIEvQIBADANBg\nqw==\n-----END KEY-----'
  const { text } = redactorOf(key)
  expect(text(key)).toBe('•••')
  expect(text('MIIEvQIBADANBg')).toBe('•••')
  expect(text('qw==')).toBe('qw==')
})

test('very short ones are left: they would blot out half of every line', () => {
  expect(redactorOf('ab', '').text('cab')).toBe('cab')
})

test('in a value every text is redacted, and its shape stays', () => {
  const value = { a: ['hunter2', 1, null, true], b: { c: 'x hunter2' }, d: undefined }
  expect(redactorOf('hunter2').value(value)).toEqual({
    a: ['•••', 1, null, true],
    b: { c: 'x •••' },
    d: undefined,
  })
  expect(createRedactor().value(value)).toBe(value)
})
