import { expect, test } from 'vitest'
import type { TopologySpec } from '../../model/service-spec.ts'
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

test('a lane that was taken is nobody else’s until it is put back', async () => {
  const pool = newPool()
  const lane = await pool.acquire(request())
  expect(pool.take(lane.name)).toBeUndefined()
  pool.release(lane, 'light')
  expect(pool.take(lane.name)).toBe(lane)
  expect((await pool.acquire(request())).name).toBe('lane_2')
  pool.putBack(lane)
  expect((await pool.acquire(request())).name).toBe('lane_1')
})

test('putting back what was only looked at leaves the lane as it was', async () => {
  const pool = newPool()
  const lane = await pool.acquire(request())
  pool.release(lane, 'deep')
  const likely = pool.takeLikely(request('api:2'))
  expect(likely).toBe(lane)
  pool.putBack(lane)
  expect(lane.dirty).toBe('deep')
  expect(lane.spec).toEqual(spec('api:1'))
})

test('no lane is likely where a lease would make one', async () => {
  const pool = newPool()
  expect(pool.takeLikely(request())).toBeUndefined()
  const lane = await pool.acquire(request())
  expect(pool.takeLikely(request())).toBeUndefined()
  expect(pool.all()).toHaveLength(1)
  pool.release(lane, 'light')
})

test('a lane is known by the form it was last leased in', async () => {
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
