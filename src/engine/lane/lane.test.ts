import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { eventually } from '../../../test/lib/eventually.ts'
import { openCall } from '../../call/call.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { RunEngine } from '../run/run-engine.ts'
import { app, asked, daemon, openScene, type SceneOptions, topology } from '../test-scene.ts'
import type { Lane } from './lane.ts'

type Services = Readonly<Record<string, ServiceSpec>>

/** A leased lane of these services, nothing started. */
const fixture = async (services: Services, options: Partial<SceneOptions> = {}) => {
  const scene = await openScene({ programs: { daemon, job: () => 0 }, ...options })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  const signal = new AbortController().signal
  const request = { key: undefined, slot: undefined, reset: undefined, call: asked, signal }
  const lane = await engine.lease({ spec: topology(services), ...request })
  return { scene, engine, lane, [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose]() }
}

const program = (lane: Lane, name: string) => lane.group.members.get(name)?.program
const states = (lane: Lane) =>
  Object.fromEntries(lane.view().map(({ name, state }) => [name, state]))

/** Ends a program behind the lane's back, and waits until that is known. */
const crash = async (
  lane: Lane,
  name: string,
  { runtime }: Awaited<ReturnType<typeof openScene>>,
) => {
  const one = program(lane, name)
  await runtime.signal(one?.id ?? '', 'SIGHUP')
  await one?.exited
}

test('start starts only the named services and what they need', async () => {
  await using made = await fixture({
    db: app(),
    api: app({ env: { DB: { ref: 'db.host' } } }),
    web: app({ dependsOn: { api: 'healthy' } }),
  })
  await made.lane.start(['api'], asked)
  expect(states(made.lane)).toEqual({ db: 'ready', api: 'ready', web: 'unstarted' })
  expect(made.lane.viewOf('api').env).toEqual({ DB: 'db' })
  expect(made.lane.viewOf('web').env).toEqual({})
  const [before] = [program(made.lane, 'api')]
  await made.lane.start(undefined, asked)
  expect(states(made.lane)).toMatchObject({ web: 'ready' })
  expect(program(made.lane, 'api')).toBe(before)
})

test('an unknown service name is refused with a suggestion, before anything is done', async () => {
  await using made = await fixture({ api: app() })
  await expect(made.lane.start(['apo'], asked)).rejects.toMatchObject({
    code: 'SERVICE_UNKNOWN',
    message: expect.stringContaining('did you mean "api"'),
  })
  await expect(made.lane.control.stop('constructor', undefined, asked)).rejects.toMatchObject({
    code: 'SERVICE_UNKNOWN',
  })
  expect(made.scene.created()).toEqual([])
})

test('a service that cannot start leaves the others usable', async () => {
  await using made = await fixture({
    good: app(),
    bad: app({ env: { FAIL: 'no config' } }),
    lost: app({ image: 'not-there' }),
    waits: app({ dependsOn: { bad: 'healthy' } }),
  })
  await expect(made.lane.start(['waits'], asked)).rejects.toMatchObject({
    code: 'SERVICE_EXITED',
    facts: { service: 'bad' },
    lastLogs: ['failed: no config'],
  })
  await expect(made.lane.start(['lost'], asked)).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' })
  await made.lane.start(['good'], asked)
  expect(states(made.lane)).toMatchObject({ good: 'ready', bad: 'exited', lost: 'unstarted' })
})

test('a crashed service is restarted by a start that names it, not by a change of another one', async () => {
  await using made = await fixture({ api: app(), other: app() })
  const { lane, scene } = made
  await lane.start(undefined, asked)
  await crash(lane, 'api', scene)
  expect(lane.viewOf('api')).toMatchObject({ state: 'exited', exitCode: 129 })
  await lane.control.changeEnv('other', { A: '1' }, { dependents: false }, asked)
  expect(states(lane)).toEqual({ api: 'exited', other: 'ready' })
  await lane.start(['other'], asked)
  expect(states(lane)).toEqual({ api: 'exited', other: 'ready' })
  await lane.start(['api'], asked)
  expect(states(lane)).toEqual({ api: 'ready', other: 'ready' })
})

test('a completed job is not run again by a start', async () => {
  await using made = await fixture({ job: { image: 'job' }, api: app() })
  const { lane } = made
  await lane.start(undefined, asked)
  await program(lane, 'job')?.exited
  await lane.start(undefined, asked)
  expect(lane.viewOf('job')).toMatchObject({ state: 'exited', exitCode: 0 })
})

test('a stopped service stays stopped until it is started by name', async () => {
  await using made = await fixture({ api: app(), web: app({ dependsOn: { api: 'started' } }) })
  const { lane } = made
  await lane.start(undefined, asked)
  const before = program(lane, 'api')
  await lane.control.stop('api', undefined, asked)
  expect(lane.viewOf('api')).toMatchObject({ state: 'stopped', exitCode: 0 })
  await lane.start(undefined, asked)
  await lane.start(['web'], asked)
  expect(states(lane)).toMatchObject({ api: 'stopped' })
  await lane.control.startAgain('api', asked)
  expect(states(lane)).toMatchObject({ api: 'ready' })
  expect(program(lane, 'api')).toBe(before)
  await lane.control.stop('api', undefined, asked)
  await lane.start(['api'], asked)
  expect(states(lane)).toMatchObject({ api: 'ready' })
})

test('a service that was stopped before its first start can be started', async () => {
  await using made = await fixture({ api: app() })
  await made.lane.control.stop('api', undefined, asked)
  await made.lane.control.startAgain('api', asked)
  expect(states(made.lane)).toEqual({ api: 'ready' })
})

test('kill waits for the exit after SIGKILL; other signals are only sent', async () => {
  await using made = await fixture({ api: app() })
  const { lane, scene } = made
  await lane.start(undefined, asked)
  await lane.control.kill('api', 'SIGKILL', asked)
  expect(states(lane)).toEqual({ api: 'stopped' })
  await expect(lane.control.kill('api', 'SIGKILL', asked)).rejects.toMatchObject({
    code: 'SERVICE_NOT_RUNNING',
  })
  await lane.control.startAgain('api', asked)
  const { exited } = program(lane, 'api') ?? {}
  await lane.control.kill('api', 'SIGTERM', asked)
  expect(await exited).toMatchObject({ exitCode: 0 })
  expect(states(lane)).toEqual({ api: 'exited' })
  expect(scene.lines('lane_1', 'api')).toEqual(['up', 'up', 'bye'])
})

test('restart stops a program gracefully and starts the same container', async () => {
  await using made = await fixture({ api: app() })
  const { lane, scene } = made
  await lane.start(undefined, asked)
  const before = program(lane, 'api')
  await lane.control.restart('api', undefined, asked)
  expect(program(lane, 'api')).toBe(before)
  expect(scene.lines('lane_1', 'api')).toEqual(['up', 'bye', 'up'])
  await lane.control.setPaused('api', true, asked)
  expect(states(lane)).toEqual({ api: 'paused' })
  await lane.control.setPaused('api', false, asked)
  expect(states(lane)).toEqual({ api: 'ready' })
})

test('a disconnected service is reconnected under its names', async () => {
  await using made = await fixture({ api: app({ aliases: ['backend'] }) })
  const { lane, scene } = made
  await lane.start(undefined, asked)
  await lane.control.setConnected('api', false, asked)
  await lane.control.setConnected('api', true, asked)
  const links = scene.calls.filter(({ method }) => method === 'attach' || method === 'detach')
  expect(links).toMatchObject([
    { method: 'detach' },
    { method: 'attach', args: [{ aliases: ['api', 'backend'] }] },
  ])
})

test('a disconnected service keeps the numbers of its published ports', async () => {
  await using made = await fixture({ api: app({ ports: { http: { port: 80, scheme: 'http' } } }) })
  const { lane } = made
  await lane.start(undefined, asked)
  const port = () => lane.viewOf('api').outputs['http.port']
  const before = port()
  expect(before).toMatch(/^\d+$/)
  await lane.control.setConnected('api', false, asked)
  expect(port()).toBe(before)
  await lane.group.observe()
  expect(port()).toBe(before)
  await lane.control.setConnected('api', true, asked)
  expect(port()).toBe(before)
})

test('exec rejects with SERVICE_NOT_RUNNING when the service does not run', async () => {
  const image = {
    run: daemon,
    exec: { hello: ({ print }: { print(text: string): void }) => print('hi\n') },
  }
  await using made = await fixture(
    { api: app({ image: 'shell' }) },
    { programs: { shell: image as never } },
  )
  const { lane } = made
  const options = { timeoutMs: 1_000, signal: new AbortController().signal }
  await expect(lane.exec('api', { argv: ['hello'] }, options)).rejects.toMatchObject({
    code: 'SERVICE_NOT_STARTED',
  })
  await lane.start(undefined, asked)
  expect(await lane.exec('api', { argv: ['hello'] }, options)).toMatchObject({ stdout: 'hi\n' })
  await lane.control.stop('api', undefined, asked)
  await expect(lane.exec('api', { argv: ['hello'] }, options)).rejects.toMatchObject({
    code: 'SERVICE_NOT_RUNNING',
    lastLogs: ['up', 'bye'],
    facts: { exitCode: 0 },
  })
})

test('exec in a service that has just ended says its exit code and its last lines', async () => {
  const end = Promise.withResolvers<void>()
  const image = {
    run: async ({ print }: { print(text: string): void }) => {
      await end.promise
      print('dying\n')
      return 9
    },
    exec: { hello: () => 0 },
  }
  const service = { image: 'mortal' }
  await using made = await fixture({ api: service }, { programs: { mortal: image as never } })
  const { lane } = made
  await lane.start(undefined, asked)
  end.resolve()
  const options = { timeoutMs: 1_000, signal: new AbortController().signal }
  // The container ends before its end is reported; the first refusal already says why.
  let refused: unknown
  while (refused === undefined) {
    await setImmediate()
    refused = await lane.exec('api', { argv: ['hello'] }, options).then(
      () => undefined,
      (error: unknown) => error,
    )
  }
  expect(refused).toMatchObject({
    code: 'SERVICE_NOT_RUNNING',
    message: expect.stringContaining('api is not running in lane lane_1: it exited with code 9'),
    facts: { service: 'api', lane: 'lane_1', exitCode: 9 },
    lastLogs: ['dying'],
  })
})

test('exec in a paused service says that it is paused', async () => {
  const image = { run: daemon, exec: { hello: () => 0 } }
  await using made = await fixture(
    { api: app({ image: 'shell' }) },
    { programs: { shell: image as never } },
  )
  const { lane } = made
  await lane.start(undefined, asked)
  await lane.control.setPaused('api', true, asked)
  const options = { timeoutMs: 1_000, signal: new AbortController().signal }
  await expect(lane.exec('api', { argv: ['hello'] }, options)).rejects.toMatchObject({
    code: 'SERVICE_NOT_RUNNING',
    message: expect.stringContaining('api is paused in lane lane_1'),
    remedy: 'unpause it: api.unpause()',
  })
})

test('an added service joins the lane and can be removed', async () => {
  await using made = await fixture({ api: app() })
  const { lane, scene } = made
  await lane.start(undefined, asked)
  await lane.add('mail', app({ env: { API: { ref: 'api.host' } } }), asked)
  expect(states(lane)).toEqual({ api: 'ready', mail: 'ready' })
  expect(lane.viewOf('mail').env).toEqual({ API: 'api' })
  await lane.remove('mail', asked)
  expect(states(lane)).toEqual({ api: 'ready' })
  expect(Object.keys(await scene.containers()).filter((name) => name.includes('mail'))).toEqual([])
  await lane.add('mail', app(), asked)
  expect(states(lane)).toMatchObject({ mail: 'ready' })
})

test('a failed add leaves the lane unchanged', async () => {
  await using made = await fixture({ api: app() })
  const { lane } = made
  await lane.start(undefined, asked)
  await expect(lane.add('api', app(), asked)).rejects.toMatchObject({ code: 'SERVICE_IN_USE' })
  await expect(
    lane.add('x', app({ env: { A: { ref: 'nobody.host' } } }), asked),
  ).rejects.toMatchObject({
    code: 'TOPOLOGY_INVALID',
  })
  await expect(lane.add('x', app({ env: { FAIL: '1' } }), asked)).rejects.toMatchObject({
    code: 'SERVICE_EXITED',
  })
  expect(states(lane)).toEqual({ api: 'ready' })
  await lane.add('x', app(), asked)
  expect(states(lane)).toEqual({ api: 'ready', x: 'ready' })
})

test('a declared service, or one that others refer to, cannot be removed', async () => {
  await using made = await fixture({ api: app() })
  const { lane } = made
  await lane.start(undefined, asked)
  await expect(lane.remove('api', asked)).rejects.toMatchObject({ code: 'SERVICE_IN_USE' })
  await expect(lane.remove('nobody', asked)).rejects.toMatchObject({ code: 'SERVICE_UNKNOWN' })
  await lane.add('s3', app(), asked)
  await lane.add('user', app({ env: { S3: { ref: 's3.host', wait: false } } }), asked)
  await expect(lane.remove('s3', asked)).rejects.toMatchObject({
    code: 'SERVICE_IN_USE',
    facts: { mentions: ['user'] },
  })
  await lane.remove('user', asked)
  await lane.remove('s3', asked)
  expect(states(lane)).toEqual({ api: 'ready' })
})

test('another spec of the topology is reconciled with what runs', async () => {
  await using made = await fixture({ api: app(), old: app() })
  const { lane, engine, scene } = made
  await lane.start(undefined, asked)
  const kept = program(lane, 'api')
  engine.release(lane, 'light')
  const next = await engine.lease({
    spec: topology({ api: app(), fresh: app() }),
    key: undefined,
    slot: undefined,
    reset: undefined,
    call: asked,
    signal: new AbortController().signal,
  })
  expect(next).toBe(lane)
  await lane.start(undefined, asked)
  expect(states(lane)).toEqual({ api: 'ready', fresh: 'ready' })
  expect(program(lane, 'api')).toBe(kept)
  expect(Object.keys(await scene.containers()).filter((name) => name.includes('old'))).toEqual([])
})

test('plan returns what a start would do and changes nothing', async () => {
  await using made = await fixture({ api: app() })
  const { lane, scene } = made
  await lane.start(undefined, asked)
  const before = scene.created()
  const plans = await lane.plan(topology({ api: app({ env: { A: '1' } }), web: app() }))
  const steps = plans.flatMap((plan) =>
    plan.steps.map((step) => `${step.do} ${'service' in step ? step.service : ''}`),
  )
  expect(steps).toContain('create program api')
  expect(steps).toContain('start sandbox web')
  expect(scene.created()).toEqual(before)
  expect(Object.keys(states(lane))).toEqual(['api'])
  expect((await lane.plan(lane.spec)).flatMap((plan) => plan.steps)).toEqual([])
})

test('the record distinguishes a kill, a signal and a crash', async () => {
  await using made = await fixture({ api: app(), web: app(), db: app() })
  const { lane, scene } = made
  await lane.start(undefined, asked)
  lane.group.members.test = 't#0'
  using call = openCall('the kill of api', { test: 't#0', span: 'w1.3' })
  await lane.control.kill('api', 'SIGKILL', call)
  await lane.control.kill('web', 'SIGTERM', call)
  await program(lane, 'web')?.exited
  await crash(lane, 'db', scene)
  const ends = scene.events('svc.state').filter(({ state }) => state === 'exited')
  const shown = ends.map(({ s, by, x, p }) => ({ s, by, x, p }))
  expect(shown).toContainEqual({ s: 'api', by: 'kill', x: 't#0', p: 'w1.3' })
  expect(shown).toContainEqual({ s: 'web', by: 'signal', x: 't#0', p: 'w1.3' })
  expect(shown).toContainEqual({ s: 'db', by: 'crash', x: 't#0', p: undefined })
  // What the end of a lane removes has not crashed.
  await lane.start(undefined, asked)
  await lane.end({ serversEndToo: false })
  const crashes = scene.events('svc.state').filter((event) => event.by === 'crash')
  expect(crashes).toHaveLength(1)
})

test('a state has the time at which the engine saw it, not the one at which it was heard of', async () => {
  await using made = await fixture({ api: app() })
  const { lane, scene } = made
  await lane.start(undefined, asked)
  let ended = 0
  await scene.runtime.interrupt('events', async () => {
    await scene.runtime.signal(program(lane, 'api')?.id ?? '', 'SIGHUP')
    const status = async () => (await scene.runtime.inspect(program(lane, 'api')?.id ?? ''))?.status
    await eventually(async () => expect(await status()).toBe('exited'))
    ended = Date.now()
    // The clock goes on before the event is heard.
    await eventually(() => expect(Date.now() - ended).toBeGreaterThan(20))
  })
  await eventually(() =>
    expect(scene.events('svc.state').map(({ state }) => state)).toContain('exited'),
  )
  const exited = scene.events('svc.state').find(({ state }) => state === 'exited')
  expect(exited?.t).toBeLessThanOrEqual(ended)
})

test('the removal of a program is recorded, also if the engine reports it late', async () => {
  await using made = await fixture({ api: app() })
  const { lane, scene } = made
  await lane.start(undefined, asked)
  const replaced = program(lane, 'api')?.id.slice(0, 12)
  await scene.runtime.interrupt('events', async () => {
    await lane.control.changeEnv('api', { A: '1' }, { dependents: false }, asked)
  })
  const statesOf = (container: string | undefined) =>
    scene
      .events('svc.state')
      .filter((event) => event.container === container)
      .map(({ state, by }) => [state, by])
  await eventually(() =>
    expect(statesOf(replaced)).toEqual([
      ['started', undefined],
      ['exited', 'stop'],
      ['removed', undefined],
    ]),
  )
})

test('a reset records the environment that it puts back, and the services that it removes', async () => {
  await using made = await fixture({ api: app({ env: { MODE: 'a' } }), web: app() })
  const { lane, scene, engine } = made
  await lane.start(undefined, asked)
  const options = { dependents: false }
  await lane.control.changeEnv('api', { MODE: 'b', EXTRA: '1' }, options, asked)
  await engine.add(lane, 'outbox', app({ env: { TOKEN: { secret: 'hush' } } }), asked)
  using call = openCall('the reset', { test: 't#1', span: 'w1.9' })
  await lane.reset('light', call)
  expect(scene.events('env.change').at(-1)).toMatchObject({
    x: 't#1',
    p: 'w1.9',
    l: 'lane_1',
    s: 'api',
    diff: { MODE: ['b', 'a'], EXTRA: ['1', null] },
    cause: 'reset',
  })
  expect(scene.events('svc.add')).toMatchObject([
    { l: 'lane_1', s: 'outbox', service: { image: 'daemon', env: { TOKEN: [] } } },
  ])
  expect(scene.events('svc.remove')).toMatchObject([
    { x: 't#1', l: 'lane_1', s: 'outbox', cause: 'reset' },
  ])
  await lane.reset('light', call)
  expect(scene.events('env.change')).toHaveLength(2)
  await engine.add(lane, 'outbox', app(), asked)
  await engine.remove(lane, 'outbox', asked)
  expect(scene.events('svc.remove').at(-1)).toMatchObject({ s: 'outbox', cause: 'test' })
})

test('a caller that gives up does not abort another change in the same round', async () => {
  await using made = await fixture({ api: app(), web: app() })
  const { lane } = made
  await lane.start(undefined, asked)
  const stop = new AbortController()
  using given = openCall('the change of web', {}, { signal: stop.signal })
  const options = { dependents: false }
  const good = lane.control.changeEnv('api', { A: '1' }, options, asked)
  const silent = lane.control.changeEnv('web', { SILENT: '1' }, options, given)
  stop.abort()
  await expect(silent).rejects.toMatchObject({ code: 'ABORTED' })
  await good
  expect(lane.viewOf('api').env).toEqual({ A: '1' })
})

test('a starting service says what is waited for, and since when', async () => {
  await using made = await fixture({ silent: app({ env: { SILENT: '1' } }) })
  const { lane } = made
  const refused = expect(lane.start(undefined, asked)).rejects.toThrow('not ready')
  await expect
    .poll(() => lane.viewOf('silent'))
    .toMatchObject({
      state: 'starting',
      forMs: expect.any(Number),
      awaits: 'a log line matching "up"',
    })
  await refused
  expect(lane.viewOf('silent')).not.toHaveProperty('awaits')
})

test('settings of a service reach its containers: those of the network the sandbox, all others the program', async () => {
  const settings = {
    memoryMiB: 64,
    cpus: 0.5,
    pidsLimit: 9,
    shmSizeMiB: 1,
    capAdd: ['NET_ADMIN'],
    capDrop: ['CHOWN'],
    securityOpt: ['no-new-privileges:false'],
    init: true,
    ulimits: { nofile: 64 },
    devices: [{ from: '/dev/fuse' }],
  } as const
  const extraHosts = { mirror: '10.0.0.7' }
  await using made = await fixture({
    api: app({
      ...settings,
      extraHosts,
      sysctls: { 'net.core.somaxconn': 64, 'kernel.sem': '1 2 3 4' },
    }),
  })
  await made.lane.start(undefined, asked)
  const argsOf = (name: 'create' | 'createSandbox') =>
    made.scene.calls.flatMap(({ method, args }) => (method === name ? [args[0]] : []))
  expect(argsOf('createSandbox')).toMatchObject([
    { extraHosts, sysctls: { 'net.core.somaxconn': 64 } },
  ])
  expect(argsOf('create')).toMatchObject([settings])
  expect(argsOf('create')[0]).toMatchObject({ sysctls: { 'kernel.sem': '1 2 3 4' } })
  expect(argsOf('create')[0]).not.toHaveProperty(['sysctls', 'net.core.somaxconn'])
  expect(argsOf('create')[0]).not.toHaveProperty('extraHosts')
})
