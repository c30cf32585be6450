import type { LogPart } from './log-part.ts'

/*
 * A part as bytes, to be compressed: a head, the columns, the text. Columns of several bytes are stored as planes: all
 * lowest bytes, then all next ones, because equal bytes compress well. Times are distances from the row before, in
 * microseconds, which is how exact log files are.
 */

/** Bytes of the head: rows, bytes of text (both 32 bits, low byte first), time before the first row (a float, µs). */
const headBytes = 16

/** Bytes of a row: time 4, length 4, service 2, lane 2, mark 1, flags 1, attribution 4. */
const rowBytes = 18

/** Returns a part as bytes. */
export const encodePart = (part: LogPart): Uint8Array<ArrayBuffer> => {
  const rows = part.time.length
  const bytes = new Uint8Array(headBytes + rows * rowBytes + part.text.length)
  const head = new DataView(bytes.buffer)
  const first = microseconds(part.time[0] ?? 0)
  head.setUint32(0, rows, true)
  head.setUint32(4, part.text.length, true)
  head.setFloat64(8, first, true)
  const pauses = new Uint32Array(rows)
  const lengths = new Uint32Array(rows)
  let before = first
  for (let row = 0; row < rows; row++) {
    const time = microseconds(part.time[row] as number)
    pauses[row] = time - before
    before = time
    lengths[row] = (part.start[row + 1] as number) - (part.start[row] as number)
  }
  let at = headBytes
  const put = (column: ArrayLike<number>, width: number) => {
    for (let shift = 0; shift < width * 8; shift += 8)
      for (let row = 0; row < rows; row++) bytes[at++] = (column[row] as number) >>> shift
  }
  put(pauses, 4)
  put(lengths, 4)
  put(part.service, 2)
  put(part.lane, 2)
  put(part.mark, 1)
  put(part.flags, 1)
  put(part.attribution, 4)
  bytes.set(part.text, at)
  return bytes
}

/** Returns the part in bytes of {@link encodePart}. */
export const decodePart = (bytes: Uint8Array): LogPart => {
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const rows = head.getUint32(0, true)
  const textBytes = head.getUint32(4, true)
  let at = headBytes
  const plane = () => {
    const start = at
    at += rows
    return bytes.subarray(start, at)
  }
  const pauses = joined4(plane(), plane(), plane(), plane())
  const lengths = joined4(plane(), plane(), plane(), plane())
  const time = new Float64Array(rows)
  const start = new Uint32Array(rows + 1)
  let now = head.getFloat64(8, true)
  for (let row = 0; row < rows; row++) {
    now += pauses[row] as number
    time[row] = now / 1000
    start[row + 1] = (start[row] as number) + (lengths[row] as number)
  }
  return {
    time,
    start,
    service: joined2(plane(), plane()),
    lane: joined2(plane(), plane()),
    mark: plane(),
    flags: plane(),
    attribution: joined4(plane(), plane(), plane(), plane()),
    text: bytes.subarray(at, at + textBytes),
  }
}

// ---

const joined2 = (low: Uint8Array, high: Uint8Array): Uint16Array => {
  const column = new Uint16Array(low.length)
  for (let row = 0; row < low.length; row++)
    column[row] = (low[row] as number) | ((high[row] as number) << 8)
  return column
}

const joined4 = (a: Uint8Array, b: Uint8Array, c: Uint8Array, d: Uint8Array): Uint32Array => {
  const column = new Uint32Array(a.length)
  for (let row = 0; row < a.length; row++)
    // The column makes the bits a number without sign.
    column[row] =
      (a[row] as number) |
      ((b[row] as number) << 8) |
      ((c[row] as number) << 16) |
      ((d[row] as number) << 24)
  return column
}

const microseconds = (ms: number): number => Math.round(ms * 1000)
