import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createEngineApi, type Dialer, type EngineApi } from './engine-api.ts'
import { ApiFailure, engineError } from './errors.ts'
import type { Patience } from './patience.ts'

interface Heard {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly body: string
}

/** Requests as sent, which a real engine does not show. */
const heard: Heard[] = []
/** `sent` by the client, `count`ed by the server, which a loaded machine may let see one too late. */
const pings = { sent: 0, count: 0, answered: true }
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await Array.fromAsync(request)).toString()
  heard.push({ method: request.method, url: request.url, body })
  if (request.url?.startsWith('/silent')) return
  if (request.url === '/_ping') {
    pings.count += 1
    if (pings.answered) response.end('OK')
    return
  }
  if (request.url?.startsWith('/truncated')) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
    response.write('{"Id":', () => response.destroy())
    return
  }
  if (request.url?.startsWith('/idle')) {
    response.write('first', () => undefined)
    return
  }
  if (request.url?.startsWith('/refused')) {
    response.writeHead(409, { 'content-type': 'application/json' })
    response.end('{"message":"it is - so to speak - not running"}')
  } else {
    response.end('{"Id":"x"}')
  }
})

let folder: string
let api: EngineApi
/** Gives up early. */
/** Its calls have short limits. */
let hasty: EngineApi
/** Pings at once, and gives up soon. */
let doubting: EngineApi
/** Pings at once, and waits for the answers. */
let trusting: EngineApi

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesocosm-api-'))
  const socketPath = join(folder, 'engine.sock')
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  const { modem } = new Docker({ host: undefined, socketPath } as object)
  api = createEngineApi(modem as Dialer, `unix://${socketPath}`)
  const counting: Dialer = {
    dial(options, callback) {
      if ((options as { path?: string }).path === '/_ping') pings.sent += 1
      ;(modem as Dialer).dial(options, callback)
    },
  }
  const impatient = (patience: Partial<Patience>) =>
    createEngineApi(counting, `unix://${socketPath}`, patience)
  hasty = impatient({ readMs: 20, changeMs: 30, longMs: 40 })
  doubting = impatient({ idleMs: 5, pingMs: 20 })
  // A loaded machine may take its time for the answer to a ping.
  trusting = impatient({ idleMs: 5 })
})
beforeEach(() => {
  Object.assign(pings, { sent: 0, count: 0, answered: true })
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

test('a call keeps its body out of the URL, which may be logged', async () => {
  const request = { query: { name: 'api' }, body: { Env: ['PASSWORD=secret'] } }
  expect(await api.json('POST', '/containers/create', request)).toEqual({ Id: 'x' })
  expect(heard.at(-1)).toEqual({
    method: 'POST',
    url: '/containers/create?name=api',
    body: '{"Env":["PASSWORD=secret"]}',
  })
})

test('a query has objects as JSON, arrays as repeated keys, and no undefined values', async () => {
  await api.json('GET', '/x', { query: { filters: { a: ['b'] }, t: ['1', '2'], not: undefined } })
  expect(heard.at(-1)?.url).toBe(`/x?filters=${encodeURIComponent('{"a":["b"]}')}&t=1&t=2`)
})

test('a call without query and body sends neither', async () => {
  await api.json('POST', '/containers/x/start')
  expect(heard.at(-1)).toEqual({ method: 'POST', url: '/containers/x/start', body: '' })
})

test.each(['json', 'stream'] as const)(
  'a refused %s call throws the engine’s message',
  async (how) => {
    const failure = await api[how]('POST', '/refused').catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(ApiFailure)
    expect(failure).toMatchObject({ status: 409, detail: 'it is - so to speak - not running' })
  },
)

const caught = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

test.each<[string, () => Promise<unknown>, number]>([
  ['a read', () => hasty.json('GET', '/silent'), 20],
  ['a change', () => hasty.json('DELETE', '/silent/x'), 30],
  ['an upload', () => hasty.json('PUT', '/silent', { file: Buffer.from('tar') }), 40],
  ['a stream', () => hasty.stream('GET', '/silent'), 20],
  ['a two-way connection', () => hasty.hijack('/silent'), 30],
])('%s that is never answered ends with the call and the limit', async (_, call, timeoutMs) => {
  const error = engineError(await caught(call()), 'x could not be done', { service: 'api' })
  expect(error).toMatchObject({
    code: 'ENGINE_FAILED',
    remedy: expect.any(String),
    facts: { service: 'api', call: expect.stringMatching(/ \/silent/), timeoutMs },
  })
  expect(error.summary).toMatch(/^x could not be done: the engine did not answer .* within \d+ ms$/)
})

test('a pull may take any time while the engine answers pings', async () => {
  const stop = new AbortController()
  const pull = caught(trusting.stream('POST', '/silent', { long: true, signal: stop.signal }))
  while (pings.count < 10) await new Promise(setImmediate)
  stop.abort()
  expect(await pull).toMatchObject({ name: 'AbortError' })
})

test.each<[string, () => Promise<unknown>]>([
  ['a pull', () => doubting.stream('POST', '/silent', { long: true })],
  [
    'an idle stream',
    async () => {
      for await (const _ of await doubting.stream('GET', '/idle'));
    },
  ],
])('%s ends with ENGINE_GONE when the engine answers no pings', async (_, call) => {
  pings.answered = false
  expect(await caught(call())).toMatchObject({ code: 'ENGINE_GONE' })
  expect(pings.sent).toBeGreaterThanOrEqual(3)
})

test('an idle stream stays open while the engine answers pings', async () => {
  const stream = await trusting.stream('GET', '/idle')
  while (pings.count < 10) await new Promise(setImmediate)
  expect(stream.destroyed).toBe(false)
  stream.destroy()
})

test('an answer that is cut off fails its call', async () => {
  expect(await caught(api.json('GET', '/truncated'))).toMatchObject({ code: 'ENGINE_GONE' })
})

test('a caller that aborts ends its call at once', async () => {
  const stop = new AbortController()
  const call = caught(api.json('GET', '/silent', { signal: stop.signal }))
  stop.abort()
  expect(await call).toMatchObject({ name: 'AbortError' })
})
