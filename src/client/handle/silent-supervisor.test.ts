import { type AddressInfo, connect, createServer } from 'node:net'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import type { BaseHandle, WaitOptions } from '../../define/handle.ts'
import { createLineSocket } from '../../protocol/line-socket.ts'
import type { LeasedView } from '../../protocol/methods.ts'
import { LaneLink } from '../lane/lane-link.ts'
import { createMemoryRecord } from '../record/memory-record.ts'
import { createCaller } from '../session/caller.ts'
import type { Session } from '../session/connect.ts'
import { createBaseHandle } from './base-handle.ts'

/*
 * A supervisor that accepts calls and does not answer them, as one that is stopped, or waits for its engine. The
 * caller's time must be kept without it.
 */

afterEach(() => void vi.useRealTimers())

const view: LeasedView = {
  logsAfter: 0,
  lane: 'lane_1',
  services: [
    { name: 'api', state: 'ready', outputs: {}, env: {}, logLane: 'lane_1', logName: 'api' },
  ],
}

/** A handle over a real connection, whose other side answers only what the test says. */
const fixture = async (answers: Readonly<Record<string, unknown>> = {}) => {
  const heard: string[] = []
  const server = createServer((socket) => {
    const line = createLineSocket(socket, {
      message(message) {
        if ('cancel' in message) heard.push('cancel')
        if (!('method' in message)) return
        heard.push(message.method)
        const result = answers[message.method]
        if (result !== undefined) line.send({ id: message.id, result })
      },
      close: () => {},
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  onTestFinished(() => {
    socket.destroy()
    server.close()
  })
  const caller = createCaller(socket)
  const session = { caller, facts: { folder: '/missing' } } as Session
  const link = new LaneLink(session, createMemoryRecord(), view)
  return { handle: createBaseHandle(link, 'api', async () => {}), heard }
}

type Wait = (handle: BaseHandle<never>, options: WaitOptions) => Promise<unknown>

const waits: readonly (readonly [string, Wait, string])[] = [
  ['setEnv', (handle, options) => handle.setEnv({} as never, options), 'TIMEOUT'],
  ['withEnv', (handle, options) => handle.withEnv({} as never, options), 'TIMEOUT'],
  ['restart', (handle, options) => handle.restart(options), 'TIMEOUT'],
  ['stop', (handle, options) => handle.stop(options), 'TIMEOUT'],
  ['start', (handle, options) => handle.start(options), 'TIMEOUT'],
  ['kill', (handle, options) => handle.kill('SIGTERM', options), 'TIMEOUT'],
  ['pause', (handle, options) => handle.pause(options), 'TIMEOUT'],
  ['unpause', (handle, options) => handle.unpause(options), 'TIMEOUT'],
  ['run', (handle, options) => handle.run(['true'], options), 'TIMEOUT'],
  ['logs.waitFor', (handle, options) => handle.logs.waitFor('x', options), 'LOG_TIMEOUT'],
]

test.each(waits)('%s keeps its timeoutMs although nothing answers', async (_, wait, code) => {
  const { handle, heard } = await fixture()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const waiting = wait(handle as never, { timeoutMs: 1_000 })
  waiting.catch(() => {})
  while (heard.length === 0) await new Promise(setImmediate)
  // 8 s more are for a program that is killed.
  await vi.advanceTimersByTimeAsync(10_000)
  await expect(waiting).rejects.toMatchObject({ code })
  while (!heard.includes('cancel')) await new Promise(setImmediate)
})

test.each(waits)(
  '%s ends at once when its caller aborts, although nothing answers',
  async (_, wait) => {
    const { handle, heard } = await fixture()
    const stop = new AbortController()
    const waiting = wait(handle as never, { timeoutMs: 600_000, signal: stop.signal })
    waiting.catch(() => {})
    while (heard.length === 0) await new Promise(setImmediate)
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' })
  },
)

test('the way back of withEnv keeps the timeoutMs of the change', async () => {
  const { handle, heard } = await fixture({ setEnv: { id: 1, view } })
  const change = await handle.withEnv({} as never, { timeoutMs: 1_000 })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const back = Promise.resolve(change[Symbol.asyncDispose]())
  back.catch(() => {})
  while (!heard.includes('dropEnv')) await new Promise(setImmediate)
  await vi.advanceTimersByTimeAsync(2_000)
  await expect(back).rejects.toMatchObject({
    code: 'TIMEOUT',
    message: expect.stringContaining('the restore of api'),
  })
})
