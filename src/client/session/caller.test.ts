import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { waitClock } from '../../call/wait-clock.ts'
import { errorJson, MesocosmError } from '../../errors/mesocosm-error.ts'
import { createLineSocket, type LineSocket } from '../../protocol/line-socket.ts'
import type { Message } from '../../protocol/message.ts'
import { createCaller } from './caller.ts'

type Call = Extract<Message, { readonly method: string }>

/** A caller, and the other side in the test's hands. */
const fixture = async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const socket = connect(port, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  const other = await accepted
  onTestFinished(() => {
    socket.destroy()
    other.destroy()
    server.close()
  })
  const heard: Message[] = []
  let wake = () => {}
  const line: LineSocket = createLineSocket(other, {
    message: (message) => {
      heard.push(message)
      wake()
    },
    close: () => {},
  })
  /** The next message that was not taken yet. */
  const next = async (): Promise<Message> => {
    for (;;) {
      const message = heard.shift()
      if (message !== undefined) return message
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  const nextCall = async () => (await next()) as Call
  return { caller: createCaller(socket), socket, other, line, next, nextCall }
}

const isHeld = (socket: Socket) =>
  (socket as unknown as { _handle: { hasRef(): boolean } })._handle.hasRef()

test('answers resolve their calls in any order', async () => {
  const { caller, line, nextCall } = await fixture()
  const calls = [caller.call('ps', {}), caller.call('keep', { keep: true })]
  const [first, second] = [await nextCall(), await nextCall()]
  expect([first.method, second.method]).toEqual(['ps', 'keep'])
  line.send({ id: second.id, result: 'second' })
  line.send({ id: first.id, result: 'first' })
  expect(await Promise.all(calls)).toEqual(['first', 'second'])
})

test('an error has the stack of the caller and all parts of the supervisor’s error', async () => {
  const { caller, line, nextCall } = await fixture()
  const restartTheApi = () => caller.call('restart', { lane: 'lane_1', service: 'api' })
  const call = restartTheApi()
  const error = new MesocosmError({
    code: 'SERVICE_NOT_READY',
    message: 'not ready',
    facts: { service: 'api' },
    lastLogs: ['loading'],
  })
  line.send({ id: (await nextCall()).id, error: errorJson(error) })
  const caught = (await call.catch((it: unknown) => it)) as MesocosmError
  expect(caught).toMatchObject({ code: 'SERVICE_NOT_READY', facts: { service: 'api' } })
  expect(caught.stack).toContain('restartTheApi')
  expect(caught.stack).toContain('last log lines')
})

test('a call that takes too long is cancelled and rejects with TIMEOUT', async () => {
  const { caller, next, nextCall } = await fixture()
  const call = caller.call('ps', {}, { timeoutMs: 5, what: 'the look' })
  const [{ id }] = await Promise.all([
    nextCall(),
    expect(call).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('the look took longer than 5 ms'),
    }),
  ])
  expect(await next()).toEqual({ cancel: id })
})

test('a signal aborts a call before or after it was sent', async () => {
  const { caller, next, nextCall } = await fixture()
  const reason = new Error('enough')
  await expect(caller.call('ps', {}, { signal: AbortSignal.abort(reason) })).rejects.toMatchObject({
    code: 'ABORTED',
    cause: reason,
  })
  const stop = new AbortController()
  const call = caller.call('ps', {}, { signal: stop.signal })
  const { id } = await nextCall()
  stop.abort(reason)
  await expect(call).rejects.toMatchObject({ code: 'ABORTED', cause: reason })
  expect(await next()).toEqual({ cancel: id })
})

test('the late answer to an abandoned call goes to its undo handler', async () => {
  const { caller, line, nextCall } = await fixture()
  const late = Promise.withResolvers<unknown>()
  const call = caller.call('ps', {}, { timeoutMs: 1, late: late.resolve })
  // Looked at from the start: on a busy machine its time is up before the other side has read the call.
  const [{ id }] = await Promise.all([
    nextCall(),
    expect(call).rejects.toMatchObject({ code: 'TIMEOUT' }),
  ])
  line.send({ id, result: 'too late' as never })
  expect(await late.promise).toBe('too late')
})

test('pending and later calls reject when the supervisor goes', async () => {
  const { caller, other, nextCall } = await fixture()
  let called = 0
  caller.onGone(() => void called++)
  const unsubscribed = caller.onGone(() => void called++)
  unsubscribed[Symbol.dispose]()
  const calls = [caller.call('ps', {}), caller.call('ps', {})]
  await nextCall()
  expect(caller.gone).toBe(false)
  other.destroy()
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'SUPERVISOR_GONE' })
  expect(await caller.closed).toEqual({ expected: false })
  expect(caller.gone).toBe(true)
  expect(called).toBe(1)
  await expect(caller.call('ps', {})).rejects.toMatchObject({ code: 'SUPERVISOR_GONE' })
})

test('closing the connection is an expected end', async () => {
  const { caller } = await fixture()
  caller.close()
  expect(await caller.closed).toEqual({ expected: true })
})

test('listeners are called for their notifications until they are disposed', async () => {
  const { caller, line, nextCall } = await fixture()
  const heard: unknown[] = []
  const listening = caller.on('log', (log) => heard.push(log))
  line.send({ notify: 'progress', params: { kind: 'lane' } })
  line.send({ notify: 'log', params: { lane: 'lane_1', service: 'api' } })
  const roundTrip = async () => {
    const call = caller.call('ps', {})
    line.send({ id: (await nextCall()).id, result: null })
    await call
  }
  await roundTrip()
  listening[Symbol.dispose]()
  line.send({ notify: 'log', params: { lane: 'lane_1', service: 'web' } })
  await roundTrip()
  expect(heard).toEqual([{ lane: 'lane_1', service: 'api' }])
})

test('pending calls and holds keep the process alive, an idle connection does not', async () => {
  const { caller, socket, line, nextCall } = await fixture()
  const call = caller.call('ps', {})
  expect(isHeld(socket)).toBe(true)
  line.send({ id: (await nextCall()).id, result: null })
  await call
  expect(isHeld(socket)).toBe(false)
  const [one, two] = [caller.hold(), caller.hold()]
  expect(isHeld(socket)).toBe(true)
  one[Symbol.dispose]()
  one[Symbol.dispose]()
  expect(isHeld(socket)).toBe(true)
  two[Symbol.dispose]()
  expect(isHeld(socket)).toBe(false)
})

test('an aborted call leaves no timer that keeps the process alive', async () => {
  const { caller, socket, nextCall } = await fixture()
  // Only those of the caller: the test runner has timers of its own.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const stop = new AbortController()
  const call = caller.call('ps', {}, { signal: stop.signal, timeoutMs: 60_000 })
  await nextCall()
  expect(vi.getTimerCount()).toBe(1)
  stop.abort()
  await expect(call).rejects.toMatchObject({ code: 'ABORTED' })
  expect(vi.getTimerCount()).toBe(0)
  expect(isHeld(socket)).toBe(false)
})

test('the limit of a call stands still while a debugger is paused', async () => {
  const { caller, nextCall } = await fixture()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const ended = vi.fn()
  const suspended = waitClock.suspend('a test')
  const call = caller.call('ps', {}, { timeoutMs: 1_000 })
  call.catch(ended)
  await nextCall()
  await vi.advanceTimersByTimeAsync(90_000)
  expect(ended).not.toHaveBeenCalled()
  suspended[Symbol.dispose]()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(ended).toHaveBeenCalledOnce()
  await expect(call).rejects.toMatchObject({ code: 'TIMEOUT' })
})
