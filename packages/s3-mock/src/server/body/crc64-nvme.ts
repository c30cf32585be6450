/**
 * CRC-64/NVME: reflected, polynomial 0xad93d23594c93659, initial value and final XOR all ones.
 * Eight tables process eight bytes per step. Entries are two 32-bit halves, because JavaScript has no fast 64-bit integers.
 */
export interface Crc64 {
  update(bytes: Uint8Array): void
  /** Returns the checksum, big-endian as in S3. */
  digest(): Buffer
}

/** Returns a meter for one body. */
export const createCrc64Nvme = (): Crc64 => {
  let high = 0xffffffff
  let low = 0xffffffff
  return {
    update(bytes) {
      const tables = loaded()
      const { length } = bytes
      let at = 0
      for (const end = length - 7; at < end; at += 8) {
        const a = low ^ word(bytes, at)
        const b = high ^ word(bytes, at + 4)
        low = 0
        high = 0
        for (let lane = 0; lane < 4; lane++) {
          // The first byte is shifted furthest, so it uses the last table.
          const x = ((7 - lane) * 256 + ((a >>> (lane * 8)) & 255)) * 2
          const y = ((3 - lane) * 256 + ((b >>> (lane * 8)) & 255)) * 2
          low ^= (tables[x] as number) ^ (tables[y] as number)
          high ^= (tables[x + 1] as number) ^ (tables[y + 1] as number)
        }
      }
      for (; at < length; at++) {
        const entry = ((low ^ (bytes[at] as number)) & 255) * 2
        low = ((low >>> 8) | (high << 24)) ^ (tables[entry] as number)
        high = (high >>> 8) ^ (tables[entry + 1] as number)
      }
    },
    digest() {
      const bytes = Buffer.alloc(8)
      bytes.writeUInt32BE(~high >>> 0, 0)
      bytes.writeUInt32BE(~low >>> 0, 4)
      return bytes
    },
  }
}

/** The polynomial with reversed bits. */
export const reflectedCrc64 = 0x9a6c9329ac4bc9b5n

// ---

const word = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24)

/** Low and high half of entry `n` of table `t` at `(t * 256 + n) * 2`. */
const buildTables = (): Int32Array => {
  const tables = new Int32Array(8 * 256 * 2)
  for (let n = 0; n < 256; n++) {
    let crc = BigInt(n)
    for (let table = 0; table < 8; table++) {
      for (let bit = 0; bit < 8; bit++)
        crc = (crc & 1n) === 1n ? (crc >> 1n) ^ reflectedCrc64 : crc >> 1n
      tables[(table * 256 + n) * 2] = Number(BigInt.asIntN(32, crc))
      tables[(table * 256 + n) * 2 + 1] = Number(BigInt.asIntN(32, crc >> 32n))
    }
  }
  return tables
}

/** Built at the first use, so that it does not delay the start. */
const loaded = (() => {
  let tables: Int32Array | undefined
  return () => {
    tables ??= buildTables()
    return tables
  }
})()
