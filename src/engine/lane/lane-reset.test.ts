import { expect, test } from 'vitest'
import { openCall } from '../../call/call.ts'
import type { ServiceSpec, TaskPlan } from '../../model/service-spec.ts'
import type { CommandContext } from '../../runtime/memory/program.ts'
import { RunEngine } from '../run/run-engine.ts'
import { app, asked, daemon, openScene, topology } from '../test-scene.ts'
import type { Lane } from './lane.ts'

/** Every task of a `keeper` is `note <moment>`: what they did, in order. */
const tasks: TaskPlan = Object.fromEntries(
  (['setup', 'enter', 'baseline', 'reset', 'leave'] as const).map((moment) => [
    moment,
    [{ argv: ['note', moment] }],
  ]),
)

const keeper = (more: Partial<ServiceSpec> = {}): ServiceSpec =>
  app({ image: 'keeper', tasks, ...more })

const fixture = async (services: Readonly<Record<string, ServiceSpec>>) => {
  const notes: string[] = []
  let refused: string | undefined
  let onLeave = async () => {}
  const note = async ({ argv: [, moment = ''], hostname }: CommandContext): Promise<number> => {
    notes.push(`${hostname} ${moment}`)
    if (moment === 'leave') await onLeave()
    return refused === moment ? 1 : 0
  }
  const programs = { daemon, keeper: { run: daemon, exec: { note } } }
  const scene = await openScene({ programs })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  const lease = () =>
    engine.lease({
      spec: topology(services),
      key: undefined,
      slot: undefined,
      reset: undefined,
      call: asked,
      signal: new AbortController().signal,
    })
  return {
    scene,
    engine,
    lane: await lease(),
    lease,
    /** What the tasks did since the last call; the container's name left out. */
    noted: () => notes.splice(0).map((entry) => entry.replace(/^\S+ /, '')),
    refuse: (moment: string | undefined) => {
      refused = moment
    },
    whenLeaving: (work: () => Promise<void>) => {
      onLeave = work
    },
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

const id = (lane: Lane, name: string) => lane.group.members.get(name)?.program?.id
const states = (lane: Lane) =>
  Object.fromEntries(lane.view().map(({ name, state }) => [name, state]))

test('a reset leaves services alone that are as declared', async () => {
  await using made = await fixture({ api: app(), db: app() })
  const { lane, scene } = made
  await lane.start(undefined, asked)
  const before = scene.created()
  await lane.reset('light', asked)
  expect(scene.created()).toEqual(before)
})

test('a reset does not start again what could not be started, so it does not fail for that', async () => {
  const late = app({ env: { FAIL: '1' } })
  await using made = await fixture({
    api: app(),
    late,
    web: app({ dependsOn: { late: 'healthy' } }),
  })
  const { lane } = made
  await lane.start(['api'], asked)
  await expect(lane.start(['web'], asked)).rejects.toThrow('late exited')
  await lane.reset('light', asked)
  expect(states(lane)).toMatchObject({ api: 'ready', late: 'unstarted', web: 'unstarted' })
  await lane.reset('deep', asked)
  await expect(lane.start(['late'], asked)).rejects.toThrow('late exited')
})

test('a reset does not wait for a service whose start was aborted', async () => {
  const silent = app({ env: { SILENT: '1' }, readyTimeoutMs: 600_000 })
  await using made = await fixture({ api: app(), silent })
  const { lane, scene } = made
  await lane.start(['api'], asked)
  const giveUp = new AbortController()
  using call = openCall('the start of silent', {}, { signal: giveUp.signal })
  const refused = expect(lane.start(['silent'], call)).rejects.toMatchObject({ code: 'ABORTED' })
  await expect.poll(() => scene.created().join()).toMatch(/silent-\d+/)
  giveUp.abort()
  // At once, before the start has noticed.
  await lane.reset('deep', asked)
  await refused
  expect(states(lane)).toMatchObject({ api: 'ready', silent: 'unstarted' })
})

test('a baseline makes the data as it is now what resets restore', async () => {
  await using made = await fixture({ db: keeper() })
  const { lane } = made
  await lane.start(undefined, asked)
  made.noted()
  await lane.baseline(asked)
  await lane.reset('light', asked)
  expect(made.noted()).toEqual(['baseline', 'reset'])
})

test('a reset drops all overrides of services', async () => {
  await using made = await fixture({ api: app(), db: app(), web: app(), off: app() })
  const { lane } = made
  await lane.start(undefined, asked)
  await lane.control.changeEnv('api', { A: '1' }, { dependents: false }, asked)
  await lane.control.stop('db', undefined, asked)
  await lane.control.setPaused('web', true, asked)
  await lane.control.setConnected('off', false, asked)
  await lane.add('extra', app(), asked)
  await lane.reset('light', asked)
  expect(states(lane)).toEqual({ api: 'ready', db: 'ready', web: 'ready', off: 'ready' })
  expect(lane.viewOf('api').env).toEqual({})
  expect(lane.group.members.get('off')?.sandbox?.connected).toBe(true)
})

test('a reset starts crashed services', async () => {
  await using made = await fixture({ api: app() })
  const { lane, scene } = made
  await lane.start(undefined, asked)
  const program = lane.group.members.get('api')?.program
  await scene.runtime.signal(program?.id ?? '', 'SIGHUP')
  await program?.exited
  await lane.reset('light', asked)
  expect(states(lane)).toEqual({ api: 'ready' })
})

test('a snapshot is taken when all is ready, and restored by a light reset', async () => {
  await using made = await fixture({ db: keeper(), api: app({ dependsOn: { db: 'healthy' } }) })
  const { lane, noted } = made
  await lane.start(undefined, asked)
  expect(noted()).toEqual(['setup', 'enter', 'baseline'])
  await lane.reset('light', asked)
  expect(noted()).toEqual(['reset'])
})

test('a later start renews only the snapshots of what it needs', async () => {
  await using made = await fixture({
    db: keeper(),
    other: keeper(),
    api: app({ dependsOn: { db: 'healthy' } }),
  })
  const { lane, noted } = made
  await lane.start(['db', 'other'], asked)
  noted()
  await lane.start(['api'], asked)
  expect(noted()).toEqual(['baseline'])
  await lane.start(['api'], asked)
  await lane.add('mail', app(), asked)
  expect(noted()).toEqual([])
})

test('a recreated container is set up and gets a new snapshot instead of a restore', async () => {
  await using made = await fixture({ db: keeper() })
  const { lane, noted } = made
  await lane.start(undefined, asked)
  noted()
  await lane.control.changeEnv('db', { A: '1' }, { dependents: false }, asked)
  expect(noted()).toEqual(['setup', 'enter', 'baseline'])
  await lane.reset('light', asked)
  expect(noted()).toEqual(['setup', 'enter', 'baseline'])
})

test('no snapshot is taken of a stopped service', async () => {
  await using made = await fixture({ db: keeper(), web: app({ dependsOn: { db: 'started' } }) })
  const { lane, noted } = made
  await lane.start(['db'], asked)
  await lane.control.stop('db', undefined, asked)
  noted()
  await lane.start(['web'], asked)
  await lane.control.changeEnv('db', { A: '1' }, { dependents: false }, asked)
  expect(noted()).toEqual([])
  await lane.reset('light', asked)
  expect(noted()).toEqual(['setup', 'enter', 'baseline'])
})

test('a deep reset recreates programs and data', async () => {
  await using made = await fixture({ db: keeper(), api: app() })
  const { lane, noted } = made
  await lane.start(undefined, asked)
  const before = [id(lane, 'db'), id(lane, 'api')]
  noted()
  await lane.reset('deep', asked)
  expect(noted()).toEqual(['setup', 'enter', 'baseline'])
  expect(before).not.toContain(id(lane, 'db'))
  expect(before).not.toContain(id(lane, 'api'))
})

test('a deep reset restarts a program that exited because its data was dropped', async () => {
  await using made = await fixture({
    db: keeper({ share: 'run' }),
    api: app({ dependsOn: { db: 'healthy' } }),
  })
  const { lane, scene } = made
  await lane.start(undefined, asked)
  const program = lane.group.members.get('api')?.program
  made.whenLeaving(async () => {
    await scene.runtime.signal(program?.id ?? '', 'SIGHUP')
    await program?.exited
  })
  await lane.reset('deep', asked)
  expect(program?.status).toBe('exited')
  expect(states(lane)).toEqual({ db: 'ready', api: 'ready' })
})

test('a light reset whose data cannot be restored recreates programs and data', async () => {
  await using made = await fixture({ db: keeper(), api: app() })
  const { lane, scene, noted, refuse } = made
  await lane.start(undefined, asked)
  const before = [id(lane, 'db'), id(lane, 'api')]
  refuse('reset')
  noted()
  await lane.reset('light', asked)
  expect(noted()).toEqual(['reset', 'setup', 'enter', 'baseline'])
  expect(before).not.toContain(id(lane, 'db'))
  expect(before).not.toContain(id(lane, 'api'))
  expect(scene.events('lane.reset')).toMatchObject([
    {
      level: 'deep',
      cause: expect.stringMatching(/^its data could not be reset: db could not reset/),
    },
  ])
})

test('a tenant that cannot be made again is made again with everything of its lane', async () => {
  await using made = await fixture({
    db: keeper({ share: 'run', tasks: { ...tasks, deepReset: [{ argv: ['note', 'deep'] }] } }),
    api: app({ dependsOn: { db: 'healthy' } }),
  })
  const { lane, scene, noted, refuse } = made
  await lane.start(undefined, asked)
  noted()
  refuse('deep')
  await lane.reset('deep', asked)
  // Only this lane uses the server, so the whole server is made again.
  expect(noted()).toEqual(['deep', 'setup', 'enter', 'baseline'])
  expect(states(lane)).toEqual({ db: 'ready', api: 'ready' })
  expect(scene.events('lane.reset')).toMatchObject([
    { level: 'deep', cause: expect.stringContaining('could not recreate its data') },
  ])
})

test('a lane that cannot be made again is replaced by another one at the next lease', async () => {
  await using made = await fixture({ db: keeper() })
  const { lane, engine, lease, refuse, scene } = made
  await lane.start(undefined, asked)
  engine.release(lane, 'deep')
  refuse('enter')
  const other = await lease()
  expect(other.name).toBe('lane_2')
  expect(engine.lanes.get('lane_1')).toBeUndefined()
  expect(await scene.containers()).toEqual({})
  await expect(other.start(undefined, asked)).rejects.toMatchObject({ code: 'TASK_FAILED' })
  refuse(undefined)
  await other.start(undefined, asked)
  expect(states(other)).toEqual({ db: 'ready' })
})

test.each([
  ['setup', ['setup', 'enter', 'baseline']],
  ['enter', ['setup', 'enter', 'baseline']],
  ['baseline', ['setup', 'enter', 'baseline']],
] as const)(
  'after a start that failed in %s, a light reset is a deep one',
  async (moment, done) => {
    await using made = await fixture({ db: keeper(), api: app() })
    const { lane, scene, noted, refuse } = made
    refuse(moment)
    await expect(lane.start(undefined, asked)).rejects.toMatchObject({ code: 'TASK_FAILED' })
    refuse(undefined)
    const before = id(lane, 'api')
    noted()
    await lane.reset('light', asked)
    await lane.start(undefined, asked)
    expect(noted()).toEqual(done)
    expect(id(lane, 'api')).not.toBe(before)
    expect(scene.events('lane.reset')).toMatchObject([
      { level: 'deep', cause: expect.stringMatching(/^the test failed: .*db could not /) },
    ])
    expect(lane.dirty).toBeUndefined()
  },
)

test('a lane whose start failed can be leased with a topology that lacks the failed service', async () => {
  await using made = await fixture({ api: app(), bad: app({ env: { FAIL: '1' } }) })
  const { lane, engine } = made
  await expect(lane.start(undefined, asked)).rejects.toMatchObject({ code: 'SERVICE_EXITED' })
  engine.release(lane, 'deep')
  const signal = new AbortController().signal
  const request = { key: undefined, slot: undefined, reset: undefined, call: asked, signal }
  const other = await engine.lease({ spec: topology({ api: app() }), ...request })
  await other.start(undefined, asked)
  expect(other).toBe(lane)
  expect(states(other)).toEqual({ api: 'ready' })
})

test('after a failed one-shot nothing that it half did is left for the next test', async () => {
  let fails = true
  const migrate = () => (fails ? 1 : 0)
  const scene = await openScene({
    programs: { daemon, migrate, keeper: { run: daemon, exec: { note: () => 0 } } },
  })
  await using _ = scene
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  const spec = topology({
    db: keeper(),
    migrate: { image: 'migrate', dependsOn: { db: 'healthy' } },
    api: app({ dependsOn: { migrate: 'completed' } }),
  })
  const signal = new AbortController().signal
  const request = { key: undefined, slot: undefined, reset: undefined, call: asked, signal }
  const lane = await engine.lease({ spec, ...request })
  await expect(lane.start(undefined, asked)).rejects.toMatchObject({ code: 'SERVICE_EXITED' })
  const before = id(lane, 'db')
  fails = false
  // The client asks for a light reset, as after any failed test.
  engine.release(lane, 'light')
  const again = await engine.lease({ spec, ...request })
  await again.start(undefined, asked)
  expect(again).toBe(lane)
  expect(id(lane, 'db')).not.toBe(before)
  expect(scene.events('lane.reset')).toMatchObject([
    { level: 'deep', cause: expect.stringContaining('migrate exited with code 1') },
  ])
})

test('a set-up that failed is not continued in the same container', async () => {
  await using made = await fixture({ db: keeper({ share: 'run' }) })
  const { lane, noted, refuse, scene } = made
  refuse('setup')
  await expect(lane.start(undefined, asked)).rejects.toMatchObject({ code: 'TASK_FAILED' })
  refuse(undefined)
  noted()
  await lane.start(undefined, asked)
  expect(noted()).toEqual(['setup', 'enter'])
  expect(scene.created().filter((name) => !name.endsWith('sandbox'))).toHaveLength(2)
  const causes = scene.events('plan.start').flatMap(({ steps }) => steps.map(({ cause }) => cause))
  expect(causes).toContain('its set-up failed')
})

test('a tenant that was half-made is dropped before it is made again', async () => {
  await using made = await fixture({ db: keeper({ share: 'run' }) })
  const { lane, noted, refuse } = made
  refuse('enter')
  await expect(lane.start(undefined, asked)).rejects.toMatchObject({ code: 'TASK_FAILED' })
  refuse(undefined)
  noted()
  await lane.start(undefined, asked)
  expect(noted()).toEqual(['leave', 'enter'])
})

test('an environment change that fails and is undone does not make the lane dirty', async () => {
  await using made = await fixture({ db: keeper(), api: app() })
  const { lane, noted } = made
  await lane.start(undefined, asked)
  const change = { FAIL: 'bad value' }
  await expect(
    lane.control.changeEnv('api', change, { dependents: false }, asked),
  ).rejects.toMatchObject({ code: 'SERVICE_EXITED' })
  noted()
  await lane.reset('light', asked)
  expect(noted()).toEqual(['reset'])
})

test('a reset waits for work that its caller gave up, and does not run at the same time', async () => {
  await using made = await fixture({ db: keeper() })
  const { lane, noted, scene } = made
  const image = Promise.withResolvers<void>()
  const { image: resolve } = scene.runtime
  const order: string[] = []
  Object.assign(scene.runtime, {
    image: async (...args: Parameters<typeof resolve>) => {
      order.push('resolve')
      await image.promise
      return resolve(...args)
    },
  })
  const stop = new AbortController()
  const impatient = openCall('the first start', {}, { signal: stop.signal })
  const started = lane.start(undefined, impatient)
  await until(() => order.length > 0)
  stop.abort(new Error('enough'))
  const reset = lane.reset('light', asked).then(() => order.push('reset'))
  await new Promise((resolved) => setImmediate(resolved))
  expect(order).toEqual(['resolve'])
  image.resolve()
  await expect(started).rejects.toMatchObject({ code: 'ABORTED' })
  await reset
  expect(order.at(-1)).toBe('reset')
  await lane.start(undefined, asked)
  expect(noted()).toEqual(['setup', 'enter', 'baseline'])
})

const until = async (done: () => boolean) => {
  while (!done()) await new Promise(setImmediate)
}

test('a lane is leased again in declared state, or as it was left with reset: none', async () => {
  await using made = await fixture({ api: app() })
  const { lane, engine, lease } = made
  await lane.start(undefined, asked)
  await lane.control.changeEnv('api', { A: '1' }, { dependents: false }, asked)
  engine.release(lane, 'light')
  const again = await engine.lease({
    spec: lane.spec,
    key: undefined,
    slot: undefined,
    reset: 'none',
    call: asked,
    signal: new AbortController().signal,
  })
  expect(again.viewOf('api').env).toEqual({ A: '1' })
  engine.release(again, 'light')
  expect((await lease()).viewOf('api').env).toEqual({})
})
