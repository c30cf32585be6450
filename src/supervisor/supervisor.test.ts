import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { createBaseHandle } from '../client/handle/base-handle.ts'
import { LaneLink } from '../client/lane/lane-link.ts'
import { openTestRecord } from '../client/record/test-record.ts'
import { type Caller, createCaller } from '../client/session/caller.ts'
import type { Session } from '../client/session/connect.ts'
import { greet as greetWith } from '../client/session/greet.ts'
import { secret } from '../define/env-value.ts'
import { RunEngine } from '../engine/run/run-engine.ts'
import { createWarnings } from '../engine/run/warnings.ts'
import { app, daemon, openScene, topology } from '../engine/test-scene.ts'
import { type LeasedView, protocolVersion } from '../protocol/methods.ts'
import { newNonce, proofOf } from '../protocol/proof.ts'
import { createWarningPrinter } from '../runner/print-warnings.ts'
import type { ContainerSpec } from '../runtime/container-spec.ts'
import type { MemoryProgram } from '../runtime/memory/program.ts'
import { createLogReader, logStart } from '../trace/read/log-reader.ts'
import { Supervisor } from './supervisor.ts'

const token = 'open sesame'
const graceMs = 5_000
const firstGraceMs = 60_000
const greetingMs = 30_000
/** The supervisor's own timer alone: sockets go on as they are. */
const clock: Parameters<typeof vi.useFakeTimers>[0] = { toFake: ['setTimeout', 'clearTimeout'] }

afterEach(() => void vi.useRealTimers())
const spec = topology({ api: app() })

/** Prints a prompt, and the rest of its line at SIGUSR1. */
const shell: MemoryProgram = ({ print, onSignal, over }) =>
  new Promise((resolve) => {
    onSignal('SIGUSR1', () => print('yes\n'))
    over.addEventListener('abort', () => resolve(137))
    print('hello\nready> ')
  })

const ignored = 'Your kernel does not support memory limit capabilities. Limitation discarded.'

/** An engine that does not know limits of memory. */
const warn = ({ memoryMiB }: ContainerSpec): readonly string[] =>
  memoryMiB === undefined ? [] : [ignored]

const fixture = async () => {
  const scene = await openScene({ programs: { daemon, shell }, warn })
  const engine = new RunEngine(
    {
      ...scene.context,
      warnings: createWarnings(scene.context.record.events, (event) => supervisor.progress(event)),
      logged: (lane, service) => supervisor.logged(lane, service, scene.context.record.fault),
    },
    scene.redactor,
  )
  await engine.watch(() => {})
  const reasons: string[] = []
  const supervisor = new Supervisor({
    token,
    graceMs,
    firstGraceMs,
    greetingMs,
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
  const openRaw = async (): Promise<Socket> => {
    const socket = connect(path)
    sockets.push(socket)
    await new Promise((resolve) => socket.once('connect', resolve))
    return socket
  }
  const open = async (): Promise<Caller> => createCaller(await openRaw())
  const greeting = { token, client: 'test', run: { name: 'test', socket: path }, timeoutMs: 20_000 }
  const greet = async (observer = false): Promise<Caller> => {
    const caller = await open()
    await greetWith(caller, { ...greeting, observer })
    return caller
  }
  return {
    scene,
    engine,
    supervisor,
    open,
    openRaw,
    greeting,
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
      supervisor.closeAll()
      for (const socket of sockets) socket.destroy()
      server.close()
      await scene[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The handle of `api` in a leased lane, over a record of its own. */
const handleOf = async (
  made: Awaited<ReturnType<typeof fixture>>,
  caller: Caller,
  view: LeasedView,
) => {
  const facts = await greetWith(createCaller(await made.openRaw()), made.greeting)
  const record = openTestRecord(facts)
  const link = new LaneLink({ caller, facts } as Session, record, view)
  return { record, link, handle: createBaseHandle(link, 'api', async () => {}) }
}

/** Waits for a turn of events at a time, with a deadline by the test's own. */
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise(setImmediate)
}

test('a client is served only after challenge and hello, with the right token and version', async () => {
  await using made = await fixture()
  const caller = await made.open()
  const nonce = newNonce()
  const who = { client: 'test', pid: 1 }
  await expect(caller.call('ps', {})).rejects.toMatchObject({ code: 'PROTOCOL' })
  await expect(caller.call('hello', { ...who, proof: '' })).rejects.toMatchObject({
    code: 'PROTOCOL',
  })
  await expect(caller.call('challenge', { nonce, version: 0 })).rejects.toMatchObject({
    code: 'PROTOCOL',
    message: expect.stringContaining(`speaks version ${protocolVersion}, the client version 0`),
  })
  const asked = () => caller.call('challenge', { nonce, version: protocolVersion })
  for (const wrong of ['', 'open sesamo', `${token} `]) {
    const nonces = { client: nonce, supervisor: (await asked()).nonce }
    await expect(
      caller.call('hello', { ...who, proof: proofOf(wrong, 'client', nonces) }),
    ).rejects.toMatchObject({ code: 'PROTOCOL', message: expect.stringContaining('token') })
  }
  await expect(caller.call('ps', {})).rejects.toMatchObject({ code: 'PROTOCOL' })
  expect(await greetWith(caller, made.greeting)).toMatchObject({ run: made.scene.context.run })
  expect(await caller.call('ps', {})).toMatchObject({ clients: [{ client: 'test' }] })
})

test('a proof is good for one hello, of the side that made it', async () => {
  await using made = await fixture()
  const caller = await made.open()
  const nonce = newNonce()
  const who = { client: 'test', pid: 1 }
  const asked = () => caller.call('challenge', { nonce, version: protocolVersion })
  const answer = await asked()
  // The supervisor's own proof, sent back to it.
  await expect(caller.call('hello', { ...who, proof: answer.proof })).rejects.toMatchObject({
    code: 'PROTOCOL',
  })
  const nonces = { client: nonce, supervisor: answer.nonce }
  const proof = proofOf(token, 'client', nonces)
  // The challenge was used up by the wrong proof, and the next one has another nonce.
  await expect(caller.call('hello', { ...who, proof })).rejects.toMatchObject({ code: 'PROTOCOL' })
  await asked()
  await expect(caller.call('hello', { ...who, proof })).rejects.toMatchObject({ code: 'PROTOCOL' })
})

test('a recorded handshake is refused on another connection', async () => {
  await using made = await fixture()
  const recorded: string[] = []
  const first = await made.openRaw()
  const write = first.write.bind(first)
  first.write = ((text: string) => {
    recorded.push(text)
    return write(text)
  }) as typeof first.write
  await greetWith(createCaller(first), made.greeting)
  expect(recorded.join('')).not.toContain(token)

  const second = await made.openRaw()
  const heard: string[] = []
  second.on('data', (bytes) => heard.push(`${bytes}`))
  for (const text of recorded) second.write(text)
  await until(() => heard.join('').split('\n').length > 2)
  const [, hello = '{}'] = heard.join('').split('\n')
  expect(JSON.parse(hello)).toMatchObject({ error: { code: 'PROTOCOL' } })
})

test('a connection that does not greet in time is closed, one that did is not', async () => {
  vi.useFakeTimers(clock)
  await using made = await fixture()
  const silent = await made.openRaw()
  const greeted = await made.greet()
  const closed = new Promise((resolve) => silent.once('close', resolve))
  vi.advanceTimersByTime(greetingMs - 1)
  expect(await greeted.call('ps', {})).toMatchObject({ clients: [{ client: 'test' }] })
  expect(silent.destroyed).toBe(false)
  vi.advanceTimersByTime(1)
  await closed
  expect(await greeted.call('ps', {})).toMatchObject({ clients: [{ client: 'test' }] })
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
    facts: { client: 'test', pid: process.pid },
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

test('the report of a run is served from the first request for it until the run has ended', async () => {
  await using made = await fixture()
  const [client, observer] = [await made.greet(), await made.greet(true)]
  const { address } = await observer.call('report', {})
  expect(await client.call('report', {})).toEqual({ address })
  expect((await fetch(address)).status).toBe(200)
  made.supervisor.closeAll()
  await vi.waitFor(() => expect(fetch(address)).rejects.toThrow())
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

test('a call that its client gave up ends before the next one of its lane begins', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const { lane } = await caller.call('lease', { spec })
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
  const change = { lane, service: 'api', stacked: false, dependents: false }
  const stop = new AbortController()
  const first = caller.call('setEnv', { ...change, patch: { A: '1' } }, { signal: stop.signal })
  await begun.promise
  stop.abort()
  await expect(first).rejects.toMatchObject({ code: 'ABORTED' })
  const second = caller.call('setEnv', { ...change, patch: { B: '2' } })
  // By the answer to this, the supervisor has read the second change.
  await caller.call('ps', {})
  creating.resolve()
  const { view } = await second
  expect(view.services.find(({ name }) => name === 'api')?.env).toEqual({ B: '2' })
  const changes = made.scene.events('env.change').map(({ diff }) => diff)
  expect(changes).toEqual([{ B: [null, '2'] }])
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

test('what the record lacks is in ps, and in the error of a waitFor that finds nothing', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const view = await caller.call('lease', { spec })
  const { handle, record } = await handleOf(made, caller, view)
  using _ = record
  expect(await caller.call('ps', {})).not.toHaveProperty('recordFault')
  const found = handle.logs.waitFor('never', { timeoutMs: 200 }).catch((error: unknown) => error)
  const fault = 'the record of the run is incomplete: ENOSPC'
  vi.spyOn(made.scene.context.record, 'fault', 'get').mockReturnValue(fault)
  await handle.restart()
  expect(await found).toMatchObject({
    code: 'LOG_TIMEOUT',
    message: expect.stringContaining(fault),
    facts: { fault },
  })
  expect(await caller.call('ps', {})).toMatchObject({ recordFault: fault })
})

test('a service that is ready at its prompt is leased, and its prompt is in the logs once', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const prompt = app({ image: 'shell', ready: { kind: 'log', pattern: 'ready> ' } })
  const view = await caller.call('lease', { spec: topology({ api: prompt }) })
  const { handle, record } = await handleOf(made, caller, view)
  using _ = record
  expect(handle.logs.text()).toBe('hello\nready> ')
  expect(await handle.logs.waitFor('ready>')).toMatchObject({ partial: true })
  await handle.kill('SIGUSR1')
  expect(await handle.logs.waitFor('ready> yes')).toMatchObject({ text: 'ready> yes' })
  expect(handle.logs.text()).toBe('hello\nready> yes')
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

test.each([-10, 0, 10])(
  'a lane has the logs of its own lease when the clock of the supervisor is %i hours off',
  async (hours) => {
    const [origin, wall] = [performance.timeOrigin, Date.now]
    const clocks = [
      vi.spyOn(performance, 'timeOrigin', 'get').mockReturnValue(origin + hours * 3_600_000),
      vi.spyOn(Date, 'now').mockImplementation(() => wall() + hours * 3_600_000),
    ]
    await using made = await fixture()
    const caller = await made.greet()
    const earlier = await caller.call('lease', { spec })
    await caller.call('release', { lane: earlier.lane, dirty: 'light' })
    const view = await caller.call('lease', { spec, reset: 'none' })
    expect(view.lane).toBe(earlier.lane)
    // The client has a clock of its own.
    for (const clock of clocks) clock.mockRestore()
    const { handle, record, link } = await handleOf(made, caller, view)
    using _ = record
    const texts = () => handle.logs.lines().map(({ text }) => text)
    expect(texts()).toEqual([])
    const [first = { time: 0 }] = createLogReader(link.logFolder, view.lane, 'api').read(
      logStart,
    ).lines
    expect((first.time - Date.now()) / 3_600_000).toBeCloseTo(hours, 1)
    await handle.restart()
    expect(texts()).toEqual(['bye', 'up'])
    expect(await handle.logs.waitFor('up')).toMatchObject({ text: 'up' })
    const former = await handleOf(made, caller, earlier)
    using __ = former.record
    expect(former.handle.logs.text()).toBe('up\nbye\nup')
  },
)

test('a value that withEnv marks as secret reaches the service, and is in no record, plan, error, nor in ps', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const view = await caller.call('lease', { spec })
  const { handle, record } = await handleOf(made, caller, view)
  using _ = record
  const word = 'Zq7v "Top" Secret'
  await handle.setEnv({ PW: secret(word), [`KEY_${word}`]: 'x' })
  expect(made.engine.lanes.get(view.lane)?.viewOf('api').env).toMatchObject({ PW: word })
  const error = await handle
    .withEnv({ FAIL: secret(`${word}2`), SHORT: secret('ab') })
    .catch((it: unknown) => it)
  expect(error).toMatchObject({ code: 'SERVICE_EXITED', lastLogs: ['failed: •••'] })
  const shown = JSON.stringify([
    await caller.call('ps', {}),
    await caller.call('plan', { spec: topology({ api: app({ env: { PW: { secret: word } } }) }) }),
    error,
    `${error}`,
  ])
  const folder = made.scene.context.record.folder
  const written = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))
  expect(written.length).toBeGreaterThan(3)
  for (const text of [shown, ...written]) expect(text).not.toMatch(/Zq7v|Secret/)
  expect(made.scene.events('env.change')).toMatchObject([
    { diff: { PW: [null, '•••'], 'KEY_•••': [null, 'x'] } },
  ])
  // A value that is too short to be looked for is hidden where it is known to be one.
  expect(written.join()).toContain('{"FAIL":"•••","SHORT":"•••"}')
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
      ['patch.A: must be a string, a secret or null'],
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

test('a warning of the engine is printed by one test process of the run, before its service has started', async () => {
  await using made = await fixture()
  const printed: string[][] = []
  const join = async () => {
    const caller = await made.greet()
    const lines: string[] = []
    printed.push(lines)
    // Files of tests share the connection of their process.
    const print = createWarningPrinter({ write: (line: string) => lines.push(line) })
    for (const _ of ['one.test.ts', 'two.test.ts']) await print(caller)
    return caller
  }
  const limited = (name: string) => topology({ [name]: app({ memoryMiB: 64 }) })
  const early = await made.greet()
  await early.call('lease', { spec: limited('early') })
  const first = await join()
  const second = await join()
  await second.call('lease', { spec: limited('api'), key: 'a' })
  await first.call('lease', { spec: limited('api'), key: 'b' })
  expect(printed).toEqual([[`mesocosm: early: ${ignored}\n`, `mesocosm: api: ${ignored}\n`], []])
  await made.drop(1)
  await second.call('lease', { spec: limited('late'), key: 'c' })
  expect(printed[1]).toEqual([`mesocosm: late: ${ignored}\n`])
})

test('warnings that cannot be had do not fail tests', async () => {
  const lines: string[] = []
  const print = createWarningPrinter({ write: (line: string) => lines.push(line) })
  await using made = await fixture()
  await print(await made.open())
  expect(lines).toEqual([expect.stringContaining('warnings are not printed: ')])
})

test('with a kept lane the run goes on without clients: other lanes are removed, and it ends with the last one', async () => {
  await using made = await fixture()
  const caller = await made.greet()
  const one = await caller.call('lease', { spec })
  const two = await caller.call('lease', { spec })
  const kept = { test: 't#0', title: 'pays', file: 'a.test.ts' }
  const limits = { forMs: 600_000, atMost: 1 }
  const keep = (lane: string, test: string) =>
    caller.call('keepLane', { ...kept, ...limits, lane, test })
  expect(await keep(one.lane, 't#0')).toMatchObject({
    ...kept,
    lane: one.lane,
    services: [{ name: 'api', state: 'ready', container: expect.any(String) }],
  })
  expect(await keep(two.lane, 'u#0')).toBeNull()
  vi.useFakeTimers(clock)
  await made.drop(0)
  await vi.advanceTimersByTimeAsync(graceMs)
  await until(() => made.engine.lanes.all().length === 1)
  expect(made.reasons).toEqual([])
  const observer = await made.greet(true)
  const view = await observer.call('ps', {})
  expect(view).toMatchObject({ inUse: false, lanes: [{ state: 'kept', held: false, kept }] })
  expect(await observer.call('removeKept', {})).toEqual([one.lane])
  await vi.advanceTimersByTimeAsync(graceMs)
  expect(made.reasons).toEqual(['no client'])
})
