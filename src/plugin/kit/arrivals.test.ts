import { expect, test } from 'vitest'
import { createArrivals } from './arrivals.ts'

const create = () =>
  createArrivals<string>({
    noun: 'message',
    where: 'on news',
    remedy: 'subscribe first',
    textOf: (message) => message,
    lineOf: (message) => `> ${message}`,
  })

const failureOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => error)

test('arrivals find a value that has arrived, and one that arrives later', async () => {
  const arrivals = create()
  arrivals.add('first')
  expect(await arrivals.waitFor('irs')).toBe('first')
  const waiting = arrivals.waitFor(/second/g)
  arrivals.add('other')
  arrivals.add('the second')
  expect(await waiting).toBe('the second')
  expect(await arrivals.waitFor()).toBe('first')
  expect(arrivals.all).toEqual(['first', 'other', 'the second'])
})

test('arrivals that were cleared do not count', async () => {
  const arrivals = create()
  arrivals.add('first')
  arrivals.clear()
  const waiting = arrivals.waitFor()
  arrivals.add('second')
  expect(await waiting).toBe('second')
})

test('the error of a value that does not arrive lists those that did', async () => {
  const arrivals = create()
  arrivals.add('placed')
  const paid = (message: string) => message === 'paid'
  expect(await failureOf(arrivals.waitFor(paid, { timeoutMs: 1 }))).toMatchObject({
    code: 'TIMEOUT',
    summary:
      'waiting for a message that the predicate accepts on news took longer than 1 ms: 1 other message arrived',
    remedy: 'compare with the messages above',
    details: ['> placed'],
    facts: { arrived: 1 },
  })
})

test('the error of many arrivals lists the last 20, and that of none says what to do', async () => {
  const arrivals = create()
  expect(await failureOf(arrivals.waitFor('x', { timeoutMs: 1 }))).toMatchObject({
    summary: expect.stringMatching(/: no message arrived$/),
    remedy: 'subscribe first',
  })
  for (let index = 1; index <= 25; index++) arrivals.add(String(index))
  const { details } = (await failureOf(arrivals.waitFor('x', { timeoutMs: 1 }))) as {
    readonly details: readonly string[]
  }
  expect(details).toHaveLength(21)
  expect([details[0], details[1]]).toEqual(['(5 earlier ones are left out)', '> 6'])
})

test('a wait for arrivals ends with ABORTED when its caller aborts', async () => {
  const abort = new AbortController()
  const waiting = failureOf(create().waitFor('x', { signal: abort.signal }))
  const reason = new Error('enough')
  abort.abort(reason)
  expect(await waiting).toMatchObject({ code: 'ABORTED', cause: reason, remedy: undefined })
})

test('a wait for arrivals fails with what ended them, or with what its predicate threw', async () => {
  const arrivals = create()
  const predicate = arrivals.waitFor(() => {
    throw new Error('bad predicate')
  })
  const waiting = arrivals.waitFor('x')
  arrivals.add('y')
  arrivals.fail(new Error('gone'))
  await expect(predicate).rejects.toThrow('bad predicate')
  await expect(waiting).rejects.toThrow('gone')
  await expect(arrivals.waitFor('x')).rejects.toThrow('gone')
  expect(await arrivals.waitFor('y')).toBe('y')
})

test('an expectation of arrivals holds for what arrives, and shows what is there', async () => {
  const arrivals = create()
  arrivals.add('first')
  const expectation = arrivals.expectation('ir', { timeoutMs: 5 })
  expect(expectation).toMatchObject({
    awaited: 'a message with "ir" on news',
    options: { timeoutMs: 5 },
  })
  expect(await expectation.wait({})).toBe('first')
  expect(await expectation.present({})).toEqual(['first'])
  expect(expectation.lineOf('first')).toBe('> first')
  expect(await arrivals.expectation('x').present({})).toEqual([])
  await expect(arrivals.expectation('x').wait({ timeoutMs: 1 })).rejects.toMatchObject({
    code: 'TIMEOUT',
  })
})

test('arrivals that have ended are not taken for missing ones', async () => {
  const arrivals = create()
  arrivals.fail(new Error('gone'))
  await expect(arrivals.expectation('x').present({})).rejects.toThrow('gone')
})
