/*
 * The frames by which connections are carried over one byte stream, in both directions: one byte kind, four bytes id,
 * four bytes length of the payload, then the payload; numbers are big-endian. One end is the relay, a program in a
 * container (`src/docker/relay/program/relay.c`) or its twin in this process; the other end is `createRelayClient`.
 *
 * `listen`, `connect` and `unlisten` ask the relay; it answers `ready` or `failed` with an error number under the same
 * id. `open` reports a connection that came in. `data`, `end` (no more data in this direction) and `reset` (gone in
 * both) belong to a connection. Each direction of a connection may be ahead by one window of bytes, `window` gives back
 * what was taken, so one slow connection holds up no other. `beat` shows that the other end lives.
 */

/** Kinds of frames, with the length of their payload; `data` has any. */
export const frameKind = {
  listen: 1,
  unlisten: 2,
  connect: 3,
  ready: 4,
  failed: 5,
  open: 6,
  data: 7,
  window: 8,
  end: 9,
  reset: 10,
  beat: 11,
} as const

/** Kind of a frame. */
export type FrameKind = (typeof frameKind)[keyof typeof frameKind]

/** One frame. */
export interface Frame {
  readonly kind: FrameKind
  readonly id: number
  readonly payload: Buffer
}

/** Bytes by which each direction of a connection may be ahead. */
export const windowBytes = 65_536

/** The longest payload. */
export const mostPayload = 16_384

/** Ids of connections that the client opens start here, those that come in are below. */
export const firstOwnId = 0x8000_0000

/** Returns a frame as bytes. */
export const frameBytes = (kind: FrameKind, id: number, payload?: Uint8Array): Buffer => {
  const bytes = Buffer.allocUnsafe(headerBytes + (payload?.length ?? 0))
  bytes[0] = kind
  bytes.writeUInt32BE(id >>> 0, 1)
  bytes.writeUInt32BE(payload?.length ?? 0, 5)
  if (payload !== undefined) bytes.set(payload, headerBytes)
  return bytes
}

/**
 * Creates a function that splits a byte stream into frames, however it is cut. It returns why the stream is malformed;
 * the rest of the stream means nothing then.
 */
export const createFrameReader = (onFrame: (frame: Frame) => void) => {
  let rest: Buffer = Buffer.alloc(0)
  return (bytes: Uint8Array): string | undefined => {
    const all = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes])
    let at = 0
    while (all.length - at >= headerBytes) {
      const kind = all[at] as FrameKind
      const size = all.readUInt32BE(at + 5)
      const fault = faultOf(kind, size)
      if (fault !== undefined) return fault
      if (all.length - at - headerBytes < size) break
      const start = at + headerBytes
      onFrame({ kind, id: all.readUInt32BE(at + 1), payload: all.subarray(start, start + size) })
      at = start + size
    }
    rest = all.subarray(at)
    return undefined
  }
}

/** Returns a number as a payload. */
export const numberPayload = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Returns a port as a payload: as in socket addresses, high byte first. */
export const portPayload = (port: number): Buffer => {
  const bytes = Buffer.allocUnsafe(2)
  bytes.writeUInt16BE(port)
  return bytes
}

// ---

const headerBytes = 9

const lengths: Readonly<Record<number, number | undefined>> = {
  [frameKind.listen]: 2,
  [frameKind.unlisten]: 0,
  [frameKind.connect]: 6,
  [frameKind.ready]: 0,
  [frameKind.failed]: 4,
  [frameKind.open]: 10,
  [frameKind.window]: 4,
  [frameKind.end]: 0,
  [frameKind.reset]: 0,
  [frameKind.beat]: 0,
}

const faultOf = (kind: number, size: number): string | undefined => {
  if (kind === frameKind.data)
    return size > mostPayload ? `a frame of ${size} bytes, more than ${mostPayload}` : undefined
  if (!Object.hasOwn(lengths, kind)) return `a frame of the unknown kind ${kind}`
  return lengths[kind] === size ? undefined : `a frame of kind ${kind} with ${size} bytes`
}
