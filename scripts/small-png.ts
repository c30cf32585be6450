import { crc32, deflateSync, inflateSync } from 'node:zlib'

/** Returns a picture of a browser, compressed better: browsers compress pictures quickly instead. */
export const smallPng = (png: Buffer): Buffer => {
  const chunks = chunksOf(png)
  const head = chunks.find(({ type }) => type === 'IHDR')?.data
  if (head === undefined) throw new Error('not a PNG')
  const bytesPerPixel = head[9] === 6 ? 4 : 3
  const data = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map((each) => each.data))
  const pixels = unfiltered(inflateSync(data), head.readUInt32BE(0) * bytesPerPixel, bytesPerPixel)
  return Buffer.concat([
    png.subarray(0, 8),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(pixels, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

// ---

interface Chunk {
  readonly type: string
  readonly data: Buffer
}

const chunksOf = (png: Buffer): Chunk[] => {
  const chunks: Chunk[] = []
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) })
    at += length + 12
  }
  return chunks
}

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** Rows without their filters: equal pixels of texts and areas are equal bytes then. */
const unfiltered = (rows: Buffer, width: number, step: number): Buffer => {
  const plain = Buffer.alloc(rows.length)
  for (let start = 0; start < rows.length; start += width + 1) {
    const filter = rows[start]
    for (let x = 0; x < width; x++) {
      const at = start + 1 + x
      const left = x < step ? 0 : (plain[at - step] ?? 0)
      const up = plain[at - width - 1] ?? 0
      const corner = x < step ? 0 : (plain[at - width - 1 - step] ?? 0)
      plain[at] = (rows[at] ?? 0) + predicted(filter, left, up, corner)
    }
  }
  return plain
}

const predicted = (
  filter: number | undefined,
  left: number,
  up: number,
  corner: number,
): number => {
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  if (filter !== 4) return 0
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}
