import type { ChunkVerifier } from '../auth/chunk-signature.ts'
import { S3Error } from '../s3-error.ts'

/** Trailers of a body, which are added when its end has been read. */
export type Trailers = Map<string, string>

/** Options of {@link decodeAwsChunked}. */
export interface AwsChunkedOptions {
  /** Absent for unsigned chunks. */
  readonly verifier?: ChunkVerifier
  /** Whether trailers are expected, and signed if chunks are. */
  readonly trailers?: Trailers
}

const maxLine = 16 * 1024

/**
 * Decodes the `aws-chunked` framing of a body: `<hex size>[;chunk-signature=…]\r\n<data>\r\n … 0\r\n[trailers]\r\n`.
 * Data is yielded as it arrives, before the signature of its chunk is checked at the end of the chunk.
 *
 * @throws {S3Error} `IncompleteBody`, `MalformedTrailerError`, `SignatureDoesNotMatch`.
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  { verifier, trailers }: AwsChunkedOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const reader = createReader(source)
  try {
    for (;;) {
      const { size, signature } = readChunkLine(await reader.line())
      verifier?.begin()
      for (let left = size; left > 0; ) {
        const bytes = await reader.some(left)
        left -= bytes.length
        verifier?.update(bytes)
        yield bytes
      }
      verifier?.end(signature)
      if (size === 0) break
      if ((await reader.line()) !== '') throw new S3Error('IncompleteBody')
    }
    if (trailers !== undefined) await readTrailers(reader, trailers, verifier)
    // Some clients omit the last empty line.
    await reader.drain()
  } finally {
    await reader.close()
  }
}

// ---

interface Reader {
  /** Returns the text up to the next line feed, without the line's end; empty at the end of the body. */
  line(): Promise<string>
  /** Returns at least one byte, and at most `most`. */
  some(most: number): Promise<Buffer>
  /** Reads and discards the rest. */
  drain(): Promise<void>
  /** Stops reading. */
  close(): Promise<unknown>
}

const readChunkLine = (line: string): { size: number; signature: string | undefined } => {
  const [, size, signature] =
    /^([0-9a-f]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(line) ?? []
  if (size === undefined)
    throw new S3Error('IncompleteBody', {
      message: 'A chunk of the request body has no valid size',
    })
  return { size: Number.parseInt(size, 16), signature }
}

const readTrailers = async (
  reader: Reader,
  trailers: Trailers,
  verifier: ChunkVerifier | undefined,
) => {
  let signature: string | undefined
  let lines = ''
  for (;;) {
    const line = await reader.line()
    if (line === '') break
    const at = line.indexOf(':')
    if (at < 1) throw new S3Error('MalformedTrailerError')
    const name = line.slice(0, at).trim().toLowerCase()
    const value = line.slice(at + 1).trim()
    if (name === 'x-amz-trailer-signature') signature = value
    else {
      trailers.set(name, value)
      lines += `${name}:${value}\n`
    }
  }
  verifier?.trailer(lines, signature)
}

const createReader = (source: AsyncIterable<Buffer>): Reader => {
  const iterator = source[Symbol.asyncIterator]()
  let buffer: Buffer = Buffer.alloc(0)
  const more = async (): Promise<boolean> => {
    const { done, value } = await iterator.next()
    if (done) return false
    buffer = buffer.length === 0 ? value : Buffer.concat([buffer, value])
    return true
  }
  return {
    async line() {
      for (;;) {
        const at = buffer.indexOf(10)
        if (at !== -1) {
          const text = buffer.toString('latin1', 0, at).replace(/\r$/, '')
          buffer = buffer.subarray(at + 1)
          return text
        }
        if (buffer.length > maxLine) throw new S3Error('IncompleteBody')
        if (!(await more())) {
          const text = buffer.toString('latin1')
          buffer = Buffer.alloc(0)
          return text
        }
      }
    },
    async some(most) {
      if (buffer.length === 0 && !(await more())) throw new S3Error('IncompleteBody')
      const bytes = buffer.subarray(0, most)
      buffer = buffer.subarray(bytes.length)
      return bytes
    },
    async drain() {
      do buffer = Buffer.alloc(0)
      while (await more())
    },
    close: async () => iterator.return?.(),
  }
}
