import { expect, test } from 'vitest'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { RunEngine } from '../run/run-engine.ts'
import { app, asked, daemon, openScene, topology } from '../test-scene.ts'
import type { Lane } from './lane.ts'

const fixture = async (services: Readonly<Record<string, ServiceSpec>>) => {
  const scene = await openScene({ programs: { daemon } })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  const lane = await engine.lease({
    spec: topology(services),
    key: undefined,
    slot: undefined,
    reset: undefined,
    call: asked,
    signal: new AbortController().signal,
  })
  await lane.start(undefined, asked)
  return { scene, lane, [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose]() }
}

const self = { dependents: false }
const id = (lane: Lane, name: string) => lane.group.members.get(name)?.program?.id
const envOf = (lane: Lane, name: string) => lane.viewOf(name).env

test('an environment change overrides the declaration until it is dropped', async () => {
  await using made = await fixture({ api: app({ env: { MODE: 'test', SPARE: 'x' } }), db: app() })
  const { lane } = made
  const [api, db] = [id(lane, 'api'), id(lane, 'db')]
  const change = await lane.control.changeEnv('api', { MODE: 'open', SPARE: null }, self, asked)
  expect(envOf(lane, 'api')).toEqual({ MODE: 'open' })
  expect(id(lane, 'api')).not.toBe(api)
  await lane.control.dropEnv('api', change.id, self, asked)
  expect(envOf(lane, 'api')).toEqual({ MODE: 'test', SPARE: 'x' })
  expect(id(lane, 'db')).toBe(db)
})

test('an unchanged environment is a no-op', async () => {
  await using made = await fixture({ api: app({ env: { MODE: 'test' } }) })
  const before = id(made.lane, 'api')
  await made.lane.control.changeEnv('api', { MODE: 'test' }, self, asked)
  expect(id(made.lane, 'api')).toBe(before)
})

test('environment changes nest and end in any order', async () => {
  await using made = await fixture({ api: app({ env: { A: '0' } }) })
  const { lane } = made
  const outer = await lane.control.changeEnv('api', { A: '1', B: '1' }, self, asked)
  const inner = await lane.control.changeEnv('api', { A: '2' }, self, asked)
  await lane.control.dropEnv('api', outer.id, self, asked)
  expect(envOf(lane, 'api')).toEqual({ A: '2' })
  await lane.control.dropEnv('api', inner.id, self, asked)
  expect(envOf(lane, 'api')).toEqual({ A: '0' })
})

test('a failed change restores the former environment and throws the first failure', async () => {
  await using made = await fixture({ api: app() })
  const { lane } = made
  await expect(
    lane.control.changeEnv('api', { FAIL: 'bad value' }, self, asked),
  ).rejects.toMatchObject({
    code: 'SERVICE_EXITED',
    lastLogs: ['failed: bad value'],
  })
  expect(lane.viewOf('api')).toMatchObject({ state: 'ready', env: {} })
})

test('a failed restore is attached to the failure of the change', async () => {
  await using made = await fixture({ api: app() })
  const { lane, scene } = made
  const { create } = scene.runtime
  let creations = 0
  Object.assign(scene.runtime, {
    create: async (...args: Parameters<typeof create>) => {
      if (++creations > 1) throw new Error('no space left')
      return create(...args)
    },
  })
  const error = await lane.control
    .changeEnv('api', { FAIL: 'bad value' }, self, asked)
    .catch((it: unknown) => it)
  expect(error).toMatchObject({
    code: 'SERVICE_EXITED',
    cause: expect.objectContaining({ message: expect.stringContaining('no space left') }),
  })
})

test('concurrent changes of several services are one round with separate outcomes', async () => {
  await using made = await fixture({ api: app(), web: app() })
  const { lane, scene } = made
  const before = scene.events('plan.start').length
  const [good, bad] = await Promise.allSettled([
    lane.control.changeEnv('api', { A: '1' }, self, asked),
    lane.control.changeEnv('web', { FAIL: '1' }, self, asked),
  ])
  expect([good.status, bad.status]).toEqual(['fulfilled', 'rejected'])
  expect(envOf(lane, 'api')).toEqual({ A: '1' })
  expect(lane.viewOf('web')).toMatchObject({ state: 'ready', env: {} })
  // One there, one back for the service that failed.
  expect(scene.events('plan.start').length - before).toBe(2)
})

test('restart: dependents restarts the dependents after the changed service', async () => {
  await using made = await fixture({
    api: app(),
    web: app({ dependsOn: { api: 'healthy' } }),
    other: app(),
  })
  const { lane, scene } = made
  const before = id(lane, 'web')
  await lane.control.changeEnv('api', { A: '1' }, { dependents: true }, asked)
  expect(id(lane, 'web')).toBe(before)
  expect(scene.lines('lane_1', 'web')).toEqual(['up', 'up'])
  expect(scene.lines('lane_1', 'other')).toEqual(['up'])
})

test('an environment change restarts a crashed service', async () => {
  await using made = await fixture({ api: app() })
  const { lane, scene } = made
  const program = lane.group.members.get('api')?.program
  await scene.runtime.signal(program?.id ?? '', 'SIGHUP')
  await program?.exited
  await lane.control.changeEnv('api', { A: '1' }, self, asked)
  expect(lane.viewOf('api')).toMatchObject({ state: 'ready' })
})

test('dropping a change after a reset is a no-op', async () => {
  await using made = await fixture({ api: app() })
  const { lane } = made
  const change = await lane.control.changeEnv('api', { A: '1' }, self, asked)
  await lane.reset('light', asked)
  const before = id(lane, 'api')
  await lane.control.dropEnv('api', change.id, self, asked)
  expect(id(lane, 'api')).toBe(before)
})
