import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { type Caller, createCaller } from '../client/session/caller.ts'
import { RunEngine } from '../engine/run/run-engine.ts'
import { app, daemon, openScene, topology } from '../engine/test-scene.ts'
import { protocolVersion } from '../protocol/methods.ts'
import { Supervisor } from './supervisor.ts'

const token = 'open sesame'
const graceMs = 5_000
const firstGraceMs = 60_000
/** The supervisor's own timer alone: sockets go on as they are. */
const clock: Parameters<typeof vi.useFakeTimers>[0] = { toFake: ['setTimeout', 'clearTimeout'] }

afterEach(() => void vi.useRealTimers())
const spec = topology({ api: app() })

const fixture = async () => {
  const scene = await openScene({ programs: { daemon } })
  const engine = new RunEngine(
    { ...scene.context, logged: (lane, service) => supervisor.logged(lane, service) },
    scene.redactor,
  )
  await engine.watch(() => {})
  const reasons: string[] = []
  const supervisor = new Supervisor({
    token,
    graceMs,
    firstGraceMs,
    engine: Promise.resolve(engine),
    redactor: scene.redactor,
    onEnd: (reason) => void reasons.push(reason),
  })
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-socket-'))
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\${folder}` : join(folder, 's')
  const served: { readonly closed: Promise<unknown> }[] = []
  const server = createServer((socket) => {
    supervisor.accept(socket)
    served.push({ closed: new Promise((resolve) => socket.once('close', resolve)) })
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const sockets: Socket[] = []
  const open = async (): Promise<Caller> => {
    const socket = connect(path)
    sockets.push(socket)
    await new Promise((resolve) => socket.once('connect', resolve))
    return createCaller(socket)
  }
  const hello = { token, version: protocolVersion, client: 'test', pid: 1 }
  const greet = async (observer = false): Promise<Caller> => {
    const caller = await open()
    await caller.call('hello', { ...hello, observer })
    return caller
  }
  return {
    scene,
    engine,
    open,
    hello,
    greet,
    /** Why the run had to end. */
    reasons,
    /** As a process that dies does; waits until the supervisor knows. */
    drop: async (index: number) => {
      const closed = served[index]?.closed
      sockets[index]?.destroy()
      await closed
    },
    freeLanes: () => engine.lanes.all().filter(({ held }) => !held).length,
    async [Symbol.asyncDispose]() {
      supervisor.end('test')
      for (const socket of sockets) socket.destroy()
      server.close()
      await scene[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Waits for a turn of events at a time, with a deadline by the test's own. */
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise(setImmediate)
}

test('a client without the right token and version is refused', async () => {
  await using made = await fixture()
  const caller = await made.open()
  await expect(caller.call('ps', {})).rejects.toMatchObject({ code: 'PROTOCOL' })
  for (const wrong of ['', 'open sesamo'])
    await expect(
      caller.call('hello', { ...made.hello, token: wrong as string }),
    ).rejects.toMatchObject({ code: 'PROTOCOL', message: expect.stringContaining('wrong token') })
  await expect(caller.call('hello', { ...made.hello, version: 0 })).rejects.toMatchObject({
    code: 'PROTOCOL',
    message: expect.stringContaining(`speaks version ${protocolVersion}, the client version 0`),
  })
  await expect(caller.call('ps', {})).rejects.toMatchObject({ code: 'PROTOCOL' })
  expect(await caller.call('hello', made.hello)).toMatchObject({ run: made.scene.context.run })
  expect(await caller.call('ps', {})).toMatchObject({ clients: [{ client: 'test', pid: 1 }] })
})

test('an unknown method is refused, even one that every object has', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  for (const method of ['frobnicate', 'constructor', 'toString'])
    await expect(caller.call(method as 'ps', {})).rejects.toMatchObject({
      code: 'PROTOCOL',
      message: expect.stringContaining(`unknown method ${method}`),
    })
})

test('errors cross the wire with code, facts and last lines', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const broken = topology({ api: app({ env: { FAIL: 'no config' } }) })
  await expect(caller.call('lease', { spec: broken })).rejects.toMatchObject({
    code: 'SERVICE_EXITED',
    facts: { service: 'api', exitCode: 1 },
    lastLogs: ['failed: no config'],
  })
  await expect(
    caller.call('lease', { spec: { ...spec, services: {} as never, name: '' } }),
  ).rejects.toMatchObject({ code: 'TOPOLOGY_INVALID' })
})

test('errors contain no secret of the topology', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const broken = topology({ api: app({ env: { FAIL: [{ secret: 'hunter22' }] } }) })
  const error = await caller.call('lease', { spec: broken }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'SERVICE_EXITED', lastLogs: ['failed: •••'] })
  expect(JSON.stringify(error)).not.toContain('hunter22')
})

test('a lane can be used only by the client that holds it, until it is released', async () => {
  await using made = await fixture()
  const [one, two] = [await made.greet(), await made.greet()]
  const { lane } = await one.call('lease', { spec })
  const released = { code: 'LANE_RELEASED' }
  await expect(two.call('reset', { lane, level: 'light' })).rejects.toMatchObject(released)
  await expect(two.call('take', { lane })).rejects.toMatchObject({
    code: 'LANE_BUSY',
    facts: { client: 'test', pid: 1 },
  })
  await one.call('release', { lane, dirty: 'light' })
  await expect(one.call('stop', { lane, service: 'api' })).rejects.toMatchObject(released)
  expect(await two.call('take', { lane })).toMatchObject({ lane })
  await expect(two.call('take', { lane: 'lane_9' })).rejects.toMatchObject(released)
})

test('an observer may read every lane and change none', async () => {
  await using made = await fixture()
  const [owner, observer] = [await made.greet(), await made.greet(true)]
  const { lane } = await owner.call('lease', { spec })
  expect(await observer.call('watchLogs', { lane, service: 'api' })).toBeNull()
  await expect(observer.call('stop', { lane, service: 'api' })).rejects.toMatchObject({
    code: 'LANE_RELEASED',
  })
})

test('the lanes of a closed connection are returned for a deep reset', async () => {
  await using made = await fixture()
  const { greet, drop, freeLanes, engine } = made
  const [first, second] = [await greet(), await greet()]
  const { lane } = await first.call('lease', { spec })
  await drop(0)
  await until(() => freeLanes() === 1)
  expect(engine.lanes.get(lane)?.dirty).toBe('deep')
  expect(await second.call('lease', { spec })).toMatchObject({ lane })
})

test('a lane of a closed connection is not leased while its calls are under way', async () => {
  await using made = await fixture()
  const { greet, drop, freeLanes, scene } = made
  const first = await greet()
  const { lane } = await first.call('lease', { spec })
  const { create } = scene.runtime
  const creating = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  Object.assign(scene.runtime, {
    create: async (...args: Parameters<typeof create>) => {
      begun.resolve()
      await creating.promise
      return create(...args)
    },
  })
  const change = { lane, service: 'api', patch: { A: '1' }, stacked: true, dependents: false }
  first.call('setEnv', change).catch(() => {})
  await begun.promise
  await drop(0)
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
  expect(freeLanes()).toBe(0)
  creating.resolve()
  await until(() => freeLanes() === 1)
})

test('an aborted lease returns its lane', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const { create } = made.scene.runtime
  const creating = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  Object.assign(made.scene.runtime, {
    create: async (...args: Parameters<typeof create>) => {
      begun.resolve()
      await creating.promise
      return create(...args)
    },
  })
  const stop = new AbortController()
  const leasing = caller.call('lease', { spec }, { signal: stop.signal })
  await begun.promise
  stop.abort()
  await expect(leasing).rejects.toMatchObject({ code: 'ABORTED' })
  // By the answer to this, the supervisor knows.
  await caller.call('ps', {})
  creating.resolve()
  await until(() => made.freeLanes() === 1)
})

test('a lane that is released twice is returned once', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const { lane } = await caller.call('lease', { spec })
  const release = () => caller.call('release', { lane, dirty: 'light' })
  await Promise.allSettled([release(), release()])
  expect(made.scene.events('lane.release')).toHaveLength(1)
})

test('an aborted lease leaves the queue of its lane', async () => {
  await using made = await fixture()
  const [owner, other] = [await made.greet(), await made.greet()]
  const { lane } = await owner.call('lease', { spec, key: 'k' })
  await expect(other.call('lease', { spec, key: 'k' }, { timeoutMs: 5 })).rejects.toMatchObject({
    code: 'LANE_BUSY',
    facts: { lane, key: 'k' },
  })
  await owner.call('release', { lane, dirty: 'light' })
  expect(await other.call('lease', { spec, key: 'k' })).toMatchObject({ lane })
})

test('the run ends after the grace when the last client has gone', async () => {
  vi.useFakeTimers(clock)
  await using made = await fixture()
  await made.greet()
  await made.greet()
  await made.drop(0)
  vi.advanceTimersByTime(2 * graceMs)
  expect(made.reasons).toEqual([])
  await made.drop(1)
  vi.advanceTimersByTime(graceMs - 1)
  expect(made.reasons).toEqual([])
  vi.advanceTimersByTime(1)
  expect(made.reasons).toEqual(['no client'])
})

test('a client that comes within the grace keeps the run', async () => {
  vi.useFakeTimers(clock)
  await using made = await fixture()
  await made.greet()
  await made.drop(0)
  vi.advanceTimersByTime(graceMs - 1)
  await made.greet()
  vi.advanceTimersByTime(10 * graceMs)
  expect(made.reasons).toEqual([])
})

test('the run ends when no client ever came', async () => {
  vi.useFakeTimers(clock)
  await using made = await fixture()
  vi.advanceTimersByTime(firstGraceMs)
  expect(made.reasons).toEqual(['no client'])
})

test('observers do not extend the run', async () => {
  vi.useFakeTimers(clock)
  await using made = await fixture()
  await made.greet()
  await made.drop(0)
  vi.advanceTimersByTime(graceMs - 1)
  await made.greet(true)
  await made.drop(1)
  await made.greet(true)
  vi.advanceTimersByTime(1)
  expect(made.reasons).toEqual(['no client'])
})

test('a kept run stays, and ends after the grace when it is no longer kept', async () => {
  vi.useFakeTimers(clock)
  await using made = await fixture()
  const caller = await made.greet()
  await caller.call('keep', { keep: true })
  await made.drop(0)
  const observer = await made.greet(true)
  vi.advanceTimersByTime(10 * graceMs)
  expect(made.reasons).toEqual([])
  await observer.call('keep', { keep: false })
  vi.advanceTimersByTime(graceMs)
  expect(made.reasons).toEqual(['no client'])
})

test('no call is answered after down', async () => {
  await using made = await fixture()
  const [one, two] = [await made.greet(), await made.greet()]
  one.call('down', {}).catch(() => {})
  await until(() => made.reasons.length > 0)
  expect(made.reasons).toEqual(['down'])
  await expect(two.call('lease', { spec })).rejects.toMatchObject({ code: 'SUPERVISOR_GONE' })
})

test('watchers of a log are notified when it has grown', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const { lane } = await caller.call('lease', { spec })
  const heard = new Promise((resolve) => caller.on('log', resolve))
  await caller.call('watchLogs', { lane, service: 'api' })
  await caller.call('restart', { lane, service: 'api' })
  expect(await heard).toEqual({ lane, service: 'api' })
})

test('an environment change and its restore are recorded with values before and after', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const { lane } = await caller.call('lease', {
    spec: topology({ api: app({ env: { A: '0', B: '0' } }) }),
  })
  const at = { lane, service: 'api', dependents: false }
  const { id } = await caller.call('setEnv', {
    ...at,
    patch: { A: '1', B: null, C: '1' },
    stacked: true,
  })
  await caller.call('dropEnv', { ...at, id })
  expect(made.scene.events('env.change')).toMatchObject([
    { l: lane, s: 'api', diff: { A: ['0', '1'], B: ['0', null], C: [null, '1'] }, stacked: true },
    { l: lane, s: 'api', diff: { A: ['1', '0'], B: [null, '0'], C: ['1', null] } },
  ])
})

test('a caller whose time is over gets TIMEOUT with what was seen last, and the change is undone', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const { lane } = await caller.call('lease', { spec })
  const change = { lane, service: 'api', patch: { SILENT: '1' }, stacked: true, dependents: false }
  const from = { test: 't#0', span: 'w1.7' }
  await expect(
    caller.call('setEnv', change, { timeoutMs: 40, what: 'the change of api', from }),
  ).rejects.toMatchObject({
    code: 'TIMEOUT',
    summary: expect.stringMatching(
      /^the change of api took longer than 40 ms: api is not ready, waited for a log line matching "up", last seen: 0 of 1/,
    ),
    facts: { service: 'api', timeoutMs: 40 },
  })
  // The way back is a plan of its own, of the same call.
  await until(() => made.engine.lanes.get(lane)?.viewOf('api').state === 'ready')
  expect(made.engine.lanes.get(lane)?.viewOf('api').env).toEqual({})
  const plans = made.scene.events('plan.start').slice(-2)
  expect(plans).toMatchObject([from, from].map(({ test: x, span: p }) => ({ x, p })))
  await until(() => made.scene.events('plan.end').length === plans.length + 1)
  expect(made.scene.events('plan.end').at(1)).toMatchObject({ status: 'failed', x: 't#0' })
})

test('a caller that gives up cancels its work', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const { lane } = await caller.call('lease', { spec })
  const stop = new AbortController()
  const change = { lane, service: 'api', patch: { SILENT: '1' }, stacked: true, dependents: false }
  const changing = caller.call('setEnv', change, { signal: stop.signal, what: 'the change' })
  await until(() => made.engine.lanes.get(lane)?.viewOf('api').state === 'starting')
  stop.abort()
  await expect(changing).rejects.toMatchObject({ code: 'ABORTED' })
  await until(() => made.engine.lanes.get(lane)?.viewOf('api').state === 'ready')
  const failed = made.scene.events('plan.step').filter(({ status }) => status === 'failed')
  expect(failed).toMatchObject([{ do: 'await ready', s: 'api', error: { code: 'ABORTED' } }])
})

test('parameters that do not fit are refused with all faults, before anything is done', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const { lane } = await caller.call('lease', { spec })
  const at = { lane, service: 'api' }
  const wrong: [never, unknown, readonly string[]][] = [
    ['release' as never, null, ['params: Invalid input: expected object, received null']],
    ['kill' as never, { ...at, signal: 'SIGNOPE' }, ['signal: must be the name of a signal']],
    ['reset' as never, { lane, level: 'bogus' }, ['level: must be "light" or "deep"']],
    [
      'restart' as never,
      { lane, graceMs: 'soon' },
      ['service: must be a string', 'graceMs: must be a number of milliseconds'],
    ],
    [
      'setEnv' as never,
      { ...at, patch: { A: { x: 1 } }, stacked: false, dependents: false },
      ['patch.A: must be a string or null'],
    ],
  ]
  for (const [method, params, details] of wrong)
    await expect(caller.call(method, params as never)).rejects.toMatchObject({
      code: 'PROTOCOL',
      details,
    })
  expect(made.engine.lanes.get(lane)?.viewOf('api')).toMatchObject({ state: 'ready', env: {} })
})

test('answers hold the services that look different now, and the named one', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const two = topology({ api: app(), web: app() })
  const { lane, services } = await caller.call('lease', { spec: two })
  expect(services).toHaveLength(2)
  const stopped = await caller.call('stop', { lane, service: 'api' })
  expect(stopped.services).toMatchObject([{ name: 'api', state: 'stopped' }])
  const same = await caller.call('stop', { lane, service: 'api' })
  expect(same.services).toMatchObject([{ name: 'api', state: 'stopped' }])
  await caller.call('add', { lane, name: 'extra', service: app() })
  expect(await caller.call('remove', { lane, service: 'extra' })).toMatchObject({
    services: [],
    gone: ['extra'],
  })
})

test('images are prepared without a lane, and ps says what is pulled or built', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  await caller.call('images', { spec })
  const held = Promise.withResolvers<void>()
  const request = { kind: 'pull', reference: 'a:1' } as const
  const pull = made.scene.context.images.during(
    { topology: 'shop', service: 'api', request },
    () => held.promise,
  )
  expect(await caller.call('ps', {})).toMatchObject({
    lanes: [],
    images: [{ topology: 'shop', service: 'api', doing: 'pulling a:1 for api' }],
  })
  held.resolve()
  await pull
  expect(await caller.call('ps', {})).toMatchObject({ images: [] })
})

test('a baseline can be taken only of a lane that the client holds', async () => {
  await using made = await fixture()
  const [caller, other] = [await made.greet(), await made.greet()]
  const { lane } = await caller.call('lease', { spec })
  expect(await caller.call('baseline', { lane })).toBeNull()
  await expect(other.call('baseline', { lane })).rejects.toMatchObject({ code: 'LANE_RELEASED' })
})
