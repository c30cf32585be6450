import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex, Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRelayClient, type Incoming, type RelayClient } from '../../relay/client.ts'
import { type FrameKind, frameBytes, frameKind, numberPayload } from '../../relay/frame.ts'
import { sourceHash } from './relay-binary.ts'
import { relayProgram } from './relay-program.ts'

test('the relay is compiled from the present source', () => {
  const hash = createHash('sha256')
  for (const file of ['../program/freestanding.h', 'program/relay.c'])
    hash.update(readFileSync(join(import.meta.dirname, file)))
  expect(hash.digest('hex')).toBe(sourceHash)
})

test.each([
  ['amd64', 62],
  ['arm64', 183],
])('the relay for %s is a static ELF of less than 16 KiB', (architecture, machine) => {
  const elf = relayProgram(architecture)
  expect(elf.subarray(0, 6).toString('latin1')).toBe('\x7fELF\x02\x01')
  expect(elf.readUInt16LE(18)).toBe(machine)
  expect(elf.length).toBeLessThan(16_384)
})

test('the relay for another architecture is an error that names the supported ones', () => {
  expect(() => relayProgram('s390x')).toThrow(
    expect.objectContaining({ remedy: expect.stringContaining('amd64 or arm64') }),
  )
})

/** The program runs on this machine as it does in a container. */
const architecture = { x64: 'amd64', arm64: 'arm64' }[process.arch as string]
const canRun = process.platform === 'linux' && architecture !== undefined

describe.runIf(canRun)('the relay', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-relay-'))
  const path = join(folder, 'relay')
  beforeAll(() => writeFileSync(path, relayProgram(architecture ?? ''), { mode: 0o755 }))
  afterAll(() => rmSync(folder, { recursive: true }))

  const start = (): ChildProcess => spawn(path, { stdio: ['pipe', 'pipe', 'inherit'] })

  const started = () => {
    const child = start()
    const stream = Duplex.from({
      writable: child.stdin as never,
      readable: child.stdout as never,
    }) as Duplex
    const client = createRelayClient(stream)
    const exited = once(child, 'exit')
    return {
      child,
      client,
      stream,
      exited,
      async [Symbol.asyncDispose]() {
        await client[Symbol.asyncDispose]()
        child.kill('SIGKILL')
        await exited
      },
    }
  }

  /** Listens on a free port; what comes in is passed to `on`. */
  const listening = async (client: RelayClient, on: (incoming: Incoming) => void) => {
    const port = await freePort()
    return { port, stop: await client.listen(port, on) }
  }

  const echo = ({ connection }: Incoming) => void connection.pipe(connection)

  test('carries a connection that comes in, both ways, and names who connected', async () => {
    await using relay = started()
    const seen: Incoming[] = []
    const { port } = await listening(relay.client, (incoming) => {
      seen.push(incoming)
      echo(incoming)
    })
    const socket = await connected(port)
    const { localPort } = socket
    socket.end('hello')
    expect(await textOf(socket)).toBe('hello')
    expect(seen).toMatchObject([{ address: '127.0.0.1', port: localPort }])
  })

  test('carries megabytes both ways at once, with back pressure and unchanged', async () => {
    await using relay = started()
    const { port } = await listening(relay.client, echo)
    const socket = await connected(port)
    const sent = randomBytes(24 * 2 ** 20)
    Readable.from(chunksOf(sent, 100_000)).pipe(socket)
    const got = createHash('sha256')
    for await (const chunk of socket) got.update(chunk as Buffer)
    expect(got.digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'))
  })

  test('a reader that does not read holds up its own connection alone', async () => {
    await using relay = started()
    const held: Incoming[] = []
    const silent = await listening(relay.client, (incoming) => void held.push(incoming))
    const live = await listening(relay.client, echo)
    const stuck = await connected(silent.port)
    // More than every buffer on the way.
    stuck.write(Buffer.alloc(64 * 2 ** 20))
    await until(() => (held[0]?.connection.readableLength ?? 0) >= 65_536)
    const socket = await connected(live.port)
    socket.end('still')
    expect(await textOf(socket)).toBe('still')
    expect(held[0]?.connection.readableLength).toBeLessThanOrEqual(65_536)
    stuck.destroy()
  })

  test('carries 500 connections at the same time', async () => {
    await using relay = started()
    const { port } = await listening(relay.client, echo)
    const sockets = await Promise.all(Array.from({ length: 500 }, () => connected(port)))
    const texts = await Promise.all(
      sockets.map((socket, index) => {
        socket.end(`number ${index} `.repeat(500))
        return textOf(socket)
      }),
    )
    expect(texts).toEqual(texts.map((_, index) => `number ${index} `.repeat(500)))
    // Their places are free again, all over.
    const again = await Promise.all(Array.from({ length: 900 }, () => connected(port)))
    for (const socket of again) socket.destroy()
  })

  test('each direction ends on its own', async () => {
    await using relay = started()
    const { port } = await listening(relay.client, async ({ connection }) => {
      connection.end(`heard ${await textOf(connection)}`)
    })
    const socket = await connected(port)
    socket.end('the end')
    expect(await textOf(socket)).toBe('heard the end')
    const early = await listening(relay.client, async ({ connection }) => {
      connection.end('first word')
      late.resolve(await textOf(connection))
    })
    const late = Promise.withResolvers<string>()
    const other = await connected(early.port)
    expect(await textOf(other)).toBe('first word')
    other.end('last word')
    expect(await late.promise).toBe('last word')
  })

  test('a reset arrives at the other side, in both directions', async () => {
    await using relay = started()
    const { port } = await listening(relay.client, ({ connection }) =>
      connection.destroy(new Error('no')),
    )
    const socket = connect(port, '127.0.0.1')
    expect(await once(socket, 'error')).toMatchObject([{ code: 'ECONNRESET' }])
    const broken = Promise.withResolvers<unknown>()
    const other = await listening(relay.client, ({ connection }) => {
      connection.on('error', broken.resolve).resume()
    })
    const client = await connected(other.port)
    client.write('x', () => client.resetAndDestroy())
    expect(await broken.promise).toMatchObject({ code: 'ECONNRESET' })
  })

  test('connections are refused before it listens and after', async () => {
    await using relay = started()
    const { port, stop } = await listening(relay.client, echo)
    const socket = await connected(port)
    socket.write('it ')
    await once(socket, 'readable')
    stop()
    // One that is open stays; the relay obeys in order.
    socket.end('goes on')
    expect(await textOf(socket)).toBe('it goes on')
    expect(await once(connect(port, '127.0.0.1'), 'error')).toMatchObject([
      { code: 'ECONNREFUSED' },
    ])
    await relay.client.listen(port, echo)
    await using taken = started()
    await expect(taken.client.listen(port, echo)).rejects.toMatchObject({
      errno: 98,
      message: 'the port is taken',
    })
  })

  test('connects to a server next to it, and reports one that is missing', async () => {
    await using relay = started()
    const server = createServer({ allowHalfOpen: true }, (socket) => void socket.pipe(socket))
    const port = await portOf(server.listen(0, '127.0.0.1'))
    const connection = await relay.client.connect('127.0.0.1', port)
    connection.end('outward')
    expect(await textOf(connection)).toBe('outward')
    server.close()
    await once(server, 'close')
    await expect(relay.client.connect('127.0.0.1', port)).rejects.toMatchObject({ errno: 111 })
  })

  test('when the stream is cut, the relay ends and every connection with it', async () => {
    await using relay = started()
    const broken = Promise.withResolvers<unknown>()
    const { port } = await listening(relay.client, ({ connection }) =>
      connection.on('error', broken.resolve).resume().write('here'),
    )
    const socket = await connected(port)
    await once(socket, 'readable')
    const lost = once(socket.resume(), 'error')
    relay.stream.destroy()
    expect(await broken.promise).toMatchObject({ code: 'ECONNRESET' })
    expect(await relay.client.ended).toBeInstanceOf(Error)
    expect(await relay.exited).toEqual([0, null])
    expect(await lost).toMatchObject([{ code: 'ECONNRESET' }])
    await expect(relay.client.listen(port, echo)).rejects.toMatchObject({ code: 'ECONNRESET' })
  })

  test.each<[string, Buffer]>([
    ['an unknown kind', frameBytes(99 as FrameKind, 1)],
    ['kind 0', Buffer.alloc(9)],
    ['a kind that only the relay sends', frameBytes(frameKind.open, 1, Buffer.alloc(10))],
    ['a wrong length', frameBytes(frameKind.listen, 1, Buffer.alloc(3))],
    ['an endless payload', Buffer.from([frameKind.data, 0, 0, 0, 1, 255, 255, 255, 255])],
  ])('a malformed frame ends the relay: %s', async (_, bytes) => {
    const child = start()
    const exited = once(child, 'exit')
    child.stdin?.write(bytes)
    expect(await exited).toEqual([3, null])
  })

  test('more data than its window ends the relay', async () => {
    await using relay = started()
    const { port } = await listening(relay.client, () => undefined)
    const socket = await connected(port)
    socket.pause()
    // The first connection has the id 1. The kernel's own buffers are full long before this.
    for (let sent = 0; sent < 64 * 2 ** 20 && relay.child.exitCode === null; sent += 16_384) {
      const frame = frameBytes(frameKind.data, 1, Buffer.alloc(16_384))
      if (!relay.child.stdin?.writable) break
      relay.child.stdin.write(frame)
    }
    expect(await relay.exited).toEqual([3, null])
    socket.destroy()
  })

  test('survives random frames, or ends as it does for malformed ones', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = randomOf(seed)
      const child = start()
      const exited = once(child, 'exit')
      child.stdin?.on('error', () => undefined)
      child.stdout?.resume()
      for (let count = 0; count < 200; count++) child.stdin?.write(randomFrame(random))
      child.stdin?.end()
      const [code, signal] = await exited
      expect({ seed, signal, ok: code === 0 || code === 3 }).toEqual({
        seed,
        signal: null,
        ok: true,
      })
    }
  })
})

// ---

const connected = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  await once(socket, 'connect')
  // Tests that expect an error listen for it on their own.
  socket.on('error', () => undefined)
  return socket
}

const textOf = async (stream: Duplex): Promise<string> => {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => void chunks.push(chunk))
  await once(stream, 'end')
  return Buffer.concat(chunks).toString()
}

function* chunksOf(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

const portOf = async (server: Server): Promise<number> => {
  if (!server.listening) await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const freePort = async (): Promise<number> => {
  const server = createServer()
  const port = await portOf(server.listen(0, '0.0.0.0'))
  server.close()
  await once(server, 'close')
  return port
}

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** Returns pseudo-random integers below a limit. */
const randomOf = (seed: number) => {
  const state = { value: seed }
  return (below: number): number => {
    state.value = (Math.imul(state.value, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state.value / 2 ** 32) * below)
  }
}

const randomFrame = (random: (below: number) => number): Buffer => {
  const id = random(2) === 0 ? random(4) : 0x8000_0000 + random(4)
  const sizes: Readonly<Record<number, number>> = { 1: 2, 3: 6, 8: 4 }
  const kinds = [1, 2, 3, 7, 8, 9, 10, 11] as const
  const kind = random(40) === 0 ? random(256) : (kinds[random(kinds.length)] ?? 7)
  const size = random(60) === 0 ? random(20_000) : kind === 7 ? random(9_000) : (sizes[kind] ?? 0)
  const payload = Buffer.from(Array.from({ length: size }, () => random(256)))
  if (kind === 8 && size === 4) payload.set(numberPayload(random(3)))
  // Addresses of the loopback alone.
  if (kind === 3 && size === 6) payload.set([127, 0, 0, 1])
  return frameBytes(kind as FrameKind, id, payload)
}
