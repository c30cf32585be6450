import { mkdtemp, rm, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { http, ids, scene } from '../test-scene.ts'
import { GuardServer } from './guard-server.ts'

/** What a stand-in for the engine has received. */
interface Received {
  readonly line: string
  readonly fields: IncomingMessage['headers']
  readonly body: string
}

/** Starts a guard before a stand-in for the engine, which ends with the test. */
const open = async (answers: Readonly<Record<string, readonly [status: number, body: string]>>) => {
  const folder = await mkdtemp(join(tmpdir(), 'guard-'))
  const received: Received[] = []
  const engine = createServer(async (request, response) => {
    const parts = await Array.fromAsync(request as AsyncIterable<Buffer>).catch(() => undefined)
    if (parts === undefined) return
    const line = `${request.method} ${request.url}`
    received.push({ line, fields: request.headers, body: Buffer.concat(parts).toString() })
    const found = Object.entries(answers).find(([part]) => line.includes(part))
    const [status, body] = found?.[1] ?? [404, '{"message":"not found"}']
    if (status === 0) {
      response.write(body, () => response.destroy())
      return
    }
    response
      .writeHead(status, { 'Content-Type': 'application/json', 'Api-Version': '1.44' })
      .end(body)
  })
  const streams: Socket[] = []
  engine.on('upgrade', (request: IncomingMessage, stream: Socket) => {
    received.push({ line: `${request.method} ${request.url}`, fields: request.headers, body: '' })
    streams.push(stream)
    if (request.url?.includes(ids.writerExec))
      return stream.end('HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n{}')
    stream.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello ')
    stream.pipe(stream)
  })
  const engineSocket = join(folder, 'engine.sock')
  const path = join(folder, 'guard.sock')
  await new Promise<void>((resolve) => engine.listen(engineSocket, resolve))
  const context = scene()
  const guard = await GuardServer.listen(path, { ...context, engineSocket })
  onTestFinished(async () => {
    await guard[Symbol.asyncDispose]()
    for (const stream of streams) stream.destroy()
    engine.close()
    engine.closeAllConnections()
    await rm(folder, { recursive: true, force: true })
  })
  return { path, received, session: context.session }
}

/** Sends bytes, and returns all that comes until the other side ends. */
const exchange = async (
  path: string,
  ...parts: readonly (string | Uint8Array)[]
): Promise<string> => {
  const socket = connect(path)
  for (const part of parts) socket.write(part)
  const got = await Array.fromAsync(socket as AsyncIterable<Buffer>)
  return Buffer.concat(got).toString()
}

test('an allowed request reaches the engine rebuilt, and its answer reaches the client', async () => {
  const { path, received } = await open({ '/json': [200, '{"Id":"x"}'] })
  const answer = await exchange(
    path,
    http('GET /containers/web/json', undefined, ['X-Evil: 1', 'User-Agent: u']),
  )
  expect(answer).toMatch(
    /^HTTP\/1\.1 200 OK\r\n[\s\S]*api-version: 1\.44\r\n[\s\S]*\r\n\r\na\r\n\{"Id":"x"\}\r\n0\r\n\r\n$/,
  )
  expect(received).toEqual([
    {
      line: `GET /v1.44/containers/${ids.web}/json`,
      fields: { host: 'docker', 'user-agent': 'mesocosm-guard', connection: 'close' },
      body: '',
    },
  ])
})

test('a refused request does not reach the engine, and the answer is an error of the engine', async () => {
  const { path, received } = await open({})
  const body = { Image: 'alpine', HostConfig: { Privileged: true } }
  const answer = await exchange(path, http('POST /containers/create', body))
  expect(answer).toMatch(/^HTTP\/1\.1 403 /)
  expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toEqual({
    message: 'the container is not allowed by the guard: HostConfig.Privileged is not allowed',
  })
  expect(await exchange(path, 'GET /_ping HTTP/1.1\nHost: d\n\n')).toMatch(/^HTTP\/1\.1 400 /)
  expect(await exchange(path, http('POST /build?t=x'))).toMatch(/^HTTP\/1\.1 403 /)
  expect(received).toEqual([])
})

test('a second request on a connection is not served', async () => {
  const { path, received } = await open({ _ping: [200, 'OK'] })
  const answer = await exchange(path, http('GET /_ping') + http('POST /containers/web/kill'))
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
  expect(received).toHaveLength(1)
})

test('an answer that the engine does not complete is not complete for the client', async () => {
  const { path } = await open({ '/json': [0, '{"Id":'] })
  const answer = await exchange(path, http('GET /containers/web/json'))
  expect(answer).toMatch(/\r\n\r\n6\r\n\{"Id":\r\n$/)
})

test('what is created belongs to the session before the client has the answer', async () => {
  const id = 'c'.repeat(64)
  const { path, session, received } = await open({ create: [201, JSON.stringify({ Id: id })] })
  await exchange(path, http('POST /containers/create?name=new', { Image: 'alpine' }))
  expect(session.container('new')?.id).toBe(id)
  expect(JSON.parse(received[0]?.body ?? '').Image).toBe('docker.io/library/alpine:latest')
})

test('lists and events have only what belongs to the session', async () => {
  const event = (ID: string) => JSON.stringify({ Type: 'container', Actor: { ID } })
  const { path } = await open({
    '/containers/json': [200, JSON.stringify([{ Id: ids.web }, { Id: ids.foreign }])],
    '/events': [200, `${event(ids.foreign)}\n${event(ids.web)}\nnoise\n`],
  })
  expect(await exchange(path, http('GET /containers/json'))).toMatch(
    /\r\n\r\n\[\{"Id":"aa110*"\}\]$/,
  )
  const events = await exchange(path, http('GET /events'))
  expect(events).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Transfer-Encoding: chunked\r\n/)
  const line = `${event(ids.web)}\n`
  expect(events.slice(events.indexOf('\r\n\r\n') + 4)).toBe(
    `${line.length.toString(16)}\r\n${line}\r\n0\r\n\r\n`,
  )
})

test('a network is not created with a name that is the start of the id of another', async () => {
  const id = 'c'.repeat(64)
  const { path, received } = await open({
    'GET /v1.44/networks/ffffffffffff': [200, '{}'],
    'POST /v1.44/networks/create': [201, JSON.stringify({ Id: id })],
  })
  const create = (Name: string) => exchange(path, http('POST /networks/create', { Name }))
  expect(await create('ffffffffffff')).toMatch(/^HTTP\/1\.1 409 /)
  expect(received).toHaveLength(1)
  expect(await create('eeeeeeeeeeee')).toMatch(/^HTTP\/1\.1 201 /)
})

test('an archive is forwarded chunk by chunk, also after 100 Continue', async () => {
  const { path, received } = await open({ archive: [200, ''] })
  const line =
    'PUT /containers/web/archive?path=%2F HTTP/1.1\r\nHost: d\r\nContent-Type: application/x-tar\r\n'
  const chunks = [
    'Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n',
    '3\r\nabc\r\n',
    '2\r\nde\r\n0\r\n\r\n',
  ]
  const answer = await exchange(path, line, ...chunks)
  expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
  await exchange(path, `${line}Content-Length: 3\r\n\r\nxyz`)
  expect(received.map(({ body }) => body)).toEqual(['abcde', 'xyz'])
})

test('an archive with a malformed chunk is refused, and is not complete for the engine', async () => {
  const { path, received } = await open({ archive: [200, ''] })
  const answer = await exchange(
    path,
    'PUT /containers/web/archive?path=/ HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd',
  )
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(received).toEqual([])
})

const upgrade = ['Connection: Upgrade', 'Upgrade: tcp']

test('a raw stream carries both directions after 101, with the bytes that came with the request', async () => {
  const { path } = await open({})
  const socket = connect(path)
  socket.write(`${http(`POST /exec/${ids.exec}/start`, { Tty: true }, upgrade)}early `)
  socket.end('late')
  const got = Buffer.concat(await Array.fromAsync(socket as AsyncIterable<Buffer>)).toString()
  expect(got).toMatch(/^HTTP\/1\.1 101 UPGRADED\r\n[\s\S]*\r\n\r\nhello early late$/)
})

test('what follows an upgrade that the engine refuses never reaches it', async () => {
  const { path, received } = await open({})
  const start = http(`POST /exec/${ids.writerExec}/start`, {}, upgrade)
  const answer = await exchange(path, start + http('POST /containers/web/kill'))
  expect(answer).toMatch(/^HTTP\/1\.1 409 /)
  expect(received).toHaveLength(1)
})

test('the socket is for its user only, and an engine that is gone is a bad gateway', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guard-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'guard.sock')
  await using _ = await GuardServer.listen(path, {
    ...scene(),
    engineSocket: join(folder, 'none.sock'),
  })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await exchange(path, http('GET /_ping'))).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/)
})

test('a guard does not start if containers may mount the socket of the engine', async () => {
  const serving = { ...scene(), engineSocket: '/srv/app/link.sock' }
  const realPath = (path: string) => path.replace('link', 'run/engine')
  await expect(
    GuardServer.listen('/srv/guard.sock', { ...serving, realPath }),
  ).rejects.toMatchObject({
    code: 'ARGUMENT_INVALID',
    facts: { bindRoot: '/srv/app' },
  })
})
