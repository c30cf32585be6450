/** A piece of a conversation between an IDE and a debugger. */
export type Step = readonly ['toProgram' | 'toIde', string | Buffer]

/** The handshake of a WebSocket. */
export const upgrade: readonly Step[] = [
  ['toProgram', 'GET /0b1c HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ['toIde', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'],
]

/** A frame of a WebSocket from the inspector. `first` is its first byte; default a whole text message. */
export const cdpEvent = (text: string, { first = 0x81 } = {}): Buffer => {
  const payload = Buffer.from(text)
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10)
  head[0] = first
  head[1] = payload.length < 126 ? payload.length : payload.length < 65_536 ? 126 : 127
  if (head.length === 4) head.writeUInt16BE(payload.length, 2)
  if (head.length === 10) head.writeBigUInt64BE(BigInt(payload.length), 2)
  return Buffer.concat([head, payload])
}

/** A frame of a WebSocket to the inspector, which clients mask. */
export const cdpRequest = (text: string): Buffer => {
  const frame = cdpEvent(text)
  const headBytes = frame.length - Buffer.byteLength(text)
  const head = Buffer.from(frame.subarray(0, headBytes))
  head[1] = (head[1] ?? 0) | 0x80
  const mask = Buffer.from([0x12, 0x34, 0x56, 0x78])
  const payload = frame.subarray(headBytes).map((byte, at) => byte ^ (mask[at % 4] ?? 0))
  return Buffer.concat([head, mask, payload])
}

/** A message of the Debug Adapter Protocol. */
export const dapMessage = (message: object): Buffer => {
  const body = Buffer.from(JSON.stringify({ seq: 1, ...message }))
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body])
}

/** A message of Xdebug. */
export const dbgpAnswer = (element: string): string => {
  const xml = `<?xml version="1.0" encoding="iso-8859-1"?>\n${element}`
  return `${Buffer.byteLength(xml)}\0${xml}\0`
}

/** A command of a Java debugger, with a thread as its first argument. */
export const jdwpCommand = (set: number, command: number, thread?: number): Buffer => {
  const data = Buffer.alloc(thread === undefined ? 0 : 8)
  if (thread !== undefined) data.writeBigUInt64BE(BigInt(thread))
  return jdwpPacket(set, command, data)
}

/** A packet with one event of a Java virtual machine. `policy`: 0 none, 1 its thread, 2 all threads are suspended. */
export const composite = (event: {
  readonly policy: number
  readonly kind: number
  readonly thread: number
}): Buffer => {
  const data = Buffer.alloc(18)
  data[0] = event.policy
  data.writeUInt32BE(1, 1)
  data[5] = event.kind
  data.writeBigUInt64BE(BigInt(event.thread), 10)
  return jdwpPacket(64, 100, data)
}

// ---

const jdwpPacket = (set: number, command: number, data: Buffer): Buffer => {
  const head = Buffer.alloc(11)
  head.writeUInt32BE(11 + data.length, 0)
  head[9] = set
  head[10] = command
  return Buffer.concat([head, data])
}
