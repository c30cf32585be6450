import { expect, test } from 'vitest'
import type { StubRequest } from '../operations.ts'
import { type AnyMatch, matcherOf } from './match.ts'

const request: StubRequest = {
  id: 1,
  at: new Date(0),
  method: 'POST',
  path: '/charges',
  route: 'POST /charges',
  operationId: 'createCharge',
  params: {},
  query: { limit: 5 },
  headers: { 'idempotency-key': 'abc' },
  body: { amount: 1, card: { number: '4242' }, tags: ['a', 'b'] },
  status: 201,
  answeredBy: 'example',
  faults: [],
}
const matches = (match: AnyMatch) => matcherOf(match, () => 'POST /charges').matches(request)

test.for<[boolean, AnyMatch]>([
  [true, undefined],
  [true, 'createCharge'],
  [true, ({ method }) => method === 'POST'],
  [true, { path: /^\/ch/g, query: { limit: 5 }, status: 201 }],
  [true, { headers: { 'idempotency-key': /^a/ } }],
  [true, { body: { card: { number: /42$/ } } }],
  [true, { body: { tags: ['a', 'b'], amount: 1 } }],
  [true, { body: { currency: undefined } }],
  [true, { body: { amount: expect.any(Number), card: { number: expect.stringMatching(/42$/) } } }],
  [true, expect.objectContaining({ status: 201 })],
  [false, { body: { tags: expect.arrayContaining(['c']) } }],
  [false, { body: { tags: ['a'] } }],
  [false, { body: { amount: '1' } }],
  [false, { body: { card: { name: 'x' } } }],
  [false, { path: '/charge' }],
  [false, { method: 'GET' }],
  [false, { body: [] }],
])('%s for %o', ([expected, match]) => {
  expect(matches(match)).toBe(expected)
  // A pattern with a state must not change the answer.
  expect(matches(match)).toBe(expected)
})

test('a match is in the words of an error', () => {
  const { words } = matcherOf({ route: 'x', body: { id: /^ch_/ } }, () => 'POST /charges')
  expect(words).toBe('a request POST /charges, body {"id":"/^ch_/"}')
  const asymmetric = { body: { id: expect.stringContaining('ch') } }
  expect(matcherOf(asymmetric, () => '').words).toBe(
    'a request, body {"id":"StringContaining<\\"ch\\">"}',
  )
})
