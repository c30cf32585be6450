import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const opcode = { text: 0x1, close: 0x8, ping: 0x9, pong: 0xa } as const

/** An accepted connection. Messages of the client are ignored, except pings and the close. */
export interface PushSocket {
  /** Sends a text message. */
  send(text: string): void
  /** Closes the connection. */
  close(): void
}

/**
 * Accepts a WebSocket (RFC 6455) that only sends text to the client.
 *
 * @returns `undefined` if the request does not ask for one; it has been answered with 400.
 */
export const acceptWebSocket = (
  request: IncomingMessage,
  socket: Duplex,
  onClose: () => void,
): PushSocket | undefined => {
  const key = request.headers['sec-websocket-key']
  if (key === undefined || request.headers.upgrade?.toLowerCase() !== 'websocket') {
    refuseUpgrade(socket, '400 Bad Request')
    return undefined
  }
  const accept = createHash('sha1').update(`${key}${magic}`).digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  const write = (code: number, payload: Buffer) => {
    if (socket.writable) socket.write(frame(code, payload))
  }
  let unread: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk])
    // Frames that a client may send to this server are short.
    if (unread.length > maxUnread) return void socket.destroy()
    for (let read = nextFrame(unread); read !== undefined; read = nextFrame(unread)) {
      unread = unread.subarray(read.length)
      if (read.code === opcode.ping) write(opcode.pong, read.payload)
      if (read.code === opcode.close) {
        write(opcode.close, read.payload)
        socket.end()
        return
      }
    }
  })
  socket.on('close', onClose)
  return {
    send: (text) => write(opcode.text, Buffer.from(text)),
    close: () => {
      write(opcode.close, Buffer.alloc(0))
      socket.end()
    },
  }
}

/** Answers a request for another protocol with an error status. */
export const refuseUpgrade = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

// ---

const maxUnread = 64 * 1024

const frame = (code: number, payload: Buffer): Buffer => {
  const { length } = payload
  const head = length < 126 ? Buffer.alloc(2) : length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10)
  head[0] = 0x80 | code
  if (length < 126) head[1] = length
  else if (length < 65_536) {
    head[1] = 126
    head.writeUInt16BE(length, 2)
  } else {
    head[1] = 127
    head.writeBigUInt64BE(BigInt(length), 2)
  }
  return Buffer.concat([head, payload])
}

interface Frame {
  readonly code: number
  readonly payload: Buffer
  /** Bytes of the whole frame. */
  readonly length: number
}

/** Returns the first complete frame of what a client sent, unmasked; `undefined` if it is incomplete. */
const nextFrame = (bytes: Buffer): Frame | undefined => {
  const [first, second] = bytes
  if (first === undefined || second === undefined) return undefined
  const short = second & 0x7f
  const at = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < at) return undefined
  const size =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  const masked = (second & 0x80) !== 0
  const from = at + (masked ? 4 : 0)
  if (bytes.length < from + size) return undefined
  const payload = Buffer.from(bytes.subarray(from, from + size))
  if (masked)
    for (let index = 0; index < size; index++)
      payload[index] = (payload[index] as number) ^ (bytes[at + (index % 4)] as number)
  return { code: first & 0x0f, payload, length: from + size }
}
