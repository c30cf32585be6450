import type { TraceFile } from '../../trace/read/merge-trace.ts'

/*
 * Files of a record in one chunk: a line of JSON with `[name, bytes]` of each, and their contents one after the other.
 */

/** Bytes of a chunk from which on the next one is begun: far below the longest string of a browser. */
const chunkBytes = 16 * 1024 * 1024

/** Returns files as chunks; a file that is longer than one goes on in the next one, from a line on. */
export function* encodeFiles(files: Iterable<TraceFile>): Generator<Uint8Array<ArrayBuffer>> {
  let pieces: Piece[] = []
  let size = 0
  for (const file of files) {
    for (const piece of piecesOf(file)) {
      pieces.push(piece)
      size += piece.bytes.length
      if (size < chunkBytes) continue
      yield joined(pieces)
      pieces = []
      size = 0
    }
  }
  if (pieces.length > 0) yield joined(pieces)
}

/** Returns the files in chunks of {@link encodeFiles}, which are in their order. */
export const decodeFiles = (chunks: readonly Uint8Array[]): TraceFile[] => {
  const texts = new Map<string, string>()
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  for (const chunk of chunks) {
    let at = chunk.indexOf(lineFeed) + 1
    const list = JSON.parse(decoder.decode(chunk.subarray(0, at))) as [string, number][]
    for (const [name, bytes] of list) {
      const text = decoder.decode(chunk.subarray(at, at + bytes))
      texts.set(name, (texts.get(name) ?? '') + text)
      at += bytes
    }
  }
  return [...texts].map(([name, text]) => ({ name, text }))
}

// ---

const lineFeed = 0x0a

interface Piece {
  readonly name: string
  readonly bytes: Uint8Array
}

const encoder = new TextEncoder()

function* piecesOf({ name, text }: TraceFile): Generator<Piece> {
  let start = 0
  while (text.length - start > chunkBytes) {
    const end = text.lastIndexOf('\n', start + chunkBytes) + 1
    // A line that is longer than a chunk stays in one piece.
    const next = end > start ? end : text.indexOf('\n', start + chunkBytes) + 1 || text.length
    yield { name, bytes: encoder.encode(text.slice(start, next)) }
    start = next
  }
  yield { name, bytes: encoder.encode(text.slice(start)) }
}

const joined = (pieces: readonly Piece[]): Uint8Array<ArrayBuffer> => {
  const head = encoder.encode(
    `${JSON.stringify(pieces.map(({ name, bytes }) => [name, bytes.length]))}\n`,
  )
  const all = new Uint8Array(pieces.reduce((size, { bytes }) => size + bytes.length, head.length))
  all.set(head)
  let at = head.length
  for (const { bytes } of pieces) {
    all.set(bytes, at)
    at += bytes.length
  }
  return all
}
