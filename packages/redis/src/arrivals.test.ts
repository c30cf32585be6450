import { expect, test } from 'vitest'
import { createArrivals } from './arrivals.ts'

test('a message that has come already is found, and one that is still to come', async () => {
  const arrivals = createArrivals('on news')
  arrivals.add('first')
  expect(await arrivals.waitFor('irs', {})).toBe('first')
  const waiting = arrivals.waitFor(/second/g, {})
  arrivals.add('other')
  arrivals.add('the second')
  expect(await waiting).toBe('the second')
  expect(await arrivals.waitFor(undefined, {})).toBe('first')
})

test('what was cleared does not count any more', async () => {
  const arrivals = createArrivals('on news')
  arrivals.add('first')
  arrivals.clear()
  const waiting = arrivals.waitFor(undefined, {})
  arrivals.add('second')
  expect(await waiting).toBe('second')
})

test('the error of a message that does not come names what did', async () => {
  const arrivals = createArrivals('on news')
  arrivals.add('placed')
  const error = await arrivals
    .waitFor((message) => message === 'paid', { timeoutMs: 1 })
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    code: 'TIMEOUT',
    summary: expect.stringContaining('a message that the predicate accepts on news'),
    details: ['placed'],
    facts: { arrived: 1 },
  })
})

test('whoever waits is told that no more will come, or what the predicate threw', async () => {
  const arrivals = createArrivals('on news')
  const predicate = arrivals.waitFor(() => {
    throw new Error('bad predicate')
  }, {})
  const waiting = arrivals.waitFor('x', {})
  arrivals.add('y')
  arrivals.fail(new Error('gone'))
  await expect(predicate).rejects.toThrow('bad predicate')
  await expect(waiting).rejects.toThrow('gone')
  await expect(arrivals.waitFor('x', {})).rejects.toThrow('gone')
})
