import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { eventually } from '../../../test/lib/eventually.ts'
import { waitClock } from '../../call/wait-clock.ts'
import type { DebugSpec } from '../../model/service-spec.ts'
import type { MemoryImage, ProgramContext } from '../../runtime/memory/program.ts'
import { RunEngine } from '../run/run-engine.ts'
import { app, asked, daemon, openScene, topology } from '../test-scene.ts'

/** A program whose debugger answers with its environment, after it was woken or from its start. */
const debuggable = (): MemoryImage => {
  // The script that looks for the process sends it a signal.
  const wake = { current: () => {} }
  let starts = 0
  return {
    run: async (context: ProgramContext) => {
      const { env, over, listen } = context
      const answer = (socket: Socket) => {
        over.addEventListener('abort', () => socket.destroy())
        socket.on('error', () => undefined)
        socket.on('data', (bytes) => void socket.write(`${bytes} ${env.NODE_OPTIONS ?? ''}`))
      }
      wake.current = () => void listen(9229, answer)
      if (env.NODE_OPTIONS !== undefined || env.OWN !== undefined) await listen(9229, answer)
      starts += 1
      // It says that it is up only twice.
      const isSilent = env.TWICE !== undefined && starts > 2
      return daemon(isSilent ? { ...context, env: { ...env, SILENT: '1' } } : context)
    },
    exec: {
      node: () => {
        wake.current()
        return 0
      },
    },
  }
}

const fixture = async (debug: DebugSpec | undefined, env: Record<string, string> = {}) => {
  const scene = await openScene({ programs: { daemon, debuggable: debuggable() } })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  const api = app({ image: 'debuggable', env, ...(debug === undefined ? {} : { debug }) })
  const spec = topology({ api, other: app({ debug: { kind: 'node' } }), plain: app() })
  const { signal } = new AbortController()
  const request = { key: undefined, slot: undefined, reset: undefined, call: asked, signal }
  const lane = await engine.lease({ spec, ...request })
  await lane.start(['api', 'plain'], asked)
  return {
    lane,
    engine,
    scene,
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]()
      await scene[Symbol.asyncDispose]()
    },
  }
}

/** Sends a word to a port; resolves with the answer, or with undefined if the connection ends. */
const say = async (port: number, word: string): Promise<string | undefined> => {
  const socket = connect(port, '127.0.0.1')
  const answer = new Promise<string | undefined>((resolve) => {
    socket.once('data', (bytes) => resolve(String(bytes)))
    socket.once('error', () => resolve(undefined))
    socket.once('close', () => resolve(undefined))
  })
  socket.write(word)
  const text = await answer
  socket.destroy()
  return text
}

afterEach(() => expect(waitClock.suspended).toEqual([]))

test('a debugger reaches a program by a port that stays over restarts, changes and resets', async () => {
  await using made = await fixture({ port: 9229 }, { OWN: '1' })
  const { lane } = made
  const { port } = await lane.debug.port('api', undefined, asked)
  await lane.control.debug('api', 'call 1', { break: false }, asked)
  expect(await say(port, 'hello')).toBe('hello ')
  await lane.control.restart('api', 0, asked)
  expect(await say(port, 'restarted')).toBe('restarted ')
  await lane.control.changeEnv('api', { NODE_OPTIONS: 'x' }, { dependents: false }, asked)
  expect(await say(port, 'changed')).toBe('changed x')
  await lane.reset('deep', asked)
  expect((await lane.debug.port('api', undefined, asked)).port).toBe(port)
  await lane.control.debug('api', 'call 2', { break: false }, asked)
  expect(await say(port, 'reset')).toBe('reset ')
})

test('a Node program that runs opens its inspector when a debugger comes, and is not created again', async () => {
  await using made = await fixture({ kind: 'node' })
  const { lane, scene } = made
  const { port } = await lane.debug.port('api', undefined, asked)
  await lane.control.debug('api', 'call 1', { break: false }, asked)
  expect(await say(port, 'hello')).toBe('hello ')
  await lane.control.restart('api', 0, asked)
  expect(await say(port, 'again')).toBe('again ')
  const created = scene.created().filter((name) => name.startsWith('lane_1-api'))
  expect(created).toEqual(['lane_1-api-sandbox', 'lane_1-api-1', 'lane_1-api-relay-1'])
})

test('a program that is not debugged is not reached, and a reset ends what a call has asked for', async () => {
  await using made = await fixture({ port: 9229 }, { OWN: '1' })
  const { lane, scene } = made
  const { port } = await lane.debug.port('api', undefined, asked)
  await lane.control.debug('api', 'call 1', { break: false }, asked)
  await lane.control.debug('api', 'person', { break: false }, asked)
  await lane.reset('light', asked)
  expect(await say(port, 'still')).toBe('still ')
  await lane.control.endDebug('api', 'person', asked)
  expect(await say(port, 'over')).toBeUndefined()
  expect(await say(port, 'again')).toBeUndefined()
  const failed = scene.events('debug.attach').filter(({ error }) => error !== undefined)
  expect(failed).toHaveLength(1)
  expect(failed[0]).toMatchObject({
    l: 'lane_1',
    s: 'api',
    error: { code: 'DEBUGGER_UNAVAILABLE', message: expect.stringContaining('not debugged') },
  })
})

test('a service without `debug` cannot be debugged, and the error names those that can', async () => {
  await using made = await fixture({ kind: 'node' })
  await expect(made.lane.debug.port('plain', undefined, asked)).rejects.toMatchObject({
    code: 'DEBUGGER_UNAVAILABLE',
    remedy: expect.stringContaining('api, other'),
  })
  await expect(made.lane.debug.port('apj', undefined, asked)).rejects.toMatchObject({
    code: 'SERVICE_UNKNOWN',
  })
})

test('a port that is asked for is taken, or is an error', async () => {
  await using made = await fixture({ port: 9229 }, { OWN: '1' })
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await expect(made.lane.debug.port('api', port, asked)).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    facts: { port },
  })
  server.close()
  await once(server, 'close')
  expect(await made.lane.debug.port('api', port, asked)).toMatchObject({ port, isNew: true })
  expect(await made.lane.debug.port('api', undefined, asked)).toMatchObject({ port, isNew: false })
  await expect(made.lane.debug.port('api', port + 1, asked)).rejects.toMatchObject({
    code: 'SERVICE_IN_USE',
  })
})

test('a program that waits at its first line stops the clock until it is ready', async () => {
  await using made = await fixture({ kind: 'node' })
  const { lane, scene } = made
  const seen: string[] = []
  using _ = waitClock.onChange((why) => void seen.push(why.join()))
  await lane.control.debug('api', 'call 1', { break: true }, asked)
  expect(seen).toEqual(['api waits for a debugger', ''])
  expect(lane.viewOf('api').env.NODE_OPTIONS).toBe('--inspect-brk=127.0.0.1:9229')
  await lane.control.endDebug('api', 'call 1', asked)
  expect(lane.viewOf('api').env.NODE_OPTIONS).toBeUndefined()
  expect(scene.created().filter((name) => name.includes('api'))).toHaveLength(4)
})

test('a program that starts again and waits for a debugger has its time when the client has left', async () => {
  await using made = await fixture({ kind: 'node' }, { TWICE: '1' })
  const { lane, engine } = made
  await lane.control.debug('api', 'person', { break: true }, asked)
  const again = lane.control.restart('api', 0, asked)
  again.catch(() => undefined)
  await eventually(() => expect(waitClock.suspended).toEqual(['api waits for a debugger']))
  engine.release(lane, 'deep')
  expect(waitClock.suspended).toEqual([])
  await expect(again).rejects.toMatchObject({ code: 'SERVICE_NOT_READY' })
})

test('a change that fails leaves the program as it was', async () => {
  await using made = await fixture({ kind: 'go' })
  const { lane } = made
  await expect(lane.control.debug('api', 'call 1', { break: false }, asked)).rejects.toMatchObject({
    code: 'DEBUGGER_UNAVAILABLE',
  })
  expect(lane.viewOf('api').state).toBe('ready')
})

test('the relay of a service is removed with its sandbox', async () => {
  await using made = await fixture({ port: 9229 }, { OWN: '1' })
  const { lane, scene } = made
  const { port } = await lane.debug.port('api', undefined, asked)
  await lane.control.debug('api', 'call 1', { break: false }, asked)
  await say(port, 'hello')
  expect(Object.keys(await scene.containers())).toContain('lane_1-api-relay-1')
  await lane.end({ serversEndToo: true })
  expect(await scene.containers()).toEqual({})
})

test('a server that lanes share is debugged by one of them, and serves the others as before', async () => {
  const scene = await openScene({ programs: { daemon, debuggable: debuggable() } })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  const spec = topology({
    api: app({ image: 'debuggable', share: 'run', debug: { kind: 'node' } }),
  })
  const { signal } = new AbortController()
  const request = { slot: undefined, reset: undefined, call: asked, signal }
  const one = await engine.lease({ spec, key: 'one', ...request })
  await one.start(undefined, asked)
  await one.debug.lease(['api'], asked)
  await one.debug.leaseShared(['api'], one.control, asked)
  const two = await engine.lease({ spec, key: 'two', ...request })
  await two.start(undefined, asked)
  const { port } = await one.debug.port('api', undefined, asked)
  expect(await say(port, 'hello')).toBe('hello ')
  expect(scene.created()).toEqual(['run-api-sandbox', 'run-api-1', 'run-api-relay-1'])
  await engine[Symbol.asyncDispose]()
  expect(await scene.containers()).toEqual({})
  await scene[Symbol.asyncDispose]()
})
