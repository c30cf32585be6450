import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { PortHandle } from '../../define/handle.ts'
import type { ServiceView } from '../../model/service-view.ts'
import { parentIdOf, traceIdOf } from '../../trace/event/trace-context.ts'
import { LaneLink } from '../lane/lane-link.ts'
import { createMemoryRecord } from '../record/memory-record.ts'
import type { Caller } from '../session/caller.ts'
import type { Session } from '../session/connect.ts'
import { createServiceHandle } from './service-handle.ts'

/** A handle of a service whose port `http` is a server of this test; `state` is what the supervisor says of it. */
const fixture = async (listener: RequestListener, state: Partial<ServiceView> = {}) => {
  const server = createServer(listener)
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const end = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(end)
  const { port } = server.address() as AddressInfo
  const view: ServiceView = {
    name: 'api',
    state: 'ready',
    outputs: {
      'http.host': '127.0.0.1',
      'http.port': String(port),
      'http.url': `http://127.0.0.1:${port}`,
      'sql.url': `postgres://127.0.0.1:${port}`,
    },
    env: {},
    logLane: 'lane_1',
    logName: 'api',
  }
  const call = async (method: string) =>
    method === 'ps' ? { lanes: [{ lane: 'lane_1', services: [{ ...view, ...state }] }] } : {}
  const session = { caller: { call } as unknown as Caller, facts: { folder: '/run' } } as Session
  const record = createMemoryRecord()
  record.test = 'abc#0'
  const link = new LaneLink(session, record, { lane: 'lane_1', services: [view], logsAfter: 0 })
  const definition = { ports: { http: 80, sql: 5432, other: 81 } }
  const api = createServiceHandle(link, 'api', definition, async () => {}) as Readonly<
    Record<'http' | 'sql' | 'other', PortHandle>
  >
  return { api, record, end, port, url: `http://127.0.0.1:${port}` }
}

const echo: RequestListener = (request, response) => {
  response.end(JSON.stringify({ url: request.url, ...request.headers }))
}

test('fetch sends a request to the port, with the trace id of the test', async () => {
  const { api, record } = await fixture(echo)
  const response = await api.http.fetch('/a?b=1', { headers: { 'x-own': 'c' } })
  const { url, traceparent, 'x-own': own } = (await response.json()) as Record<string, string>
  expect({ url, own }).toEqual({ url: '/a?b=1', own: 'c' })
  const span = record.written[0]?.i as string
  expect(traceparent).toBe(`00-${traceIdOf('abc#0')}-${parentIdOf(span)}-01`)
})

test('a fetch outside of tests begins a trace of its own, and a traceparent of the caller stays', async () => {
  const { api, record } = await fixture(echo)
  ;(record as { test: string | undefined }).test = undefined
  const traceOf = async (init?: RequestInit) =>
    ((await (await api.http.fetch('/', init)).json()) as Record<string, string>).traceparent
  expect(await traceOf()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  expect(await traceOf({ headers: { traceparent: 'mine' } })).toBe('mine')
})

test('the record has method, path, status and sizes of a fetch, and neither bodies nor headers', async () => {
  const { api, record } = await fixture((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/charges' }).end()
    else response.writeHead(201, { 'content-length': 7 }).end('created')
  })
  const headers = { authorization: 'Bearer x' }
  await api.http.fetch('/charges?x=1', { method: 'post', body: 'übung', headers })
  await api.http.fetch('/moved')
  expect(record.written).toMatchObject([
    {
      k: 'call.start',
      x: 'abc#0',
      l: 'lane_1',
      s: 'api',
      method: 'http.fetch',
      http: { method: 'POST', path: '/charges?x=1' },
    },
    { k: 'call.end', status: 'done', http: { status: 201, sent: 6, received: 7 } },
    { k: 'call.start', http: { method: 'GET', path: '/moved' } },
    { k: 'call.end', http: { status: 201, redirected: expect.stringMatching(/\/charges$/) } },
  ])
  expect(JSON.stringify(record.written)).not.toMatch(/Bearer|übung|created/)
})

test('a path may be a URL of the same server; one of another is refused, and nothing is sent', async () => {
  let requests = 0
  const { api, url } = await fixture((_, response) => {
    requests++
    response.end()
  })
  for (const path of ['/', 'x', '?a=1', `${url}/y`, new URL('/z', url)])
    expect((await api.http.fetch(path)).status).toBe(200)
  expect(requests).toBe(5)
  for (const path of ['http://example.test/x', '//example.test/x', 'https://127.0.0.1', 'http://'])
    await expect(api.http.fetch(path)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' })
  await expect(api.http.fetch('http://example.test/x')).rejects.toMatchObject({
    summary: `invalid argument of api.http.fetch: path is at http://example.test, but api at ${url}`,
  })
  const wrong: readonly (readonly [path: unknown, init?: unknown])[] = [
    [7],
    ['/', 7],
    ['/', { method: 'GET', body: 'x' }],
    ['/', { method: 'a b' }],
  ]
  for (const [path, init] of wrong)
    await expect(api.http.fetch(path as never, init as never)).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
    })
  expect(requests).toBe(5)
})

test('a port that is not HTTP, and one without an address, are refused', async () => {
  const { api } = await fixture(echo)
  await expect(api.sql.fetch('/')).rejects.toMatchObject({
    code: 'ARGUMENT_INVALID',
    summary: expect.stringContaining('port sql speaks postgres, not HTTP'),
  })
  await expect(api.other.fetch('/')).rejects.toMatchObject({ code: 'SERVICE_NOT_STARTED' })
})

test('the error of a refused connection names the service, its state, and the cause', async () => {
  const { api, record, end, port } = await fixture(echo, { state: 'exited', exitCode: 3 })
  await end()
  await expect(api.http.fetch('/health')).rejects.toMatchObject({
    code: 'SERVICE_CLIENT_FAILED',
    summary: `api does not answer GET /health: connect ECONNREFUSED 127.0.0.1:${port}; api exited with code 3`,
    facts: { service: 'api', state: 'exited', exitCode: 3, reason: 'ECONNREFUSED' },
  })
  expect(record.written.at(-1)).toMatchObject({
    k: 'call.end',
    status: 'failed',
    error: { code: 'SERVICE_CLIENT_FAILED' },
  })
})

test('the error of a redirect to a name inside the lane says so', async () => {
  const { api } = await fixture((_, response) => {
    response.writeHead(302, { location: 'http://db.invalid:3000/' }).end()
  })
  await expect(api.http.fetch('/')).rejects.toMatchObject({
    code: 'SERVICE_CLIENT_FAILED',
    remedy: expect.stringContaining(
      "pass { redirect: 'manual' }: the response redirects to db.invalid",
    ),
  })
  expect((await api.http.fetch('/', { redirect: 'manual' })).status).toBe(302)
})

test('a signal ends a fetch with its own reason', async () => {
  const { api, record } = await fixture(() => {})
  const abort = new AbortController()
  const aborted = api.http.fetch('/', { signal: abort.signal })
  const reason = new Error('enough')
  abort.abort(reason)
  await expect(aborted).rejects.toBe(reason)
  await expect(api.http.fetch('/', { signal: AbortSignal.timeout(5) })).rejects.toMatchObject({
    name: 'TimeoutError',
  })
  expect(record.written.at(-1)).toMatchObject({ k: 'call.end', status: 'timeout' })
})
