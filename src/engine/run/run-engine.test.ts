import { expect, test } from 'vitest'
import type { TopologySpec } from '../../model/service-spec.ts'
import { app, asked, daemon, openScene, type SceneOptions, topology } from '../test-scene.ts'
import { RunEngine, removeAll } from './run-engine.ts'

const fixture = async (options: Partial<SceneOptions> = {}) => {
  const scene = await openScene({ programs: { daemon }, ...options })
  const engine = new RunEngine(scene.context, scene.redactor)
  const gone: string[] = []
  await engine.watch((error) => void gone.push(error.code))
  return {
    scene,
    engine,
    gone,
    lease: (spec: TopologySpec) =>
      engine.lease({
        spec,
        key: undefined,
        slot: undefined,
        reset: undefined,
        call: asked,
        signal: new AbortController().signal,
      }),
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

test('disposing removes everything the run has created, even starting lanes', async () => {
  await using made = await fixture()
  const { engine, lease, scene } = made
  const services = { db: app({ share: 'run' }), api: app({ env: { DB: { ref: 'db.host' } } }) }
  await (await lease(topology(services))).start(undefined, asked)
  const slow = topology({ mute: app({ ready: { kind: 'log', pattern: 'never' } }) })
  const starting = (await lease(slow)).start(undefined, asked)
  while (scene.lines('lane_2', 'mute').length === 0) await new Promise(setImmediate)
  await engine[Symbol.asyncDispose]()
  await expect(starting).rejects.toMatchObject({ code: 'ABORTED' })
  expect(await scene.runtime.list({})).toMatchObject({ containers: [], networks: [] })
})

test('disposing also removes unknown resources with the label of the run', async () => {
  await using made = await fixture()
  const { runtime, context } = made.scene
  await runtime.createNetwork({ name: 'stray', labels: { ...context.labels }, size: 1 })
  await runtime.createNetwork({ name: 'other', labels: { 'dev.mesocosm.run': 'x' }, size: 1 })
  await made.engine[Symbol.asyncDispose]()
  const { networks } = await runtime.list({})
  expect(networks.map(({ name }) => name)).toEqual(['other'])
})

test('disposing throws what could not be removed after trying everything', async () => {
  await using made = await fixture({
    fail: ({ method, args }) =>
      method === 'remove' && args[0] === 'network' ? new Error('in use') : undefined,
  })
  await (await made.lease(topology({ api: app() }))).start(undefined, asked)
  await expect(made.engine[Symbol.asyncDispose]()).rejects.toMatchObject({
    errors: [expect.objectContaining({ message: 'in use' })],
  })
  expect(await made.scene.containers()).toEqual({})
})

test('disposing ends although one removal is never answered, and names what is left', async () => {
  await using made = await fixture({
    hold: ({ method, args }) =>
      method === 'remove' && args[1] === 'container-2' ? new Promise(() => {}) : undefined,
    waits: { orderlyMs: 50, removalMs: 50 },
  })
  await (await made.lease(topology({ api: app(), db: app() }))).start(undefined, asked)
  const [name] = (await made.scene.runtime.list({})).containers.flatMap((container) =>
    container.id === 'container-2' ? [container.name] : [],
  )
  const error = await made.engine[Symbol.asyncDispose]().then(
    () => undefined,
    (thrown: unknown) => thrown as AggregateError,
  )
  expect(error?.message).toContain(
    `container ${name}: the removal of container ${name} took longer`,
  )
  expect(error?.errors).toMatchObject([{ code: 'TIMEOUT' }])
  const left = await made.scene.runtime.list({})
  expect(left.containers).toMatchObject([{ id: 'container-2' }])
})

test('disposing ends although the engine answers nothing', async () => {
  const engine = { answers: true }
  await using made = await fixture({
    hold: () => (engine.answers ? undefined : new Promise(() => {})),
    waits: { orderlyMs: 20, removalMs: 20 },
  })
  await (await made.lease(topology({ api: app() }))).start(undefined, asked)
  engine.answers = false
  await expect(made.engine[Symbol.asyncDispose]()).rejects.toMatchObject({
    code: 'TIMEOUT',
    message: expect.stringContaining('the engine did not answer'),
  })
})

test('removeAll tries everything and throws every failure', async () => {
  await using made = await fixture({
    fail: ({ method }) => (method === 'remove' ? new Error('no') : undefined),
  })
  const ids = ['a', 'b'].map((id) => ({ id, name: id, labels: {}, status: 'exited' as const }))
  await expect(
    removeAll(made.scene.runtime, {
      containers: ids,
      networks: [],
      volumes: [{ id: 'v', labels: {} }],
    }),
  ).rejects.toThrow('3 things could not be removed')
})

test('removeAll removes programs, then sandboxes and leases, then networks, then volumes', async () => {
  const seen: string[] = []
  await using made = await fixture({
    hold: async ({ method, args: [, id] }) => {
      if (method !== 'remove') return
      seen.push(`${id} begins`)
      await new Promise(setImmediate)
      seen.push(`${id} ends`)
    },
  })
  const container = (id: string, role?: string) => ({
    id,
    name: id,
    labels: role === undefined ? {} : { 'dev.mesocosm.role': role },
    status: 'running' as const,
  })
  await removeAll(made.scene.runtime, {
    containers: [
      container('sandbox', 'sandbox'),
      container('program', 'program'),
      container('lease', 'lease'),
      container('task', 'task'),
      container('unknown'),
    ],
    networks: [{ id: 'network', name: 'network', labels: {} }],
    volumes: [{ id: 'volume', labels: {} }],
  })
  const stages = [['program', 'task', 'unknown'], ['sandbox', 'lease'], ['network'], ['volume']]
  expect(seen).toEqual(
    stages.flatMap((ids) => [...ids.map((id) => `${id} begins`), ...ids.map((id) => `${id} ends`)]),
  )
})

test('topologies of one run have separate shared servers, networks and logs', async () => {
  await using made = await fixture()
  const db = app({ share: 'run' })
  const shop = await made.lease(topology({ db, api: app({ dependsOn: { db: 'healthy' } }) }))
  const blog = await made.lease(
    topology({ db, api: app({ dependsOn: { db: 'healthy' } }) }, 'blog'),
  )
  await Promise.all([shop.start(undefined, asked), blog.start(undefined, asked)])
  expect(shop.viewOf('db').logLane).not.toBe(blog.viewOf('db').logLane)
  const names = (await made.scene.runtime.list({})).networks.map(({ name }) => name)
  expect(new Set(names).size).toBe(4)
})

test('secrets of a lease and of added services are not in the record', async () => {
  await using made = await fixture()
  const { engine, lease, scene } = made
  const fails = app({ env: { FAIL: { secret: 'hunter-two' } } })
  await expect((await lease(topology({ fails }))).start(undefined, asked)).rejects.toMatchObject({
    code: 'SERVICE_EXITED',
  })
  const lane = await lease(topology({ api: app() }))
  const added = app({ env: { FAIL: { secret: 'swordfish' } } })
  await expect(engine.add(lane, 'late', added, asked)).rejects.toMatchObject({
    code: 'SERVICE_EXITED',
  })
  expect(scene.lines('lane_1', 'fails')).toEqual(['failed: •••'])
  expect(scene.lines(lane.name, 'late')).toEqual(['failed: •••'])
  expect(JSON.stringify(scene.events())).not.toMatch(/hunter-two|swordfish/)
})

test('a lost engine is reported once, and leases are refused from then on', async () => {
  await using made = await fixture()
  await made.lease(topology({ api: app() }))
  made.scene.runtime.breakOff('pulled the plug')
  expect(made.gone).toEqual(['ENGINE_GONE'])
  await expect(made.lease(topology({ api: app() }))).rejects.toMatchObject({
    code: 'ENGINE_GONE',
    facts: { reason: 'pulled the plug' },
  })
})

test('disposing does not hang when the engine is gone', async () => {
  await using made = await fixture()
  const lane = await made.lease(
    topology({ api: app({ ready: { kind: 'log', pattern: 'never' } }) }),
  )
  const starting = lane.start(undefined, asked)
  starting.catch(() => {})
  while (made.scene.lines('lane_1', 'api').length === 0) await new Promise(setImmediate)
  made.scene.runtime.breakOff('pulled the plug')
  await expect(made.engine[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'ENGINE_GONE' })
  await expect(starting).rejects.toMatchObject({ code: 'ABORTED' })
})

test('a lease whose reset fails returns the lane for a deep reset', async () => {
  await using made = await fixture()
  const { engine, lease, scene } = made
  const spec = topology({ api: app() })
  const lane = await lease(spec)
  await lane.start(undefined, asked)
  await lane.control.changeEnv('api', { A: '1' }, { dependents: false }, asked)
  engine.release(lane, 'light')
  const { create } = scene.runtime
  Object.assign(scene.runtime, { create: () => Promise.reject(new Error('no space')) })
  await expect(lease(spec)).rejects.toThrow('no space')
  Object.assign(scene.runtime, { create })
  const again = await lease(spec)
  expect(again).toBe(lane)
  expect(again.viewOf('api')).toMatchObject({ state: 'ready', env: {} })
})

test('plan returns text, or undefined when a lease would create a lane', async () => {
  await using made = await fixture()
  const spec = topology({ api: app() })
  expect(await made.engine.plan(spec)).toBeUndefined()
  const lane = await made.lease(spec)
  await lane.start(undefined, asked)
  expect(await made.engine.plan(spec)).toBeUndefined()
  made.engine.release(lane, 'light')
  expect(await made.engine.plan(spec)).toBe('nothing to do')
  expect(await made.engine.plan(topology({ api: app({ env: { A: '1' } }) }))).toContain(
    'env A added',
  )
  expect(await made.lease(spec)).toBe(lane)
})

test('images of a service and of all it needs are prepared without a lane, and no others', async () => {
  const asks: unknown[] = []
  await using made = await fixture({
    fail: ({ method, args }) => {
      if (method === 'image') asks.push((args[0] as { reference: string }).reference)
      return undefined
    },
    programs: { daemon, other: daemon },
  })
  const { engine, scene } = made
  const spec = topology({
    api: app({ dependsOn: { db: 'healthy' } }),
    db: app({ image: 'other' }),
    web: app({ image: 'missing' }),
  })
  await engine.prepareImages(spec, ['api'], asked)
  expect(asks.sort()).toEqual(['daemon', 'other'])
  expect([engine.lanes.all(), scene.created()]).toEqual([[], []])
  await expect(engine.prepareImages(spec, undefined, asked)).rejects.toMatchObject({
    code: 'IMAGE_NOT_FOUND',
    facts: { service: 'web' },
  })
  await expect(engine.prepareImages(spec, ['wbe'], asked)).rejects.toMatchObject({
    code: 'SERVICE_UNKNOWN',
  })
})
