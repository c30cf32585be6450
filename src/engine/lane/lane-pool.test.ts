import { expect, test } from 'vitest'
import type { TopologySpec } from '../../model/service-spec.ts'
import { createLimit } from '../run/limit.ts'
import type { Lane } from './lane.ts'
import { LanePool, type LaneRequest } from './lane-pool.ts'

const spec = (image: string): TopologySpec => ({
  name: 'shop',
  root: '/shop',
  services: { api: { image } },
})

const request = (image = 'api:1', more: Partial<LaneRequest> = {}): LaneRequest => ({
  spec: spec(image),
  key: undefined,
  slot: undefined,
  signal: new AbortController().signal,
  ...more,
})

/** The few things of a lane that the pool looks at. */
const newPool = () =>
  new LanePool((name, { key, spec: first }) => {
    const lane = {
      name,
      key,
      topology: first.name,
      spec: first,
      dirty: undefined,
      adopt(next: TopologySpec) {
        lane.spec = next
      },
    }
    return lane as unknown as Lane
  })

test('a taken lane is not given to others until it is put back', async () => {
  const pool = newPool()
  const lane = await pool.acquire(request())
  expect(pool.take(lane.name)).toBeUndefined()
  pool.release(lane, 'light')
  expect(pool.take(lane.name)).toBe(lane)
  expect((await pool.acquire(request())).name).toBe('lane_2')
  pool.putBack(lane)
  expect((await pool.acquire(request())).name).toBe('lane_1')
})

test('putBack leaves the lane unchanged', async () => {
  const pool = newPool()
  const lane = await pool.acquire(request())
  pool.release(lane, 'deep')
  const likely = pool.takeLikely(request('api:2'))
  expect(likely).toBe(lane)
  pool.putBack(lane)
  expect(lane.dirty).toBe('deep')
  expect(lane.spec).toEqual(spec('api:1'))
})

test('takeLikely returns undefined when a lease would create a lane', async () => {
  const pool = newPool()
  expect(pool.takeLikely(request())).toBeUndefined()
  const lane = await pool.acquire(request())
  expect(pool.takeLikely(request())).toBeUndefined()
  expect(pool.all()).toHaveLength(1)
  pool.release(lane, 'light')
})

test('a lane is preferred for the services that it was last leased with', async () => {
  const pool = newPool()
  const first = await pool.acquire(request('api:1'))
  const second = await pool.acquire(request('api:2'))
  pool.release(first, 'light')
  pool.release(second, 'light')
  const edited = await pool.acquire(request('api:3'))
  expect(edited).toBe(first)
  pool.release(edited, 'light')
  expect(await pool.acquire(request('api:3'))).toBe(first)
})

test('a slot gets its lane again; others get one with the same services, then the least dirty', async () => {
  const pool = newPool()
  const [one, two, three] = [
    await pool.acquire(request('api:1', { slot: 'w1' })),
    await pool.acquire(request('api:2', { slot: 'w2' })),
    await pool.acquire(request('api:2', { slot: 'w3' })),
  ]
  pool.release(one, 'light')
  pool.release(two, 'deep')
  pool.release(three, 'light')
  expect(await pool.acquire(request('api:2', { slot: 'w1' }))).toBe(one)
  expect(await pool.acquire(request('api:2', { slot: 'w9' }))).toBe(three)
  expect(await pool.acquire(request('api:1'))).toBe(two)
})

test('lanes of another topology or project are never chosen', async () => {
  const pool = newPool()
  const lane = await pool.acquire(request())
  pool.release(lane, 'light')
  expect(await pool.acquire(request('api:1', { spec: { ...spec('api:1'), name: 'x' } }))).not.toBe(
    lane,
  )
  expect(await pool.acquire(request('api:1', { spec: { ...spec('api:1'), root: '/x' } }))).not.toBe(
    lane,
  )
  expect(await pool.acquire(request('api:1', { key: 'mine' }))).not.toBe(lane)
})

test('leases with the same key wait for one lane in order', async () => {
  const pool = newPool()
  const order: string[] = []
  const held = await pool.acquire(request('api:1', { key: 'k' }))
  const waiting = ['first', 'second'].map(async (name) => {
    const lane = await pool.acquire(request('api:1', { key: 'k' }))
    order.push(name)
    pool.release(lane, 'light')
    return lane
  })
  await new Promise(setImmediate)
  expect(order).toEqual([])
  pool.release(held, 'light')
  expect(await Promise.all(waiting)).toEqual([held, held])
  expect(order).toEqual(['first', 'second'])
})

test('a waiting lease that is aborted rejects with LANE_BUSY and leaves the queue', async () => {
  const pool = newPool()
  const held = await pool.acquire(request('api:1', { key: 'k' }))
  const stop = new AbortController()
  const impatient = pool.acquire(request('api:1', { key: 'k', signal: stop.signal }))
  const patient = pool.acquire(request('api:1', { key: 'k' }))
  stop.abort()
  await expect(impatient).rejects.toMatchObject({
    code: 'LANE_BUSY',
    facts: { lane: held.name, key: 'k' },
  })
  await expect(
    pool.acquire(request('api:1', { key: 'k', signal: AbortSignal.abort() })),
  ).rejects.toMatchObject({ code: 'LANE_BUSY' })
  pool.release(held, 'light')
  expect(await patient).toBe(held)
})

test('a deep reset stays due until it is done', async () => {
  const pool = newPool()
  const lane = await pool.acquire(request())
  pool.release(lane, 'deep')
  await pool.acquire(request())
  pool.release(lane, 'light')
  expect(lane.dirty).toBe('deep')
})

test('a lease that waits for a lane that ends gets another one', async () => {
  const pool = newPool()
  const held = await pool.acquire(request('api:1', { key: 'k' }))
  const waiting = pool.acquire(request('api:1', { key: 'k' }))
  pool.forget(held)
  expect((await waiting).name).not.toBe(held.name)
})

test('a lane made ahead is hurried when a client gets it', async () => {
  const pool = newPool()
  let hurried = 0
  const spare = { limit: createLimit(1), hurry: () => void hurried++ }
  const lane = pool.addAhead(spec('api:1'), spare)
  expect(hurried).toBe(0)
  expect(await pool.acquire(request())).toBe(lane)
  expect(hurried).toBe(1)
})

test('a lane that is ready is chosen before one that is being made', async () => {
  const pool = newPool()
  const first = await pool.acquire(request())
  const spare = { limit: createLimit(1), hurry: () => undefined }
  const ahead = pool.addAhead(spec('api:1'), spare)
  pool.making(ahead, true)
  pool.release(first, 'light')
  expect(await pool.acquire(request())).toBe(first)
  expect(await pool.acquire(request('api:2'))).not.toBe(ahead)
  expect(await pool.acquire(request())).toBe(ahead)
})
