import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { RelayConnection } from './connection.ts'
import { forward } from './forward.ts'
import {
  createFrameReader,
  type Frame,
  type FrameKind,
  frameBytes,
  frameKind,
  numberPayload,
} from './frame.ts'

/** What a relay does in its network. */
export interface RelayNetwork {
  /** Listens on a port; returns how to stop. Rejects if the port is taken. */
  listen(port: number, onConnection: (socket: Socket) => void): Promise<() => void>
  /** Connects to a port. Rejects if nothing listens. */
  connect(address: string, port: number): Promise<Socket>
}

/** Serves as the relay at one end of a stream, in this process; for runtimes without containers. */
export const serveRelay = (stream: Duplex, network: RelayNetwork): void => {
  const connections = new Map<number, RelayConnection>()
  const stops = new Map<number, () => void>()
  const state = { over: false, lastId: 0 }

  const send = (kind: FrameKind, id: number, payload?: Uint8Array): void => {
    if (!state.over) stream.write(frameBytes(kind, id, payload))
  }

  const end = (): void => {
    if (state.over) return
    state.over = true
    for (const stop of stops.values()) stop()
    for (const connection of connections.values()) connection.cut(new Error('the relay has ended'))
    stream.destroy()
  }

  const carry = (id: number, socket: Socket): void => {
    const connection = new RelayConnection((kind, payload) => send(kind, id, payload))
    connections.set(id, connection)
    connection.once('close', () => connections.delete(id))
    void forward(connection, socket)
  }

  const listen = async (id: number, port: number): Promise<void> => {
    try {
      const stop = await network.listen(port, (socket) => {
        state.lastId += 1
        const from = Buffer.from([...numberPayload(id), 127, 0, 0, 1, 0, 0])
        from.writeUInt16BE(socket.remotePort ?? 0, 8)
        // First: the other end may answer before the frame is sent.
        carry(state.lastId, socket)
        send(frameKind.open, state.lastId, from)
      })
      if (state.over) stop()
      else stops.set(id, stop)
      send(frameKind.ready, id)
    } catch {
      send(frameKind.failed, id, numberPayload(portTaken))
    }
  }

  const connect = async (id: number, payload: Buffer): Promise<void> => {
    try {
      const address = [...payload.subarray(0, 4)].join('.')
      carry(id, await network.connect(address, payload.readUInt16BE(4)))
      send(frameKind.ready, id)
    } catch {
      send(frameKind.failed, id, numberPayload(refused))
    }
  }

  const obey = ({ kind, id, payload }: Frame): void => {
    if (kind === frameKind.listen) void listen(id, payload.readUInt16BE(0))
    else if (kind === frameKind.connect) void connect(id, Buffer.from(payload))
    else if (kind === frameKind.unlisten) {
      stops.get(id)?.()
      stops.delete(id)
    } else if (connections.get(id)?.receive(kind, payload) !== undefined) end()
  }

  const read = createFrameReader(obey)
  stream.on('data', (bytes: Buffer) => {
    if (!state.over && read(bytes) !== undefined) end()
  })
  stream.on('error', end)
  stream.on('close', end)
  stream.on('end', end)
}

// ---

/** Error numbers of Linux. */
const portTaken = 98
const refused = 111
