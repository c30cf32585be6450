import type { ConsumeMessage } from 'amqplib'
import { matcherOf } from 'mesocosm/plugin'
import { expect, test } from 'vitest'
import { messageOf, messageWords, type RabbitMessageMatch } from './message.ts'

const message = (text: string) =>
  messageOf({
    content: Buffer.from(text),
    fields: { exchange: 'events', routingKey: 'job.new', redelivered: false },
    properties: {},
  } as ConsumeMessage)

test('a message has its body as bytes, text and JSON', () => {
  const made = message('{"id":1}')
  expect(made.json()).toEqual({ id: 1 })
  expect(made).toMatchObject({ text: '{"id":1}', headers: {}, routingKey: 'job.new' })
  expect(() => message('x').json()).toThrow(SyntaxError)
})

test('a match looks in the text of a message, a predicate gets all of it', () => {
  const matches = (match: RabbitMessageMatch, text: string) =>
    matcherOf(match, messageWords.noun, messageWords.textOf).matches(message(text))
  expect([matches('b', 'abc'), matches('d', 'abc'), matches(/b/g, 'abc')]).toEqual([
    true,
    false,
    true,
  ])
  expect(matches(({ routingKey }) => routingKey === 'job.new', 'x')).toBe(true)
})

test('errors show a long message by its beginning', () => {
  expect(messageWords.lineOf(message('x'.repeat(500)))).toBe(`job.new: ${'x'.repeat(200)}…`)
})
