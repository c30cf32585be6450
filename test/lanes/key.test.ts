import { expect, test } from '../lib/test.ts'
import { open } from './topology.ts'

test('a lease of a lane in use waits until its timeout or signal', async ({ sandbox }) => {
  await using held = await open(sandbox, 'one')
  await expect(open(sandbox, 'one', { timeoutMs: 300 })).rejects.toMatchObject({
    code: 'LANE_BUSY',
    facts: { lane: held.name, key: 'one' },
  })
  const called = new AbortController()
  const waiting = open(sandbox, 'one', { signal: called.signal })
  called.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' })
})

test('leases that wait for one lane get it in order', async ({ sandbox }) => {
  const held = await open(sandbox, 'one')
  const order: number[] = []
  const take = async (number: number) => {
    await using lane = await open(sandbox, 'one')
    order.push(number)
    expect(lane.name).toBe(held.name)
  }
  const waiting = [take(1), take(2)]
  expect(order).toEqual([])
  await held.release()
  await Promise.all(waiting)
  expect(order).toEqual([1, 2])
})

test('the same key returns the same lane, another key another lane', async ({ sandbox }) => {
  const first = await open(sandbox, 'one')
  const other = await open(sandbox, 'two')
  expect(other.name).not.toBe(first.name)
  await first.release()
  await other.release()
  await using again = await open(sandbox, 'one')
  expect(again.name).toBe(first.name)
})

test('a released lane cannot be used and can be released twice', async ({ sandbox }) => {
  const lane = await open(sandbox, 'one')
  await lane.release()
  await lane.release()
  await expect(lane.services.api.run(['true'])).rejects.toMatchObject({ code: 'LANE_RELEASED' })
  await expect(lane.reset()).rejects.toMatchObject({ code: 'LANE_RELEASED' })
})
