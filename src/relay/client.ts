import type { Duplex } from 'node:stream'
import { RelayConnection, type SendFrame } from './connection.ts'
import {
  createFrameReader,
  type Frame,
  type FrameKind,
  firstOwnId,
  frameBytes,
  frameKind,
  portPayload,
} from './frame.ts'

/** A connection that came in at a relay. */
export interface Incoming {
  /** Carries it. */
  readonly connection: RelayConnection
  /** IPv4 address of the program that connected. */
  readonly address: string
  /** Its port. */
  readonly port: number
}

/** The client of a relay: listens and connects where the relay runs. */
export interface RelayClient extends AsyncDisposable {
  /** Resolves, never rejects, when the stream has ended: why. Every connection is then cut. */
  readonly ended: Promise<Error>
  /**
   * Listens on a TCP port of the relay's network.
   *
   * @returns stops it; connections that came in stay.
   * @throws an error with the `errno` of the relay's system, such as 98 for a port that is taken.
   */
  listen(port: number, onConnection: (incoming: Incoming) => void): Promise<() => void>
  /**
   * Connects to a TCP port as a program next to the relay would.
   *
   * @param address IPv4.
   * @throws an error with the `errno` of the relay's system, such as 111 for a refused connection.
   */
  connect(address: string, port: number): Promise<RelayConnection>
}

/** How often the relay hears that this end lives; it gives up after a minute. */
const beatMs = 10_000

/** How long the relay may take to end. */
const endMs = 2_000

/** Creates the client of the relay at the other end of a stream. Disposing it ends the relay. */
export const createRelayClient = (stream: Duplex): RelayClient => {
  const connections = new Map<number, RelayConnection>()
  const listeners = new Map<number, (incoming: Incoming) => void>()
  const answers = new Map<number, PromiseWithResolvers<void>>()
  const ended = Promise.withResolvers<Error>()
  const state: { lastId: number; lastOwn: number; fault?: Error } = { lastId: 0, lastOwn: 0 }

  const send = (kind: FrameKind, id: number, payload?: Uint8Array): void => {
    if (state.fault === undefined && !stream.writableEnded)
      stream.write(frameBytes(kind, id, payload))
  }

  const end = (error: Error): void => {
    if (state.fault !== undefined) return
    state.fault = error
    clearInterval(beating)
    stream.destroy()
    for (const answer of answers.values()) answer.reject(error)
    for (const connection of connections.values()) connection.cut(gone(error))
    answers.clear()
    connections.clear()
    listeners.clear()
    ended.resolve(error)
  }

  const ask = (kind: FrameKind, id: number, payload: Buffer): Promise<void> => {
    if (state.fault !== undefined) return Promise.reject(state.fault)
    const answer = Promise.withResolvers<void>()
    answers.set(id, answer)
    send(kind, id, payload)
    return answer.promise
  }

  const made = (id: number): RelayConnection => {
    const sendOwn: SendFrame = (kind, payload) => send(kind, id, payload)
    const connection = new RelayConnection(sendOwn)
    connections.set(id, connection)
    // A caller that has gone must not end the process by an error without a listener.
    connection.on('error', () => undefined)
    connection.once('close', () => {
      if (connections.get(id) === connection) connections.delete(id)
    })
    return connection
  }

  const onFrame = ({ kind, id, payload }: Frame): void => {
    if (state.fault !== undefined) return
    if (kind === frameKind.ready || kind === frameKind.failed) {
      const answer = answers.get(id)
      answers.delete(id)
      if (kind === frameKind.ready) answer?.resolve()
      else answer?.reject(refused(payload.readUInt32BE(0)))
      return
    }
    if (kind === frameKind.open) {
      const onConnection = listeners.get(payload.readUInt32BE(0))
      if (onConnection === undefined) {
        send(frameKind.reset, id)
        return
      }
      const address = [...payload.subarray(4, 8)].join('.')
      onConnection({ connection: made(id), address, port: payload.readUInt16BE(8) })
      return
    }
    const fault = connections.get(id)?.receive(kind, payload)
    if (fault !== undefined) end(malformed(fault))
  }

  const read = createFrameReader(onFrame)
  stream.on('data', (bytes: Buffer) => {
    const fault = state.fault === undefined ? read(bytes) : undefined
    if (fault !== undefined) end(malformed(fault))
  })
  stream.on('error', (error) => end(gone(error)))
  stream.on('end', () => end(gone()))
  stream.on('close', () => end(gone()))
  const beating = setInterval(() => send(frameKind.beat, 0), beatMs)
  beating.unref()

  return {
    ended: ended.promise,
    async listen(port, onConnection) {
      state.lastId += 1
      const id = state.lastId
      listeners.set(id, onConnection)
      try {
        await ask(frameKind.listen, id, portPayload(port))
      } catch (error) {
        listeners.delete(id)
        throw error
      }
      return () => {
        if (listeners.delete(id)) send(frameKind.unlisten, id)
      }
    },
    async connect(address, port) {
      const id = firstOwnId + (state.lastOwn % firstOwnId)
      state.lastOwn += 1
      const connection = made(id)
      const bytes = Buffer.from([...address.split('.').map(Number), ...portPayload(port)])
      try {
        await ask(frameKind.connect, id, bytes)
        return connection
      } catch (error) {
        connection.cut(error as Error)
        throw error
      }
    },
    async [Symbol.asyncDispose]() {
      // The relay ends when its input has ended; then its ports are free.
      if (state.fault === undefined) stream.end()
      const late = setTimeout(() => end(gone()), endMs)
      await ended.promise
      clearTimeout(late)
    },
  }
}

// ---

const gone = (cause?: Error): Error =>
  Object.assign(
    new Error('the connection to the relay has ended', cause === undefined ? {} : { cause }),
    { code: 'ECONNRESET' },
  )

const malformed = (fault: string): Error => new Error(`the relay sent ${fault}`)

const refused = (errno: number): Error =>
  Object.assign(new Error(words.get(errno) ?? `error ${errno} of the system`), { errno })

/** Error numbers of Linux that listening and connecting have. */
const words: ReadonlyMap<number, string> = new Map([
  [13, 'permission denied'],
  [24, 'too many connections'],
  [98, 'the port is taken'],
  [101, 'the network is unreachable'],
  [104, 'the connection was reset'],
  [110, 'the connection timed out'],
  [111, 'the connection was refused'],
  [113, 'there is no route to the host'],
])
