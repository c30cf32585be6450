import { expect, test } from 'vitest'
import { matcherOf } from './match.ts'

const of = (match: Parameters<typeof matcherOf<{ text: string }>>[0]) =>
  matcherOf(match, 'message', ({ text }: { text: string }) => text)

test('a matcher accepts a part of the text, a pattern, a predicate, or anything', () => {
  const message = { text: 'abc' }
  expect(of(undefined).matches(message)).toBe(true)
  expect([of('b'), of('d')].map(({ matches }) => matches(message))).toEqual([true, false])
  const { matches } = of(/b/g)
  expect([matches(message), matches(message)]).toEqual([true, true])
  expect(of(({ text }) => text === 'x').matches(message)).toBe(false)
})

test('a matcher names what it accepts', () => {
  expect(of(undefined).words).toBe('a message')
  expect(of('a').words).toBe('a message with "a"')
  expect(of(/a/i).words).toBe('a message with /a/i')
  expect(of(() => true).words).toBe('a message that the predicate accepts')
})

test('an asymmetric matcher is compared with the text if it is about strings, else with the value', () => {
  const message = { text: 'abc' }
  expect(of(expect.stringContaining('b')).matches(message)).toBe(true)
  expect(of(expect.stringMatching(/x/)).matches(message)).toBe(false)
  expect(of(expect.objectContaining({ text: 'abc' })).matches(message)).toBe(true)
  expect(of(expect.not.objectContaining({ text: 'abc' })).matches(message)).toBe(false)
  expect(of(expect.stringMatching(/x/)).words).toBe('a message like StringMatching</x/>')
})
