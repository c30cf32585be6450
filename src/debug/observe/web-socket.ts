import { headOf, type Need } from './byte-reader.ts'

/**
 * Reads the messages of one direction of a WebSocket after its handshake: fragments, masks and control frames in
 * between. Returns at a frame that is malformed or uses an extension, such as compression.
 *
 * @param limit how many bytes of a message are kept.
 * @param onMessage called with the first bytes of each message.
 * @see RFC 6455, section 5
 */
export function* readWebSocket(
  limit: number,
  onMessage: (head: Buffer) => void,
): Generator<Need, void, Buffer> {
  let message = Buffer.alloc(0)
  for (;;) {
    const [first = 0, second = 0] = yield { take: 2 }
    if ((first & 0b0111_0000) !== 0) return
    const length: number = yield* lengthOf(second & 0b0111_1111)
    if (!Number.isSafeInteger(length)) return
    const mask = (second & 0b1000_0000) === 0 ? undefined : Buffer.from(yield { take: 4 })
    const isControl = (first & 0b1000) !== 0
    const payload: Buffer = yield* headOf(length, isControl ? 0 : limit - message.length)
    if (isControl) continue
    message = Buffer.concat([message, mask === undefined ? payload : unmasked(payload, mask)])
    if ((first & 0b1000_0000) === 0) continue
    onMessage(message)
    message = Buffer.alloc(0)
  }
}

// ---

function* lengthOf(short: number): Generator<Need, number, Buffer> {
  if (short === 126) return (yield { take: 2 }).readUInt16BE(0)
  if (short === 127) return Number((yield { take: 8 }).readBigUInt64BE(0))
  return short
}

const unmasked = (payload: Buffer, mask: Buffer): Buffer =>
  Buffer.from(payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0)))
