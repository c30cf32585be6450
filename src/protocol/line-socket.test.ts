import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createLineSocket } from './line-socket.ts'
import type { Message } from './message.ts'

/** Both ends of a connection: a plain socket, and one that speaks in lines. */
const fixture = async (options: { readonly onDrain?: () => void } = {}) => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const raw = connect(port, '127.0.0.1')
  const socket = await accepted
  onTestFinished(() => {
    raw.destroy()
    socket.destroy()
    server.close()
  })
  const received: Message[] = []
  const closed = Promise.withResolvers<Error | undefined>()
  let wake = () => {}
  const line = createLineSocket(socket, {
    message: (message) => {
      received.push(message)
      wake()
    },
    close: closed.resolve,
    ...(options.onDrain === undefined ? {} : { drain: options.onDrain }),
  })
  const messages = async (count: number): Promise<Message[]> => {
    while (received.length < count)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    return received
  }
  return { raw, line, messages, received, closed: closed.promise }
}

/** Writes, and waits until it has left. */
const write = (socket: Socket, bytes: string | Uint8Array) =>
  new Promise<void>((resolve) => socket.write(bytes, () => setImmediate(resolve)))

test('messages arrive whole, however they are split or joined', async () => {
  const { raw, messages } = await fixture()
  const first = { id: 1, result: 'größe 🦀' }
  const bytes = Buffer.from(`${JSON.stringify(first)}\n{"cancel":1}\n{"cancel":2}\n{"cancel"`)
  const half = bytes.indexOf('🦀') + 2
  await write(raw, bytes.subarray(0, half))
  await write(raw, bytes.subarray(half))
  expect(await messages(3)).toEqual([first, { cancel: 1 }, { cancel: 2 }])
  await write(raw, ':3}\n')
  expect(await messages(4)).toHaveLength(4)
})

test('every message is sent as one line', async () => {
  const { raw, line } = await fixture()
  const data = new Promise<string>((resolve) => raw.once('data', (bytes) => resolve(String(bytes))))
  line.send({ id: 1, result: 'two\nlines' })
  expect(await data).toBe('{"id":1,"result":"two\\nlines"}\n')
})

test.each([
  ['no JSON', 'GET / HTTP/1.1\n'],
  ['JSON that is not an object', 'null\n'],
  ['a number', '7\n'],
])('%s ends the connection, and nothing after it is heard', async (_, text) => {
  const { raw, received, closed } = await fixture()
  raw.on('error', () => {})
  raw.write(`${text}{"cancel":1}\n`)
  expect(await closed).toBeInstanceOf(Error)
  expect(received).toEqual([])
})

test('a message that exceeds the maximum length closes the connection', async () => {
  const { raw, closed } = await fixture()
  raw.on('error', () => {})
  const piece = Buffer.alloc(4 * 1024 * 1024, 'x')
  for (let sent = 0; sent <= 17; sent++) raw.write(piece)
  expect(await closed).toMatchObject({ message: 'message too long' })
})

test('a large message is joined once', async () => {
  const { raw, messages } = await fixture()
  const text = 'x'.repeat(8 * 1024 * 1024)
  raw.write(`${JSON.stringify({ id: 1, result: text })}\n`)
  expect(await messages(1)).toEqual([{ id: 1, result: text }])
})

test('close is called once, without an error after an orderly end', async () => {
  const { raw, closed, line } = await fixture()
  raw.end()
  raw.resume()
  expect(await closed).toBeUndefined()
  // The other side is gone; sending is a no-op.
  line.send({ cancel: 1 })
})

test('congested is true while the other side does not read, and drain is called when it reads again', async () => {
  const drained = Promise.withResolvers<void>()
  const { raw, line } = await fixture({ onDrain: drained.resolve })
  raw.pause()
  expect(line.congested).toBe(false)
  const text = 'x'.repeat(1024 * 1024)
  for (let sent = 0; sent < 64 && !line.congested; sent++) line.send({ id: 1, result: text })
  expect(line.congested).toBe(true)
  raw.resume()
  await drained.promise
  expect(line.congested).toBe(false)
})
