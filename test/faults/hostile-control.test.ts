import { connect, type Socket } from 'node:net'
import { defineTopology, lease } from 'mesocosm'
import { app } from '../lib/app.ts'
import { isAlive } from '../lib/child.ts'
import { controlClient } from '../lib/control-client.ts'
import { eventually } from '../lib/eventually.ts'
import { exchange, oddRequest, seeded } from '../lib/odd-requests.ts'
import type { Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

/*
 * Whatever a client of a Control API sends, the supervisor goes on: it serves other lanes and tests.
 */

const open = async ({ folder, runs, supervisorOf }: Sandbox) => {
  const lane = await lease(
    defineTopology({ name: 'hostile', root: folder, services: { api: app } }),
  )
  const control = await lane.control()
  const port = Number(new URL(control.url).port)
  const client = controlClient(control)
  const supervisor = supervisorOf(runs().at(-1) ?? '')
  return {
    lane,
    control,
    port,
    client,
    /** Whether it still works. */
    check: async () => {
      expect((await client.call('GET', '/v1/lane')).status).toBe(200)
      expect(isAlive(supervisor)).toBe(true)
    },
    /** Sends the lines of a request with the token, and returns what comes back before the connection closes. */
    raw: (lines: readonly string[], body = '') =>
      sent(
        port,
        [...lines, `Host: 127.0.0.1:${port}`, `Authorization: Bearer ${control.token}`],
        body,
      ),
    [Symbol.asyncDispose]: () => lane.release(),
  }
}

test('what is not HTTP, or smuggles a second request, is refused and its connection closed', async ({
  sandbox,
}) => {
  await using made = await open(sandbox)
  const { raw, check } = made
  const post = 'POST /v1/lane/reset HTTP/1.1'
  const smuggled = `GET /v1/lane HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`
  const refused: readonly (readonly [readonly string[], string, RegExp])[] = [
    [['NONSENSE'], '', /^HTTP\/1.1 400 /],
    [
      [post, 'Content-Length: 5', 'Transfer-Encoding: chunked'],
      `0\r\n\r\n${smuggled}`,
      /^HTTP\/1.1 400 /,
    ],
    [[post, 'Content-Length: 0', 'Content-Length: 44'], smuggled, /^HTTP\/1.1 400 /],
    [[post, 'Transfer-Encoding: chunked, identity'], smuggled, /^HTTP\/1.1 400 /],
    [[post, 'Transfer-Encoding : chunked'], smuggled, /^HTTP\/1.1 400 /],
    [[post, 'X: a\rb'], '', /^HTTP\/1.1 400 /],
    [['GET /v1/lane HTTP/1.1', 'Host: 127.0.0.1:1'], '', /^HTTP\/1.1 (400|403) /],
    [[`GET /${'x'.repeat(20_000)} HTTP/1.1`], '', /^HTTP\/1.1 431 /],
    [['GET /v1/lane HTTP/1.1', `X: ${'x'.repeat(20_000)}`], '', /^HTTP\/1.1 431 /],
    [
      [post, 'Content-Type: application/json', 'Transfer-Encoding: chunked'],
      'zz\r\n',
      /^HTTP\/1.1 400 /,
    ],
    [[post, 'Content-Type: application/json', 'Content-Length: 99999999'], '{', /^HTTP\/1.1 413 /],
    [[post, 'Content-Type: text/plain', 'Content-Length: 2'], '{}', /^HTTP\/1.1 415 /],
    [
      [post, 'Content-Type: application/json', 'Content-Encoding: gzip', 'Content-Length: 2'],
      '{}',
      /^HTTP\/1.1 415 /,
    ],
    [['CONNECT example.org:80 HTTP/1.1'], '', /^$/],
    [['PRI * HTTP/2.0'], 'SM\r\n\r\n', /^(HTTP\/1.1 (400|505) |$)/],
  ]
  for (const [lines, body, expected] of refused) {
    const answer = await raw(lines, body)
    expect(answer, lines.join(' | ').slice(0, 200)).toMatch(expected)
    expect(answer.match(/HTTP\/1\.1 \d/g)?.length ?? 0, answer).toBeLessThanOrEqual(1)
  }
  await check()
})

test('bodies that are broken, deep, long or name prototypes are refused', async ({ sandbox }) => {
  await using made = await open(sandbox)
  const { client, check } = made
  const post = async (body: string | Uint8Array<ArrayBuffer>, path = '/v1/services/api/exec') => {
    const response = await client.ask(path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    return { status: response.status, ...((await response.json()) as { code: string }) }
  }
  for (const body of ['{', 'nul', '[1,]', "{'a':1}", '{"a":1}x', '"\ud800'])
    expect(await post(body), body).toMatchObject({ status: 400, code: 'REQUEST_INVALID' })
  for (const body of ['null', '[]', '1', '"x"', 'true'])
    expect(await post(body), body).toMatchObject({ status: 400, code: 'ARGUMENT_INVALID' })
  expect(await post(new Uint8Array([0xff, 0xfe]))).toMatchObject({ status: 400 })
  expect(await post('['.repeat(1_000_000))).toMatchObject({ status: 400, code: 'REQUEST_INVALID' })
  expect(await post('{"a":'.repeat(1_000_000))).toMatchObject({ status: 400 })
  expect(await post(JSON.stringify({ argv: ['x'.repeat(9_000_000)] }))).toMatchObject({
    status: 413,
  })
  for (const key of ['__proto__', '\\u005f_proto__'])
    expect(await post(`{"argv":["true"],"env":{"${key}":"x"}}`)).toMatchObject({ status: 400 })
  for (const key of ['constructor', 'prototype', 'toString', 'hasOwnProperty'])
    expect(await post(`{"argv":["true"],"${key}":{}}`)).toMatchObject({
      status: 400,
      code: 'ARGUMENT_INVALID',
    })
  for (const name of ['__proto__', 'constructor', 'toString', '..', '%2e%2e', '%00', 'a%2Fb'])
    expect(await post('{"argv":["true"]}', `/v1/services/${name}/exec`), name).toMatchObject({
      status: 404,
    })
  const command = { command: '__proto__', args: [] }
  expect(await post(JSON.stringify(command))).toMatchObject({ code: 'EXEC_NOT_FOUND' })
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  await check()
})

test('a wrong token, a page and a foreign host name are refused without a hint', async ({
  sandbox,
}) => {
  await using made = await open(sandbox)
  const { client, control, check } = made
  const status = async (headers: Record<string, string>, method = 'GET') =>
    (await client.ask('/v1/lane', { headers, method })).status
  const wrong = [
    ...['', 'Bearer', 'Bearer x', `Basic ${control.token}`, `Bearer ${control.token}x`],
    `Bearer ${control.token.slice(1)}`,
  ]
  for (const authorization of wrong) expect(await status({ authorization })).toBe(401)
  const denied = await client.ask('/v1/lane', { headers: { authorization: 'Bearer x' } })
  expect(denied.headers.get('www-authenticate')).toMatch(/^Bearer/)
  expect(await denied.text()).not.toContain(control.token)
  const page = await client.ask('/v1/lane', { headers: { origin: 'https://evil.test' } })
  expect(page.status).toBe(403)
  expect([...page.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  const preflight = await client.ask('/v1/lane', { method: 'OPTIONS' })
  expect(preflight.status).toBe(405)
  expect(preflight.headers.get('allow')).toBe('GET')
  const rebound = await sent(made.port, [
    'GET /v1/lane HTTP/1.1',
    `Host: evil.test:${made.port}`,
    `Authorization: Bearer ${control.token}`,
  ])
  expect(rebound).toMatch(/^HTTP\/1.1 403 /)
  await check()
})

test('700 requests at once are all answered, and half-open connections hold up no other', async ({
  sandbox,
}) => {
  await using made = await open(sandbox)
  const { client, port, control, check } = made
  const sockets: Socket[] = []
  for (let count = 0; count < 200; count++) {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => {}).resume()
    // The head of a request that never ends, a body that never comes, or nothing.
    if (count % 3 === 0) socket.write('GET /v1/lane HTTP/1.1\r\nHost: ')
    if (count % 3 === 1)
      socket.write(
        `POST /v1/lane/reset HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${control.token}\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{`,
      )
    sockets.push(socket)
  }
  const wave = await Promise.all(
    Array.from({ length: 700 }, async (_, index) => {
      const response =
        index % 2 === 0
          ? await client.ask('/v1/lane')
          : await client.ask('/v1/services/api/exec', {
              method: 'POST',
              body: '{"argv":["true"]}',
              headers: { 'content-type': 'application/json' },
            })
      await response.arrayBuffer()
      return response.status
    }),
  )
  expect(wave).toHaveLength(700)
  expect(new Set([...wave, 200, 429])).toEqual(new Set([200, 429]))
  // Those that are half-open are closed in time.
  await eventually(() => expect(sockets.filter(({ closed }) => !closed).length).toBe(0))
  await check()
})

test('a client that never reads ends with its own connection', async ({ sandbox }) => {
  await using made = await open(sandbox)
  const { port, control, client, check } = made
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => {})
  socket.pause()
  socket.write(
    `GET /v1/services/api/logs?follow=1 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${control.token}\r\n\r\n`,
  )
  // More output than buffers on the way can hold.
  const flood = [
    'sh',
    '-c',
    'yes 0123456789012345678901234567890123456789 | head -c 20000000 > /proc/1/fd/1',
  ]
  await client.call('POST', '/v1/services/api/exec', { argv: flood, timeoutMs: 60_000 })
  await check()
  socket.resetAndDestroy()
  await check()
})

test('odd requests in any order are answered or closed', async ({ sandbox }) => {
  await using made = await open(sandbox)
  const { port, check } = made
  const random = seeded(7)
  const paths = [
    '/v1/lane',
    '/v1/tests/',
    '/v1/services/api',
    '/v1/services/api/env',
    '/v1/openapi.json',
  ]
  const server = { port, check }
  for (let round = 0; round < 300; round++) await exchange(server, oddRequest(random, paths))
  await check()
})

// ---

const sent = (port: number, lines: readonly string[], body = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' })
    let received = ''
    socket.setTimeout(30_000, () => socket.destroy(new Error(`no answer to ${lines[0]}`)))
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1')
    })
    socket.on('error', (error) =>
      'code' in error && error.code === 'ECONNRESET' ? resolve(received) : reject(error),
    )
    socket.on('close', () => resolve(received))
    socket.write(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n${body}`)
  })
