import { expect, test } from 'vitest'
import type { LaneView, ServiceView } from '../../model/service-view.ts'
import { LaneLink } from '../lane/lane-link.ts'
import { createMemoryRecord } from '../record/memory-record.ts'
import type { Caller, CallOptions } from '../session/caller.ts'
import type { Session } from '../session/connect.ts'
import { createBaseHandle } from './base-handle.ts'

const view = (more: Partial<ServiceView> = {}): LaneView => ({
  lane: 'lane_1',
  services: [
    {
      name: 'api',
      state: 'ready',
      outputs: { host: '127.0.0.1', port: '4321' },
      env: {},
      logLane: 'lane_1',
      logName: 'api',
      ...more,
    },
  ],
})

type Asked = [method: string, params: Readonly<Record<string, unknown>>, options: CallOptions]

/** A handle over a supervisor that answers as the test says. */
const fixture = (answer: (method: string, count: number) => unknown = () => undefined) => {
  const asked: Asked[] = []
  const call = async (method: string, params: object, options: CallOptions = {}) => {
    asked.push([method, params as Asked[1], options])
    const result = answer(method, asked.length)
    if (result instanceof Error) throw result
    return result ?? (method === 'setEnv' ? { id: 7, view: view() } : view())
  }
  const session = { caller: { call } as unknown as Caller, facts: { folder: '/run' } } as Session
  const record = createMemoryRecord()
  const link = new LaneLink(session, record, { ...view(), logsAfter: 0 })
  const handle = createBaseHandle(link, 'api', async () => {})
  return { handle, link, record, asked, methods: () => asked.map(([method]) => method) }
}

test('host and port are those of the first port in the latest view', () => {
  const { handle, link } = fixture()
  expect([handle.host, handle.port]).toEqual(['127.0.0.1', 4321])
  link.see(view({ outputs: {}, state: 'unstarted' }))
  expect(() => handle.port).toThrow(/api.port is not known: api was not started in lane lane_1/)
})

test('an address that is missing says why', () => {
  const { handle, link } = fixture()
  link.see(view({ outputs: {}, state: 'exited', exitCode: 4 }))
  expect(() => handle.host).toThrow(
    expect.objectContaining({
      code: 'SERVICE_NOT_STARTED',
      message: expect.stringContaining('api.host is not known: api exited with code 4'),
      remedy: expect.stringContaining('api.logs.text()'),
      facts: { service: 'api', lane: 'lane_1', output: 'host', exitCode: 4 },
    }),
  )
  link.see(view({ outputs: {} }))
  expect(() => handle.host).toThrow(/the service has no such port/)
  link.see({ lane: 'lane_1', services: [], gone: ['api'] })
  expect(() => handle.host).toThrow(/lane lane_1 has no api any more/)
})

test('environment values are sent as strings, and undefined as null', async () => {
  const { handle, asked } = fixture()
  await handle.setEnv({ A: 1, B: true, C: 'c', D: undefined })
  expect(asked[0]?.[1]).toMatchObject({
    service: 'api',
    patch: { A: '1', B: 'true', C: 'c', D: null },
    stacked: false,
    dependents: false,
  })
})

test('withEnv restores the environment once when its result is disposed', async () => {
  const { handle, asked, methods } = fixture()
  const change = await handle.withEnv({ A: '1' }, { restart: 'dependents' })
  expect(methods()).toEqual(['setEnv'])
  await change[Symbol.asyncDispose]()
  await change[Symbol.asyncDispose]()
  expect(methods()).toEqual(['setEnv', 'dropEnv'])
  expect(asked[1]?.[1]).toMatchObject({ id: 7, dependents: true })
})

test('withEnv with a callback restores the environment and returns the result of the callback', async () => {
  const { handle, methods } = fixture()
  const seen: string[][] = []
  const result = await handle.withEnv({ A: '1' }, async () => {
    seen.push(methods())
    return 'result'
  })
  expect(result).toBe('result')
  expect(seen).toEqual([['setEnv']])
  expect(methods()).toEqual(['setEnv', 'dropEnv'])
})

test('withEnv throws the error of its callback, with a failed restore attached', async () => {
  const failure = new Error('not ready again')
  const { handle, methods } = fixture((method) => (method === 'dropEnv' ? failure : undefined))
  const thrown = new Error('expected 200, got 500')
  await expect(
    handle.withEnv({ A: '1' }, () => {
      throw thrown
    }),
  ).rejects.toBe(thrown)
  expect(thrown.cause).toBe(failure)
  expect(methods()).toEqual(['setEnv', 'dropEnv'])
})

test('withEnv throws a failed restore', async () => {
  const failure = new Error('not ready again')
  const { handle } = fixture((method) => (method === 'dropEnv' ? failure : undefined))
  await expect(handle.withEnv({ A: '1' }, () => 'fine')).rejects.toBe(failure)
})

test('a failed withEnv restores nothing', async () => {
  const { handle, methods } = fixture(() => new Error('not ready'))
  let used = false
  await expect(
    handle.withEnv({ A: '1' }, () => {
      used = true
    }),
  ).rejects.toThrow('not ready')
  expect(used).toBe(false)
  expect(methods()).toEqual(['setEnv'])
})

test('an environment change that is answered after its timeout is undone', async () => {
  const { handle, asked, methods } = fixture()
  await handle.setEnv({ A: '1' })
  asked[0]?.[2].late?.({ id: 7, view: view() })
  expect(methods()).toEqual(['setEnv', 'dropEnv'])
})

test('withEnv restores nothing in a released lane', async () => {
  const { handle, link, methods } = fixture()
  const change = await handle.withEnv({ A: '1' })
  link.released = true
  await change[Symbol.asyncDispose]()
  expect(methods()).toEqual(['setEnv'])
  await expect(handle.stop()).rejects.toMatchObject({ code: 'LANE_RELEASED' })
})

test('kept connections are closed once before a service stops', async () => {
  const { handle, link, methods } = fixture()
  const order: string[] = []
  link.onRelease('api', async () => void order.push(`closed after ${methods().length} calls`))
  link.onRelease('db', async () => void order.push('not mine'))
  await handle.stop()
  await handle.restart()
  expect(order).toEqual(['closed after 0 calls'])
})

test('grace, timeout and signal are passed on with the call', async () => {
  const { handle, asked } = fixture()
  const { signal } = new AbortController()
  await handle.stop({ graceMs: 5, timeoutMs: 10, signal })
  await handle.kill()
  await handle.run(['ls'], { cwd: '/', timeoutMs: 3, signal })
  expect(asked).toMatchObject([
    ['stop', { service: 'api', graceMs: 5 }, { timeoutMs: 10, signal, what: 'the stop of api' }],
    ['kill', { signal: 'SIGKILL' }, {}],
    ['exec', { request: { argv: ['ls'], cwd: '/' }, timeoutMs: 3 }, { signal }],
  ])
})
