import type { OutputChunk } from '../../runtime/running-program.ts'

/**
 * Creates a function that splits the engine's multiplexed output into chunks: frames of one byte stream number,
 * three unused bytes, four bytes length, then that many bytes. Bytes are passed on as they arrive. It returns whether
 * the bytes end within a frame.
 *
 * @see Docker Engine API, `POST /containers/{id}/attach`
 */
export const createDemux = (onChunk: (chunk: OutputChunk) => void) => {
  const header = Buffer.alloc(8)
  let headerLength = 0
  let left = 0
  let stream: OutputChunk['stream'] = 'stdout'
  return (bytes: Buffer): boolean => {
    let at = 0
    while (at < bytes.length) {
      if (left === 0) {
        const copied = bytes.copy(header, headerLength, at, at + 8 - headerLength)
        headerLength += copied
        at += copied
        if (headerLength < 8) return true
        headerLength = 0
        left = header.readUInt32BE(4)
        stream = header[0] === 2 ? 'stderr' : 'stdout'
        continue
      }
      const part = bytes.subarray(at, at + left)
      left -= part.length
      at += part.length
      onChunk({ stream, bytes: part })
    }
    return left > 0
  }
}
