import { crc32 } from 'node:zlib'

/** Returns a ZIP archive of one file, not compressed: the format of `.ez` files. */
export const archiveOf = (path: string, text: string): Buffer => {
  const name = Buffer.from(path)
  const data = Buffer.from(text)
  // Version 2.0, no flags, stored, 1 January 1980.
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(33, 8)
  common.writeUInt32LE(crc32(data), 10)
  common.writeUInt32LE(data.length, 14)
  common.writeUInt32LE(data.length, 18)
  common.writeUInt16LE(name.length, 22)
  const file = Buffer.concat([signature(0x04034b50), common, name, data])
  const entry = Buffer.concat([
    signature(0x02014b50),
    Buffer.from([20, 0]),
    common,
    Buffer.alloc(14),
    name,
  ])
  const end = Buffer.alloc(18)
  end.writeUInt16LE(1, 4)
  end.writeUInt16LE(1, 6)
  end.writeUInt32LE(entry.length, 8)
  end.writeUInt32LE(file.length, 12)
  return Buffer.concat([file, entry, signature(0x06054b50), end])
}

const signature = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
