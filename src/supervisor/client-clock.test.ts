import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { createWaitClock } from '../call/wait-clock.ts'
import { createCaller } from '../client/session/caller.ts'
import { beatWhileDebugged, followClock } from '../client/session/follow-clock.ts'
import { greet } from '../client/session/greet.ts'
import { RunEngine } from '../engine/run/run-engine.ts'
import { openScene } from '../engine/test-scene.ts'
import { recordSuspensions } from './record-suspensions.ts'
import { Supervisor } from './supervisor.ts'

afterEach(() => void vi.useRealTimers())

/** A supervisor with a clock of its own, whose record has the times in which it stands still. */
const fixture = async () => {
  const scene = await openScene({ programs: {} })
  const clock = createWaitClock()
  const reasons: string[] = []
  const supervisor = new Supervisor({
    token: 'open sesame',
    graceMs: 5_000,
    engine: Promise.resolve(new RunEngine(scene.context, scene.redactor)),
    redactor: scene.redactor,
    clock,
    silentMs: 50,
    onEnd: (reason) => void reasons.push(reason),
  })
  const recording = recordSuspensions(clock, scene.context.record.events)
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-socket-'))
  const path = join(folder, 's')
  const server = createServer((socket) => supervisor.accept(socket))
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const sockets: Socket[] = []
  /** A client with a clock of its own. */
  const open = async (debugged = false) => {
    const socket = connect(path)
    sockets.push(socket)
    const caller = createCaller(socket)
    const own = createWaitClock()
    followClock(caller, own)
    await greet(caller, {
      token: 'open sesame',
      client: 'vitest',
      debugged,
      run: { name: 'test', socket: path },
      timeoutMs: 20_000,
    })
    return { caller, clock: own, socket }
  }
  return {
    scene,
    clock,
    /** Why the run had to end. */
    reasons,
    open,
    async [Symbol.asyncDispose]() {
      recording[Symbol.dispose]()
      supervisor.end('test')
      supervisor.closeAll()
      for (const socket of sockets) socket.destroy()
      server.close()
      await scene[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const becomes = async (clock: { readonly suspended: readonly string[] }, why: readonly string[]) =>
  vi.waitFor(() => expect(clock.suspended).toEqual(why), { timeout: 30_000, interval: 1 })

test('the clocks of all clients stand still with that of the supervisor', async () => {
  await using made = await fixture()
  const [one, two] = [await made.open(), await made.open()]
  const why = 'api is paused in a debugger'
  const suspended = made.clock.suspend(why)
  await Promise.all([becomes(one.clock, [why]), becomes(two.clock, [why])])
  const before = one.clock.now()
  const other = made.clock.suspend('worker is paused in a debugger')
  await becomes(one.clock, [`${why}; worker is paused in a debugger`])
  expect(one.clock.now()).toBe(before)
  other[Symbol.dispose]()
  suspended[Symbol.dispose]()
  await Promise.all([becomes(one.clock, []), becomes(two.clock, [])])
})

test('a client that connects while limits stand still stops its clock with the greeting', async () => {
  await using made = await fixture()
  using _suspended = made.clock.suspend('api is paused in a debugger')
  const { clock, socket } = await made.open()
  expect(clock.suspended).toEqual(['api is paused in a debugger'])
  // A clock without a supervisor goes on.
  socket.destroy()
  await becomes(clock, [])
})

test('limits stand still while a client whose debugger is open does not beat, and the record says it', async () => {
  await using made = await fixture()
  const { caller } = await made.open(true)
  const why = `vitest (process ${process.pid}) is paused in a debugger`
  await becomes(made.clock, [why])
  await caller.call('beat', {})
  expect(made.clock.suspended).toEqual([])
  await becomes(made.clock, [why])
  await caller.call('beat', { over: true })
  const { start, end } = { start: 'suspended.start', end: 'suspended.end' } as const
  expect(made.scene.events(start)).toMatchObject([{ why }, { why }])
  expect(made.scene.events(end).map(({ i }) => i)).toEqual(
    made.scene.events(start).map(({ i }) => i),
  )
})

test('a client that is gone is not waited for', async () => {
  await using made = await fixture()
  const { socket } = await made.open(true)
  await vi.waitFor(() => expect(made.clock.suspended).toHaveLength(1), { interval: 1 })
  socket.destroy()
  await becomes(made.clock, [])
})

test('a client beats while its debugger is open, and says when it is closed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  await using made = await fixture()
  const { caller } = await made.open()
  const debug = { open: false }
  const beats: unknown[] = []
  beatWhileDebugged(
    {
      ...caller,
      call: (method, params, options) => {
        beats.push(params)
        return caller.call(method, params, options)
      },
    },
    { everyMs: 1, isOpen: () => debug.open },
  )
  debug.open = true
  await vi.waitFor(() => expect(beats.length).toBeGreaterThan(3), { interval: 1 })
  debug.open = false
  await vi.waitFor(() => expect(beats.at(-1)).toEqual({ over: true }), { interval: 1 })
  const count = beats.length
  await new Promise((resolve) => setImmediate(resolve))
  expect(beats.filter((beat) => (beat as { over?: boolean }).over)).toHaveLength(1)
  expect(beats.length).toBe(count)
})

test('a run whose last client has gone while a service is paused in a debugger stays', async () => {
  await using made = await fixture()
  const { caller, socket } = await made.open()
  const suspended = made.clock.suspend('api is paused in a debugger')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const gone = new Promise<void>((resolve) => void caller.onGone(resolve))
  socket.end()
  await gone
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1), { interval: 1 })
  vi.advanceTimersByTime(60_000)
  expect(made.reasons).toEqual([])
  suspended[Symbol.dispose]()
  vi.advanceTimersByTime(5_000)
  expect(made.reasons).toEqual(['no client'])
})
