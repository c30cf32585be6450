import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type ClientHttp2Session, connect } from 'node:http2'
import { createServer, connect as dial, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { byNumber, fieldsOf, messageOf, textOf } from '../../../protobuf/message.ts'
import type { TarEntry } from '../../api/tar.ts'
import { forwardAgent } from './forward-agent.ts'
import { sendFiles } from './send-files.ts'
import { type GrpcMethod, GrpcRefusal, grpcCode, onlyMessage, serveGrpc } from './serve-grpc.ts'

let folder: string
let server: Server
let client: ClientHttp2Session
const methods: Record<string, GrpcMethod> = {}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesocosm-session-'))
  server = createServer((socket) => void serveGrpc(socket, methods))
  const path = join(folder, 'session.sock')
  await new Promise<void>((resolve) => server.listen(path, resolve))
  client = connect('http://session', { createConnection: () => dial(path) })
})
afterEach(async () => {
  client.destroy()
  server.close()
  await rm(folder, { recursive: true })
})

const framed = (message: Uint8Array): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** Calls a method as BuildKit does, and answers each message of it with others. */
const call = async (
  path: string,
  first: readonly Uint8Array[],
  { headers = {}, reply = () => [], end = true }: CallOptions = {},
) => {
  const stream = client.request({ ':method': 'POST', ':path': path, ...headers })
  const status = Promise.withResolvers<{ code: number; text: string }>()
  stream.on('trailers', (trailers) =>
    status.resolve({
      code: Number(trailers['grpc-status']),
      text: decodeURIComponent(String(trailers['grpc-message'] ?? '')),
    }),
  )
  for (const message of first) stream.write(framed(message))
  if (end) stream.end()
  const messages: Buffer[] = []
  let rest = Buffer.alloc(0)
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk as Buffer])
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt32BE(1)) {
      const message = rest.subarray(5, 5 + rest.readUInt32BE(1))
      rest = rest.subarray(5 + message.length)
      messages.push(message)
      for (const answer of reply(message)) stream.write(framed(answer))
    }
  }
  return { messages, status: await status.promise }
}

interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly reply?: (message: Buffer) => readonly Uint8Array[]
  readonly end?: boolean
}

test('a call is answered with a message and a status, an unknown one with a code', async () => {
  methods['/x/Double'] = async (one) => {
    const text = textOf(byNumber(await onlyMessage(one)).get(1))
    if (text === '') throw new GrpcRefusal(grpcCode.notFound, 'nothing to dou%ble')
    await one.send(messageOf({ 1: text + text }))
  }
  const { messages, status } = await call('/x/Double', [messageOf({ 1: 'ab' })])
  expect(messages.map((message) => textOf(byNumber(message).get(1)))).toEqual(['abab'])
  expect(status).toEqual({ code: 0, text: '' })
  const refused = await call('/x/Double', [messageOf({})])
  expect(refused.status).toEqual({ code: 5, text: 'nothing to dou%ble' })
  expect((await call('/x/Other', [])).status).toEqual({ code: 12, text: 'there is no /x/Other' })
})

const bytes = (name: string, text: string): TarEntry => ({
  name,
  mode: 0o644,
  content: { kind: 'bytes', bytes: Buffer.from(text) },
})

/** Receives a folder as BuildKit does: asks for every file that has a size. */
const received = async (folders: Readonly<Record<string, readonly TarEntry[]>>, headers = {}) => {
  methods['/sync'] = sendFiles(folders)
  const names: string[] = []
  const contents = new Map<string, string>()
  const open = new Map<number, string>()
  let asked = 0
  let done = 0
  const { messages, status } = await call('/sync', [], {
    end: false,
    headers: { 'dir-name': 'context', ...headers },
    reply: (message) => {
      const fields = byNumber(message)
      const type = fields.get(1)?.value ?? 0
      if (type === 3) return []
      const stat = fields.get(2)
      if (type === 0 && stat !== undefined) {
        const name = textOf(byNumber(stat.bytes).get(1))
        const id = names.push(name) - 1
        if ((byNumber(stat.bytes).get(5)?.value ?? 0) === 0) return []
        open.set(id, name)
        asked++
        return [messageOf({ 1: 1, 3: id })]
      }
      if (type === 2) {
        const name = open.get(fields.get(3)?.value ?? 0) ?? ''
        const data = textOf(fields.get(4))
        if (data === '') done++
        else contents.set(name, (contents.get(name) ?? '') + data)
      }
      const isListed = type === 0 || names.length > 0
      return isListed && done === asked && (type === 2 || asked === 0) ? [messageOf({ 1: 3 })] : []
    },
  })
  return { names, contents: Object.fromEntries(contents), status, last: messages.at(-1) }
}

test('a folder is listed in the order of BuildKit, and sent file by file', async () => {
  const large = join(folder, 'large')
  await writeFile(large, 'x'.repeat(200_000))
  const file = { kind: 'file', path: large, size: 200_000 } as const
  const { names, contents, status, last } = await received({
    context: [
      bytes('a-b', '1'),
      bytes('a/x', '2'),
      { name: 'a', mode: 0o755, content: { kind: 'folder' } },
      { name: 'z', mode: 0o600, content: file },
    ],
  })
  expect(names).toEqual(['a', 'a/x', 'a-b', 'z'])
  expect(contents).toEqual({ 'a-b': '1', 'a/x': '2', z: 'x'.repeat(200_000) })
  expect(status).toEqual({ code: 0, text: '' })
  expect([...fieldsOf(last ?? Buffer.alloc(0))].map(({ value }) => value)).toEqual([3])
})

test('only what is asked for by plain names is sent', async () => {
  const context = [bytes('.dockerignore', 'x'), bytes('a', 'a')]
  const only = await received({ context }, { 'include-patterns': '.dockerignore' })
  expect(only.names).toEqual(['.dockerignore'])
  const all = await received({ context }, { 'include-patterns': '*.md' })
  expect(all.names).toEqual(['.dockerignore', 'a'])
})

test('a folder that the build does not have is refused', async () => {
  const { status } = await received({})
  expect(status).toEqual({ code: 5, text: 'there is no folder context' })
})

test('an agent is reached by its id, and an unknown one is refused', async () => {
  const path = join(folder, 'agent.sock')
  const agent = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => void socket.end(`agent: ${data}`))
  })
  agent.listen(path)
  await once(agent, 'listening')
  Object.assign(methods, forwardAgent({ default: path }))
  const check = '/moby.sshforward.v1.SSH/CheckAgent'
  expect((await call(check, [messageOf({})])).status.code).toBe(0)
  expect((await call(check, [messageOf({ 1: 'other' })])).status.code).toBe(5)
  const { messages } = await call('/moby.sshforward.v1.SSH/ForwardAgent', [messageOf({ 1: 'hi' })])
  expect(messages.map((message) => textOf(byNumber(message).get(1))).join('')).toBe('agent: hi')
  agent.close()
})
