import { expect, test } from 'vitest'
import { createRedactor } from './redact.ts'
import { shownArguments } from './shown-arguments.ts'

const redactor = createRedactor()
redactor.add(['top secret'])

test('arguments are shown as JSON values; functions, signals and trailing undefined are left out', () => {
  const { signal } = new AbortController()
  expect(shownArguments([1, true, null, 'a', () => {}, undefined], redactor)).toEqual([
    1,
    true,
    null,
    'a',
  ])
  expect(shownArguments([undefined, { signal, timeoutMs: 5 }], redactor)).toEqual([
    null,
    { timeoutMs: 5 },
  ])
  expect(shownArguments([/x/i, new URL('http://a/'), 10n], redactor)).toEqual([
    '/x/i',
    'http://a/',
    '10n',
  ])
  expect(shownArguments([new Uint8Array(3), new Map()], redactor)).toEqual(['<3 bytes>', '<Map>'])
})

test('a secret is hidden before a long string is cut', () => {
  const [text] = shownArguments([`${'x'.repeat(1020)}top secret`], redactor)
  expect(text).toBe(`${'x'.repeat(1020)}•••`)
  expect(shownArguments([{ nested: ['top secret'] }], redactor)).toEqual([{ nested: ['•••'] }])
})

test('large and deep values are cut', () => {
  const [list] = shownArguments([Array.from({ length: 99 }, (_, index) => index)], redactor)
  expect(list).toHaveLength(50)
  const deep = { a: { a: { a: { a: { a: 1 } } } } }
  expect(shownArguments([deep], redactor)).toEqual([{ a: { a: { a: { a: '…' } } } }])
})

test('an argument that cannot be read does not fail the record', () => {
  const throwing = {
    get a(): never {
      throw new Error('no')
    },
  }
  expect(shownArguments([throwing, 1], redactor)).toEqual(['<cannot be read>', 1])
})
