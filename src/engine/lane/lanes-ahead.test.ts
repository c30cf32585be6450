import { expect, test } from 'vitest'
import { openCall } from '../../call/call.ts'
import type { TopologySpec } from '../../model/service-spec.ts'
import { createFreePorts } from '../run/free-ports.ts'
import { RunEngine } from '../run/run-engine.ts'
import { app, asked, daemon, openScene, type SceneOptions, topology } from '../test-scene.ts'
import type { Lane } from './lane.ts'
import { LanesAhead, type LaneUse } from './lanes-ahead.ts'

const shop = topology({ db: app(), api: app({ dependsOn: { db: 'healthy' } }) })

const fixture = async (options: Partial<SceneOptions> & { readonly lanesAhead?: number } = {}) => {
  const { lanesAhead = 1, ...more } = options
  const scene = await openScene({ programs: { daemon }, ...more })
  const engine = new RunEngine({ ...scene.context, lanesAhead }, scene.redactor)
  await engine.watch(() => {})
  /** As a client does: leases a lane, starts services of it, and says that it uses them. */
  const lease = async (
    use: LaneUse & { readonly key?: string; readonly services?: readonly string[] } = {},
    spec: TopologySpec = shop,
  ): Promise<Lane> => {
    const { key, services, ...known } = use
    const wanted = { spec, key, slot: undefined, reset: undefined, call: asked }
    const lane = await engine.lease({ ...wanted, signal: asked.signal })
    await lane.start(services, asked)
    engine.ahead.used(lane, known)
    return lane
  }
  const made = async (count = 1) => {
    await expect.poll(() => scene.events('lane.ahead').length).toBe(count)
    return scene.events('lane.ahead')
  }
  return {
    scene,
    engine,
    lease,
    made,
    names: () => engine.lanes.all().map(({ lane }) => lane.name),
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]()
      await scene[Symbol.asyncDispose]()
    },
  }
}

/** Lets everything happen that was begun. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
}

test('one client with a lane causes no other lane', async () => {
  await using run = await fixture()
  await run.lease()
  await settled()
  expect(run.names()).toEqual(['lane_1'])
})

test('when two lanes are used at the same time, a third is made, and a lease starts nothing', async () => {
  await using run = await fixture()
  await run.lease()
  await run.lease()
  expect(await run.made()).toMatchObject([{ l: 'lane_3' }])
  const before = run.scene.created()
  expect((await run.lease({ maxWorkers: 3 })).name).toBe('lane_3')
  expect(run.scene.created()).toEqual(before)
})

test('a client that knows of more workers causes the next lane at once', async () => {
  await using run = await fixture()
  await run.lease({ workers: 2 })
  await run.made()
  await settled()
  expect(run.names()).toEqual(['lane_1', 'lane_2'])
})

test('no more lanes are made than the runner has workers', async () => {
  await using run = await fixture()
  await run.lease({ maxWorkers: 2 })
  await run.lease({ maxWorkers: 2 })
  await settled()
  expect(run.names()).toEqual(['lane_1', 'lane_2'])
})

test('a worker that uses a lane for each test gets the next one ahead', async () => {
  await using run = await fixture()
  await run.lease({ maxWorkers: 1 })
  await run.lease({ maxWorkers: 1 })
  await run.made()
  expect(run.names()).toEqual(['lane_1', 'lane_2', 'lane_3'])
})

test('no lane is made while a free one is there', async () => {
  await using run = await fixture()
  const first = await run.lease({ workers: 4 })
  await run.made()
  run.engine.ahead.used(first)
  await settled()
  expect(run.names()).toEqual(['lane_1', 'lane_2'])
})

test('lanesAhead 0 makes none', async () => {
  await using run = await fixture({ lanesAhead: 0 })
  await run.lease({ workers: 4 })
  await settled()
  expect(run.names()).toEqual(['lane_1'])
})

test('a lane made ahead has the services that were asked for so far', async () => {
  await using run = await fixture()
  const first = await run.lease({ workers: 2, services: ['db'] })
  await run.made()
  expect(run.engine.lanes.get('lane_2')?.declared).toEqual(['db'])
  await first.start(['api'], asked)
  run.engine.ahead.used(first)
  await run.made(2)
  expect(run.engine.lanes.get('lane_2')?.viewOf('api').state).toBe('ready')
})

test('a lease with a key takes a lane made ahead, and gets the same one again', async () => {
  await using run = await fixture()
  await run.lease({ workers: 2 })
  await run.made()
  const second = await run.lease({ key: 'mine' })
  expect(second.name).toBe('lane_2')
  run.engine.release(second, 'light')
  expect((await run.lease({ key: 'mine' })).name).toBe('lane_2')
})

test('a lease of a lane that is being made waits for it and starts nothing twice', async () => {
  const hold = Promise.withResolvers<void>()
  await using run = await fixture({
    hold: ({ method, args }) =>
      method === 'create' && /lane_2-db/.test(JSON.stringify(args[0])) ? hold.promise : undefined,
  })
  await run.lease({ workers: 2 })
  const second = run.lease()
  await settled()
  hold.resolve()
  expect((await second).name).toBe('lane_2')
  expect(run.scene.created().filter((name) => name.startsWith('lane_2-'))).toHaveLength(4)
})

test('a lease that gives up leaves a lane that is being made to others', async () => {
  const hold = Promise.withResolvers<void>()
  await using run = await fixture({
    hold: ({ method, args }) =>
      method === 'create' && /lane_2-db/.test(JSON.stringify(args[0])) ? hold.promise : undefined,
  })
  await run.lease({ workers: 2 })
  const stop = new AbortController()
  using call = openCall('the lease', {}, { signal: stop.signal })
  const wanted = { spec: shop, key: undefined, slot: undefined, reset: undefined }
  const second = run.engine.lease({ ...wanted, call, signal: call.signal })
  second.catch(() => undefined)
  await settled()
  expect(run.engine.lanes.get('lane_2')).toBeDefined()
  stop.abort()
  await expect(second).rejects.toMatchObject({ code: 'ABORTED' })
  hold.resolve()
  expect((await run.lease()).name).toBe('lane_2')
})

test('a lane that could not be made is removed, and the next lease gets one of its own', async () => {
  let fails = true
  await using run = await fixture({
    fail: ({ method, args }) =>
      fails && method === 'create' && /lane_2-api/.test(JSON.stringify(args[0]))
        ? new Error('no space left')
        : undefined,
  })
  const first = await run.lease({ workers: 2 })
  expect(await run.made()).toMatchObject([{ error: { message: 'api: no space left' } }])
  await expect.poll(run.names).toEqual(['lane_1'])
  const left = await run.scene.containers()
  expect(Object.keys(left).filter((name) => name.startsWith('lane_2'))).toEqual([])
  run.engine.ahead.used(first)
  await settled()
  expect(run.names()).toEqual(['lane_1'])
  fails = false
  expect((await run.lease()).name).toBe('lane_3')
})

test('disposing removes a lane that is being made', async () => {
  const run = await fixture()
  const mute = topology({ mute: app({ ready: { kind: 'log', pattern: 'ready' }, env: {} }) })
  const engine = run.engine
  const lane = await engine.lease({
    ...{ spec: mute, key: undefined, slot: undefined, reset: undefined },
    ...{ call: asked, signal: asked.signal },
  })
  void lane.start(undefined, asked).catch(() => undefined)
  await expect.poll(() => run.scene.lines('lane_1', 'mute')).toEqual(['up'])
  engine.ahead.used(lane, { workers: 2 })
  await expect.poll(() => run.scene.lines('lane_2', 'mute')).toEqual(['up'])
  await engine[Symbol.asyncDispose]()
  expect(await run.scene.runtime.list({})).toMatchObject({ containers: [], networks: [] })
  expect(run.scene.events('lane.ahead')).toEqual([])
  await run.scene[Symbol.asyncDispose]()
})

test('no lane is made when memory is short, and one that no client has leased is removed', async () => {
  await using run = await fixture()
  const first = await run.lease({ workers: 2 })
  await run.made()
  const context = { ...run.scene.context, lanesAhead: 1, freePorts: createFreePorts('127.0.0.1') }
  let free = 0.1
  const ahead = new LanesAhead(context, run.engine.lanes, () => free)
  ahead.used(first, { workers: 2 })
  await expect.poll(run.names).toEqual(['lane_1'])
  ahead.used(first, { workers: 2 })
  await settled()
  expect(run.names()).toEqual(['lane_1'])
  free = 0.5
  ahead.used(first, { workers: 2 })
  await run.made(2)
  expect(run.names()).toEqual(['lane_1', 'lane_3'])
})
