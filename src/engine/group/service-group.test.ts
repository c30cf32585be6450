import { expect, test } from 'vitest'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { DesiredService } from '../../plan/desired.ts'
import { label } from '../../runtime/labels.ts'
import type { RuntimeCall } from '../../runtime/memory/memory-runtime.ts'
import { asked, daemon, openScene, type Scene } from '../test-scene.ts'
import { type GroupOptions, ServiceGroup } from './service-group.ts'

type Change = Partial<Omit<DesiredService, 'program'>> & {
  readonly env?: Readonly<Record<string, string>>
}

const service = (name: string, { env = {}, ...more }: Change = {}): DesiredService => ({
  name,
  program: {
    image: 'daemon',
    imageId: 'daemon',
    env,
    files: [],
    mounts: [],
    tmpfs: {},
    labels: {},
  },
  sandbox: { aliases: [name], publish: [] },
  state: 'running',
  disconnected: false,
  dependsOn: {},
  ready: { kind: 'log', pattern: 'up' },
  readyTimeoutMs: 2_000,
  stopTimeoutMs: 0,
  ...more,
})

const fixture = async (
  options: Partial<GroupOptions> & {
    readonly fail?: (call: RuntimeCall) => Error | undefined
    readonly hold?: (call: RuntimeCall) => Promise<unknown> | undefined
  } = {},
) => {
  const { fail, hold, ...hooks } = options
  const scene = await openScene({
    programs: { daemon },
    ...(fail === undefined ? {} : { fail }),
    ...(hold === undefined ? {} : { hold }),
    waits: { tidyMs: 20, lateTidyMs: 1 },
  })
  const wanted = new Map<string, DesiredService>()
  const group = new ServiceGroup(scene.context, {
    name: 'lane_1',
    topology: 'shop',
    desired: () => ({ group: 'lane_1', services: Object.fromEntries(wanted) }),
    ...hooks,
  })
  await scene.runtime.watch({ [label.run]: scene.context.run }, (event) => group.onEvent(event))
  return {
    scene,
    group,
    want: (...services: readonly DesiredService[]) => {
      for (const one of services) wanted.set(one.name, one)
    },
    drop: (name: string) => wanted.delete(name),
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

const plans = ({ events }: Scene) => events('plan.start').length
const programs = async (scene: Scene) =>
  Object.entries(await scene.containers()).filter(([name]) => !name.endsWith('-sandbox'))

test('services start on one network, dependencies first', async () => {
  await using made = await fixture()
  const { scene, group, want } = made
  want(service('api', { dependsOn: { db: 'healthy' } }), service('db'))
  expect((await group.converge(asked)).size).toBe(0)
  expect(await scene.containers()).toMatchObject({
    'lane_1-api-sandbox': 'running',
    'lane_1-db-sandbox': 'running',
  })
  const done = scene
    .events('plan.step')
    .filter(({ status }) => status === 'done')
    .map(({ do: what, s }) => `${what} ${s ?? ''}`.trim())
  expect(done[0]).toBe('create network')
  expect(done.indexOf('start program api')).toBeGreaterThan(done.indexOf('await ready db'))
  expect((await scene.runtime.list({})).networks).toHaveLength(1)
})

test('concurrent changes become one plan; changes during a round share the next', async () => {
  await using made = await fixture()
  const { scene, group, want } = made
  want(service('api'))
  const first = group.converge(asked)
  want(service('db'))
  const same = group.converge(asked)
  expect(await same).toBe(await first)
  expect(plans(scene)).toBe(1)
  want(service('api', { env: { A: '1' } }))
  const round = group.converge(asked)
  // The round has begun, so what comes now is for the next one.
  await Promise.resolve()
  await Promise.resolve()
  want(service('db', { env: { A: '1' } }))
  const next = group.converge(asked)
  want(service('mail'))
  const last = group.converge(asked)
  await round
  expect(await last).toBe(await next)
  expect(plans(scene)).toBe(3)
  expect((await programs(scene)).map(([, status]) => status)).toEqual([
    'running',
    'running',
    'running',
  ])
})

test('services that are as desired are left alone', async () => {
  await using made = await fixture()
  made.want(service('api'))
  await made.group.converge(asked)
  const changes = () => made.scene.calls.filter(({ method }) => method !== 'inspect').length
  const before = changes()
  expect((await made.group.converge(asked)).size).toBe(0)
  expect(changes()).toBe(before)
})

test('a restart that was asked for once happens once', async () => {
  await using made = await fixture()
  const { scene, group, want } = made
  want(service('api'))
  await group.converge(asked)
  await group.converge(asked, { restart: ['api'] })
  expect(scene.lines('lane_1', 'api')).toEqual(['up', 'up'])
  await group.converge(asked)
  expect(scene.lines('lane_1', 'api')).toEqual(['up', 'up'])
})

test('lines are kept in memory only until a service is ready', async () => {
  await using made = await fixture()
  made.want(service('api'))
  await made.group.converge(asked)
  expect(made.group.members.get('api')?.program?.log.sinceStart).toEqual([])
  expect(made.group.members.get('api')?.program?.log.last()).toEqual(['up'])
})

test('a failed service is reported with its last lines and leaves the others alone', async () => {
  await using made = await fixture()
  const { group, want, scene } = made
  want(service('bad', { env: { FAIL: 'no config' } }), service('good'))
  const failures = await group.converge(asked)
  expect([...failures.keys()]).toEqual(['bad'])
  expect(failures.get('bad')).toMatchObject({
    code: 'SERVICE_EXITED',
    facts: { service: 'bad', exitCode: 1 },
    lastLogs: ['failed: no config'],
  })
  expect(group.members.get('good')?.program?.ready).toBe(true)
  expect(scene.lines('lane_1', 'bad')).toEqual(['failed: no config'])
})

test('a service that depends on a failed one is reported with the cause', async () => {
  await using made = await fixture()
  const { group, want } = made
  want(
    service('db', { env: { FAIL: 'x' } }),
    service('api', { dependsOn: { db: 'healthy' } }),
    service('web', { dependsOn: { api: 'healthy' } }),
  )
  const failures = await group.converge(asked)
  expect(failures.get('api')).toMatchObject({
    code: 'SERVICE_EXITED',
    facts: { service: 'api', blockedBy: 'db' },
  })
  expect(failures.get('web')?.message).toContain('web was not started')
  expect(failures.get('web')?.cause).toBe(failures.get('db'))
})

test('all services fail without a network, and the next round tries again', async () => {
  const gone = new MesocosmError({ code: 'ADDRESS_POOL_EXHAUSTED', message: 'no subnet left' })
  let failing = true
  await using made = await fixture({
    fail: ({ method }) => (failing && method === 'createNetwork' ? gone : undefined),
  })
  made.want(service('api'), service('db'))
  const failures = await made.group.converge(asked)
  expect([...failures.values()]).toEqual([gone, gone])
  failing = false
  expect((await made.group.converge(asked)).size).toBe(0)
})

test('an environment change recreates only that program and removes the former one', async () => {
  await using made = await fixture()
  const { scene, group, want } = made
  want(service('api'), service('db'))
  await group.converge(asked)
  const before = { api: group.members.get('api')?.program, db: group.members.get('db')?.program }
  const sandbox = group.members.get('api')?.sandbox
  want(service('api', { env: { A: '1' } }))
  await group.converge(asked)
  expect(group.members.get('api')?.program).not.toBe(before.api)
  expect(group.members.get('api')?.sandbox).toBe(sandbox)
  expect(group.members.get('db')?.program).toBe(before.db)
  // Its removal is not waited for by who asked for the change, but by the next round.
  await group.converge(asked)
  expect(group.members.get('api')?.outgoing.size).toBe(0)
  expect(await programs(scene)).toHaveLength(2)
})

test('a new program starts only when the former one was signalled', async () => {
  const kill = Promise.withResolvers<void>()
  await using made = await fixture()
  const { group, want, scene } = made
  want(service('api'))
  await group.converge(asked)
  const { signal, start } = scene.runtime
  const order: string[] = []
  Object.assign(scene.runtime, {
    signal: async (...args: Parameters<typeof signal>) => {
      await kill.promise
      order.push('killed')
      return signal(...args)
    },
    start: async (...args: Parameters<typeof start>) => {
      order.push('started')
      return start(...args)
    },
  })
  want(service('api', { env: { A: '1' } }))
  const round = group.converge(asked)
  // Sandbox, first and second program: after the third, only the kill is missing.
  while (scene.created().length < 3) await new Promise(setImmediate)
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
  expect(order).toEqual([])
  kill.resolve()
  expect((await round).size).toBe(0)
  expect(order).toEqual(['killed', 'started'])
})

test('a service that is no longer wanted is removed, even while it starts', async () => {
  const gate = Promise.withResolvers<void>()
  await using made = await fixture({
    gate: (name) => (name === 'slow' ? gate.promise : Promise.resolve()),
  })
  const { scene, group, want, drop } = made
  want(service('api'), service('slow'))
  const starting = group.converge(asked)
  await new Promise(setImmediate)
  drop('slow')
  const dropped = group.converge(asked)
  gate.resolve()
  await Promise.all([starting, dropped])
  expect(Object.keys(await scene.containers()).filter((name) => name.includes('slow'))).toEqual([])
  expect(group.members.get('api')?.program?.ready).toBe(true)
})

test('remove aborts waits and leaves nothing behind', async () => {
  await using made = await fixture()
  const { scene, group, want } = made
  want(service('mute', { ready: { kind: 'log', pattern: 'never' }, readyTimeoutMs: 60_000 }))
  const starting = group.converge(asked)
  const isUp = () => scene.lines('lane_1', 'mute').length > 0
  while (!isUp()) await new Promise(setImmediate)
  await group.remove()
  expect((await starting).get('mute')).toMatchObject({ code: 'ABORTED' })
  expect(await scene.containers()).toEqual({})
  expect((await scene.runtime.list({})).networks).toEqual([])
})

test('converge after remove brings nothing back', async () => {
  await using made = await fixture()
  made.want(service('api'))
  await made.group.converge(asked)
  await made.group.remove()
  expect((await made.group.converge(asked)).get('api')).toMatchObject({ code: 'ABORTED' })
  expect(await made.scene.containers()).toEqual({})
})

test('remove tries everything, then throws what could not be removed', async () => {
  const stuck = new MesocosmError({ code: 'ENGINE_FAILED', message: 'stuck' })
  await using made = await fixture({
    fail: ({ method, args }) => (method === 'remove' && args[0] === 'network' ? stuck : undefined),
  })
  made.want(service('api'))
  await made.group.converge(asked)
  await expect(made.group.remove()).rejects.toBe(stuck)
  expect(await made.scene.containers()).toEqual({})
})

test('a lost program and a lost sandbox container are recreated', async () => {
  await using made = await fixture()
  const { scene, group, want } = made
  want(service('api'))
  await group.converge(asked)
  const { program, sandbox } = group.members.of('api')
  await scene.runtime.remove('container', program?.id ?? '')
  await new Promise(setImmediate)
  await group.converge(asked)
  expect(group.members.get('api')?.program?.ready).toBe(true)
  expect(group.members.get('api')?.sandbox).toBe(sandbox)
  await scene.runtime.signal(sandbox?.id ?? '', 'SIGKILL')
  await new Promise(setImmediate)
  expect((await group.converge(asked)).size).toBe(0)
  expect(group.members.get('api')?.sandbox?.id).not.toBe(sandbox?.id)
  expect(group.members.get('api')?.program?.ready).toBe(true)
  await group.converge(asked)
  expect(Object.keys(await scene.containers())).toHaveLength(2)
})

test('a service is prepared once per container, before its dependents start', async () => {
  const prepared: string[] = []
  await using made = await fixture({
    prepare: async (name, program) => void prepared.push(`${name} ${program.id}`),
  })
  const { group, want, scene } = made
  want(service('db'), service('api', { dependsOn: { db: 'healthy' } }))
  await group.converge(asked)
  expect(prepared).toHaveLength(2)
  await group.converge(asked, { restart: ['db'] })
  expect(prepared).toHaveLength(2)
  want(service('db', { env: { A: '1' } }))
  await group.converge(asked)
  expect(prepared).toHaveLength(3)
  const steps = scene.events('plan.step').map(({ do: what, s }) => `${what} ${s}`)
  expect(steps.indexOf('await ready db')).toBeLessThan(steps.indexOf('start program api'))
})

test('a failed preparation fails the service and is tried again in a new container', async () => {
  let fails = true
  const error = new MesocosmError({ code: 'TASK_FAILED', message: 'no template' })
  await using made = await fixture({
    prepare: async () => {
      if (fails) throw error
    },
  })
  made.want(service('db'))
  expect((await made.group.converge(asked)).get('db')).toMatchObject({ code: 'TASK_FAILED' })
  const half = made.group.members.get('db')?.program?.id
  fails = false
  expect((await made.group.converge(asked)).size).toBe(0)
  expect(made.group.members.get('db')?.program?.id).not.toBe(half)
  expect(made.group.members.get('db')?.program?.ready).toBe(true)
})

test('a removal that is never answered delays the next rounds only once, and is asked for once', async () => {
  const removals: unknown[] = []
  await using made = await fixture({
    hold: ({ method, args }) => {
      if (method !== 'remove') return undefined
      removals.push(args[1])
      return new Promise(() => {})
    },
  })
  made.want(service('api'))
  expect(await made.group.converge(asked)).toEqual(new Map())
  for (const round of ['1', '2', '3']) {
    made.want(service('api', { env: { ROUND: round } }))
    expect(await made.group.converge(asked)).toEqual(new Map())
  }
  // The container of each round but the last one is replaced.
  expect(new Set(removals).size).toBe(3)
  expect(removals).toHaveLength(3)
})
