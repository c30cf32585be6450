import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngineApi, type Dialer, type EngineApi } from './engine-api.ts'
import { ApiFailure } from './errors.ts'

interface Heard {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly body: string
}

/** Requests as sent, which a real engine does not show. */
const heard: Heard[] = []
const server = createServer(async (request, response) => {
  const body = Buffer.concat(await Array.fromAsync(request)).toString()
  heard.push({ method: request.method, url: request.url, body })
  if (request.url?.startsWith('/refused')) {
    response.writeHead(409, { 'content-type': 'application/json' })
    response.end('{"message":"it is - so to speak - not running"}')
  } else {
    response.end('{"Id":"x"}')
  }
})

let folder: string
let api: EngineApi

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesocosm-api-'))
  const socketPath = join(folder, 'engine.sock')
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  const { modem } = new Docker({ host: undefined, socketPath } as object)
  api = createEngineApi(modem as Dialer, `unix://${socketPath}`)
})
afterAll(async () => {
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
