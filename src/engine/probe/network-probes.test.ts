import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { unhandledDuring } from '../../../test/lib/odd-requests.ts'
import type { Address } from '../../model/endpoint.ts'
import type { HttpProbe, TcpProbe } from '../../model/probe.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { ServiceLog } from '../logs/service-log.ts'
import { httpProbe } from './http.ts'
import type { Look, ProbeTarget } from './target.ts'
import { tcpProbe } from './tcp.ts'

const listen = (server: Server): Promise<Address> =>
  new Promise((resolve) => {
    onTestFinished(() => void server.close())
    server.listen(0, '127.0.0.1', () =>
      resolve({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }),
    )
  })

const serveHttp = (answer: RequestListener): Promise<Address> => listen(createHttpServer(answer))

const serveTcp = (onConnection: (socket: Socket) => void): Promise<Address> =>
  listen(
    createServer((socket) => {
      socket.on('error', () => {})
      onConnection(socket)
    }),
  )

const target = (more: Partial<ProbeTarget>): ProbeTarget => ({
  runtime: {} as Runtime,
  container: 'c1',
  ports: { web: { port: 80, scheme: 'http' } },
  published: () => undefined,
  direct: () => undefined,
  lost: async () => undefined,
  log: {} as ServiceLog,
  ...more,
})

const signal = () => new AbortController().signal
const lookHttp = (spec: Omit<HttpProbe, 'kind'>, address: Address | undefined): Promise<Look> =>
  httpProbe({ kind: 'http', ...spec }, target({ published: () => address })).look(signal())
const lookTcp = (at: Partial<ProbeTarget>, spec: Omit<TcpProbe, 'kind'> = {}): Promise<Look> =>
  tcpProbe({ kind: 'tcp', ...spec }, target(at)).look(signal())

test('status 200 to 399 is ready, or only the declared status', async () => {
  const address = await serveHttp((request, response) => {
    response.statusCode = Number(request.url?.slice(1))
    response.end()
  })
  expect(await lookHttp({ path: '/204' }, address)).toEqual({ ready: true })
  expect(await lookHttp({ path: '/302' }, address)).toEqual({ ready: true })
  expect(await lookHttp({ path: '/404' }, address)).toEqual({ ready: false, seen: 'answered 404' })
  expect(await lookHttp({ path: '/404', status: 404 }, address)).toEqual({ ready: true })
  expect(await lookHttp({ path: '/200', status: 201 }, address)).toMatchObject({ ready: false })
})

test('method, path and headers are sent as declared', async () => {
  const asked: unknown[] = []
  const address = await serveHttp(({ method, url, headers }, response) => {
    asked.push([method, url, headers['x-probe']])
    response.end()
  })
  await lookHttp({ path: '/up?deep=1', method: 'HEAD', headers: { 'x-probe': 'yes' } }, address)
  expect(asked).toEqual([['HEAD', '/up?deep=1', 'yes']])
})

test('a body must contain the declared text, however the response is split', async () => {
  const address = await serveHttp((_, response) => {
    response.write('{"status":"o')
    setImmediate(() => response.end('k"}'))
  })
  expect(await lookHttp({ path: '/', body: '"ok"' }, address)).toEqual({ ready: true })
  expect(await lookHttp({ path: '/', body: 'up' }, address)).toEqual({
    ready: false,
    seen: 'answered 200 without the expected body',
  })
})

test('a response that never ends is ready as soon as it contains the expected text', async () => {
  const address = await serveHttp((_, response) => void response.write('event: ready\n'))
  expect(await lookHttp({ path: '/', body: 'ready' }, address)).toEqual({ ready: true })
})

test('a missing listener, a missing port and a broken response are described', async () => {
  const closed = await new Promise<Address>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve({ host: '127.0.0.1', port }))
    })
  })
  expect(await lookHttp({ path: '/' }, closed)).toEqual({
    ready: false,
    seen: expect.stringContaining('ECONNREFUSED'),
  })
  expect(await lookHttp({ path: '/' }, undefined)).toEqual({
    ready: false,
    seen: 'port web is not published',
  })
  const rude = await serveTcp((socket) => socket.destroy())
  expect(await lookHttp({ path: '/' }, rude)).toMatchObject({ ready: false })
})

test('the address of the container is probed first if it is reachable', async () => {
  const direct = await serveHttp((_, response) => response.end())
  const probe = httpProbe(
    { kind: 'http', path: '/' },
    target({ direct: () => direct, published: () => ({ host: '127.0.0.1', port: 1 }) }),
  )
  expect(await probe.look(signal())).toEqual({ ready: true })
})

test('a published port is ready when its connection stays open, as behind a proxy that accepts all', async () => {
  const open = await serveTcp(() => {})
  expect(await lookTcp({ published: () => open })).toEqual({ ready: true })
  const proxy = await serveTcp((socket) => socket.destroy())
  expect(await lookTcp({ published: () => proxy })).toMatchObject({ ready: false })
})

test('a server that sends first is ready at its first byte', async () => {
  const greeting = await serveTcp((socket) => void socket.end('220 mail\r\n'))
  expect(await lookTcp({ published: () => greeting })).toEqual({ ready: true })
})

test('a connection to the address of the container is enough', async () => {
  const open = await serveTcp((socket) => socket.destroy())
  expect(await lookTcp({ direct: () => open })).toEqual({ ready: true })
})

test('a probe from inside reads the socket tables of the service', async () => {
  const row = (port: string, state: string) =>
    `   0: 0100007F:${port} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000 0 0 1`
  const runtime = (rows: readonly string[]) =>
    ({
      exec: async () => ({
        exitCode: 0,
        stdout: ['  sl  local_address rem_address   st', ...rows].join('\n'),
        stderr: '',
        durationMs: 1,
      }),
    }) as unknown as Runtime
  const look = (rows: readonly string[]) => lookTcp({ runtime: runtime(rows) }, { from: 'inside' })
  expect(await look([row('0050', '0A')])).toEqual({ ready: true })
  // A connection is not a listener, and port 0x1050 is not port 0x50.
  expect(await look([row('0050', '01'), row('1050', '0A')])).toEqual({
    ready: false,
    seen: 'nothing listens on 80 inside',
  })
})

test('a look ends whatever bytes the service answers, and throws nothing that nothing can catch', async () => {
  const ok = 'HTTP/1.1 200 OK\r\n'
  const answers: readonly string[] = [
    '',
    'SSH-2.0-x\r\n',
    `${ok}Content-Length: 9\r\n\r\nabc`,
    `${ok}Content-Length: -1\r\n\r\n`,
    `${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    `${ok}Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc`,
    `${ok}X: ${'y'.repeat(100_000)}\r\n\r\n`,
    'HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nabc',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n',
    'HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n',
    'HTTP/9.9 999 \r\n\r\n',
    'HTTP/1.1 204 No\r\n\r\nmore',
  ]
  const looks: Look[] = []
  const errors = await unhandledDuring(async () => {
    for (const text of answers)
      for (const end of ['end', 'reset'] as const) {
        const address = await serveTcp((socket) => {
          socket.once('data', () => {
            socket.write(text)
            if (end === 'end') socket.end()
            else setImmediate(() => socket.resetAndDestroy())
          })
        })
        looks.push(await lookHttp({ path: '/' }, address))
        looks.push(await lookHttp({ path: '/', body: 'never' }, address))
        looks.push(await lookHttp({ path: '/', tls: true }, address))
        looks.push(await lookTcp({ published: () => address }))
      }
  })
  expect(errors).toEqual([])
  expect(looks).toHaveLength(answers.length * 8)
})

test('an answer that asks for another protocol is described, or ready if it is declared', async () => {
  const address = await serveTcp((socket) => {
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    )
  })
  expect(await lookHttp({ path: '/' }, address)).toEqual({ ready: false, seen: 'answered 101' })
  expect(await lookHttp({ path: '/', status: 101 }, address)).toEqual({ ready: true })
})
