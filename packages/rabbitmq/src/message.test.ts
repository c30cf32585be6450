import type { ConsumeMessage } from 'amqplib'
import { expect, test } from 'vitest'
import { inOneLine, messageOf, testerOf, wordsOf } from './message.ts'

const message = (text: string) =>
  messageOf({
    content: Buffer.from(text),
    fields: { exchange: 'events', routingKey: 'job.new', redelivered: false },
    properties: {},
  } as ConsumeMessage)

test('a message is bytes, text and JSON', () => {
  const made = message('{"id":1}')
  expect(made.json()).toEqual({ id: 1 })
  expect(made).toMatchObject({ text: '{"id":1}', headers: {}, routingKey: 'job.new' })
  expect(() => message('x').json()).toThrow(SyntaxError)
})

test('a match is a part of the text, a pattern that forgets where it was, or a predicate', () => {
  expect(testerOf(undefined)(message('x'))).toBe(true)
  expect(testerOf('b')(message('abc'))).toBe(true)
  expect(testerOf('d')(message('abc'))).toBe(false)
  const pattern = testerOf(/b/g)
  expect([pattern(message('abc')), pattern(message('abc'))]).toEqual([true, true])
  expect(testerOf(({ routingKey }) => routingKey === 'job.new')(message('x'))).toBe(true)
})

test('errors name what was awaited, and long messages by their beginning', () => {
  expect(wordsOf('a')).toBe('a message with "a"')
  expect(wordsOf(/a/i)).toBe('a message with /a/i')
  expect(wordsOf(undefined)).toBe('a message')
  expect(inOneLine(message('x'.repeat(500)))).toBe(`job.new: ${'x'.repeat(200)}…`)
})
