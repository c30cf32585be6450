import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually } from '../../test/lib/eventually.ts'
import { pick, seeded, unhandledDuring } from '../../test/lib/odd-requests.ts'
import { isMesocosmError } from '../errors/mesocosm-error.ts'
import type { Runtime, RuntimeAbilities } from '../runtime/runtime.ts'
import type { Patience } from './api/patience.ts'
import { createDockerRuntime } from './docker-runtime.ts'

/*
 * Every method of the port, against an engine that answers bytes which no engine sends: each call ends, as a
 * `MesocosmError` or with a value, and nothing is thrown where nothing can catch it.
 */

const patience: Partial<Patience> = {
  readMs: 200,
  changeMs: 200,
  longMs: 400,
  idleMs: 50,
  pingMs: 50,
  awayMs: 100,
  quietMs: 50,
  silentMs: 100,
  stuckMs: 100,
}

const head = (status: string, ...headers: readonly string[]): string =>
  [`HTTP/1.1 ${status}`, ...headers, '', ''].join('\r\n')
const json = (text: string, status = '200 OK'): string =>
  `${head(status, 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`)}${text}`
const chunked = (...chunks: readonly string[]): string =>
  head('200 OK', 'Content-Type: application/json', 'Transfer-Encoding: chunked') + chunks.join('')

/** What is answered; `undefined` is nothing. */
const answers: readonly (string | Buffer | undefined)[] = [
  undefined,
  '',
  'no HTTP at all\r\n\r\n',
  head('200 OK', 'Content-Length: 9'),
  head('200 OK', 'Content-Length: -1'),
  head('101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: tcp'),
  `${head('101 UPGRADED', 'Connection: Upgrade', 'Upgrade: tcp')}\x01\x00\x00\x00\xff\xff\xff\xff`,
  head('100 Continue') + head('103 Early Hints'),
  head('204 No Content'),
  head('304 Not Modified'),
  head('301 Moved', 'Location: /elsewhere', 'Content-Length: 0'),
  head('302 Found', 'Location: http://127.0.0.1:1/', 'Content-Length: 0'),
  head('307 No', 'Location: ftp://127.0.0.1/', 'Content-Length: 0'),
  head('308 No', 'Location: http://[', 'Content-Length: 0'),
  `${head('500 No', 'Content-Type: application/json', 'Content-Length: 40')}{"message":`,
  json('{"message":{"deep":[1]}}', '500 No'),
  json('null', '404 No'),
  json('[', '409 No'),
  json('null'),
  json('[]'),
  json('{}'),
  json('"text"'),
  json('[null, 1, {"Id":null,"Labels":null,"Names":null}]'),
  json('{"Id":7,"State":null,"Config":null,"NetworkSettings":null,"Containers":null}'),
  json('{"Volumes":[null],"Warnings":[1,null],"Os":null,"Arch":null,"Name":null}'),
  json('{"Running":"no","ExitCode":{}}'),
  json(`{"status":${'['.repeat(3_000)}`),
  chunked('5\r\n{"a":', 'zz\r\n'),
  chunked('ffffffff\r\n{}'),
  chunked('4\r\nnull\r\n', '0\r\n\r\n'),
  chunked('15\r\n{"error":{"a":null}}\n\r\n', '0\r\n\r\n'),
  chunked('2c\r\n{"id":"moby.buildkit.trace","aux":"////8Q=="}\n\r\n', '0\r\n\r\n'),
  Buffer.concat([
    Buffer.from(head('200 OK', 'Content-Type: application/vnd.docker.raw-stream')),
    Buffer.from([1, 0, 0, 0, 0, 0, 0, 5, 104, 105, 9, 9, 9, 255, 255, 255]),
  ]),
]

/** Of each method; more of them have found nothing else. */
const rounds = 20

/** How the connection goes on. */
const ends = ['kept', 'closed', 'reset'] as const

const labels = { 'dev.mesocosm.hostile': '1' }
const spec = {
  name: 'x',
  image: 'a:1',
  labels,
  network: { kind: 'none' },
  files: [{ to: '/a', content: 'a' }],
} as const

const methods: Readonly<Record<string, (runtime: Runtime & RuntimeAbilities) => Promise<unknown>>> =
  {
    info: (it) => it.info(),
    pull: (it) => it.image({ kind: 'pull', reference: 'a:1' }),
    local: (it) => it.image({ kind: 'local', reference: 'a:1' }),
    build: (it) =>
      it.image({
        kind: 'build',
        name: 'x',
        build: { context: import.meta.dirname, dockerfileInline: 'FROM scratch\n' },
      }),
    createNetwork: (it) => it.createNetwork({ name: 'x', labels, size: 4 }),
    create: (it) => it.create(spec),
    createSandbox: (it) => it.createSandbox({ name: 'x', labels, network: 'n', aliases: [] }),
    start: async (it) => {
      const { outputEnded } = await it.start('c', () => undefined)
      await outputEnded
    },
    inspect: (it) => it.inspect('c'),
    signal: (it) => it.signal('c', 'SIGTERM'),
    exec: (it) => it.exec('c', { argv: ['a'], stdin: 'x'.repeat(100_000) }, { timeoutMs: 400 }),
    attach: (it) => it.attach({ container: 'c', network: 'n', aliases: [] }),
    detach: (it) => it.detach({ container: 'c', network: 'n' }),
    list: (it) => it.list(labels),
    images: (it) => it.images(labels),
    watch: async (it) => {
      await using _watch = await it.watch(labels, () => undefined)
      await it.list(labels)
    },
    remove: (it) => it.remove('container', 'c'),
    removeImage: (it) => it.remove('image', 'a:1'),
    lease: async (it) =>
      (await it.lease({ name: 'x', labels, silentMs: 500 }))[Symbol.asyncDispose](),
    commit: (it) => it.commit({ container: 'c', reference: 'a:1', labels }),
    diagnose: (it) => it.diagnose(),
  }

const good: Readonly<Record<string, string>> = {
  '/_ping': `${head('200 OK', 'Api-Version: 1.41', 'Ostype: linux', 'Content-Length: 2')}OK`,
  '/version': json('{"Version":"20.10","ApiVersion":"1.41","Arch":"amd64","Os":"linux"}'),
  '/info': json('{"Name":"x","NCPU":1,"MemTotal":1,"OperatingSystem":"x"}'),
}

let endpoint: string
let answer: (socket: Socket, url: string) => void
let close: () => Promise<void>

beforeEach(async () => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    socket.on('data', (bytes) => {
      const url = /^(?:GET|POST|PUT|DELETE|HEAD) (?:\/v[\d.]+)?([^? ]*)/.exec(
        bytes.toString('latin1'),
      )?.[1]
      if (url !== undefined) answer(socket, url)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  endpoint = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
  close = async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
})
afterEach(() => close())

for (const [name, call] of Object.entries(methods))
  test(`${name} ends whatever the engine answers`, async () => {
    const random = seeded(name.length * 7_919)
    const wrong: unknown[] = []
    let sent: unknown[] = []
    const errors = await unhandledDuring(async () => {
      for (let round = 0; round < rounds; round++) {
        answer = (socket, url) => socket.write(good[url] ?? json('{}'))
        const runtime = (await createDockerRuntime({
          endpoint,
          patience,
        })) as Runtime & RuntimeAbilities
        // The limits are short for a busy machine.
        await eventually(() => runtime.info())
        sent = []
        // Good until a call that each round picks: most methods make several.
        let until = Math.floor(random() * 4)
        answer = (socket, url) => {
          const usual = good[url] ?? json('{"Id":"c","State":{"Status":"running"},"Config":{}}')
          const bytes = until-- > 0 ? usual : pick(random, answers)
          const end = pick(random, ends)
          sent.push([url, String(bytes).slice(0, 200), end])
          if (bytes !== undefined) socket.write(bytes)
          if (end === 'closed') socket.end()
          if (end === 'reset') setImmediate(() => socket.resetAndDestroy())
        }
        try {
          await call(runtime)
        } catch (error) {
          if (!isMesocosmError(error)) wrong.push([sent, error])
        }
        await runtime[Symbol.asyncDispose]()
      }
    })
    expect(wrong).toEqual([])
    expect(errors).toEqual([])
  })
