import { type Refusal, refusable, refuse } from './refusal.ts'
import type { Framing } from './request-head.ts'

/** What some bytes of a body are. */
export type BodyPart =
  | {
      /** Bytes of the body, without chunk sizes; views of the bytes passed in. */
      readonly data: readonly Uint8Array[]
      /** Present once the body has ended: the bytes after it. */
      readonly rest?: Uint8Array
    }
  | { readonly refuse: Refusal }

/**
 * Reads a body as its bytes arrive. Chunk extensions and trailers are refused: readers disagree about them.
 * After a refusal or the end of the body it must not be used.
 */
export class BodyReader {
  readonly #maxBytes: number
  readonly #chunked: boolean
  #state: 'size' | 'data' | 'end of data' | 'end'
  #left: number
  #total = 0
  #line = ''

  /** @param maxBytes most bytes of the body; more are refused with 413. */
  constructor(framing: Framing, maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#chunked = framing.kind === 'chunked'
    this.#state = framing.kind === 'chunked' ? 'size' : 'data'
    this.#left = framing.kind === 'chunked' ? 0 : framing.bytes
  }

  /** Reads more bytes. A body of length 0 ends with the first call, also without bytes. */
  push(bytes: Uint8Array): BodyPart {
    return refusable(() => (this.#chunked ? this.#pushChunked(bytes) : this.#pushLength(bytes)))
  }

  #pushLength(bytes: Uint8Array): BodyPart {
    if (this.#left > this.#maxBytes) this.#tooLong()
    const data = bytes.subarray(0, this.#left)
    this.#left -= data.length
    const rest = this.#left === 0 ? { rest: bytes.subarray(data.length) } : {}
    return { data: data.length === 0 ? [] : [data], ...rest }
  }

  #pushChunked(bytes: Uint8Array): BodyPart {
    const data: Uint8Array[] = []
    let at = 0
    while (at < bytes.length) {
      if (this.#state === 'data') {
        const part = bytes.subarray(at, at + this.#left)
        data.push(part)
        at += part.length
        this.#left -= part.length
        if (this.#left === 0) this.#state = 'end of data'
        continue
      }
      const line = this.#readLine(bytes[at++] as number)
      if (line === undefined) continue
      if (this.#state === 'size') this.#beginChunk(line)
      else if (this.#state === 'end') return { data, rest: bytes.subarray(at) }
      else this.#state = 'size'
    }
    return { data }
  }

  /** Returns a line once its last byte arrives. No line is longer than a size. */
  #readLine(byte: number): string | undefined {
    this.#line += String.fromCharCode(byte)
    const line = this.#line
    if (line.endsWith('\r\n')) {
      this.#line = ''
      return line.slice(0, -2)
    }
    if (this.#state !== 'size' && line !== '\r')
      refuse(400, 'a chunk is longer than its size, or trailers follow')
    if (!/^[\da-f]{0,8}\r?$/i.test(line)) refuse(400, 'a chunk size is malformed')
    return undefined
  }

  #beginChunk(line: string): void {
    if (line === '') refuse(400, 'a chunk size is missing')
    this.#left = Number.parseInt(line, 16)
    this.#total += this.#left
    if (this.#total > this.#maxBytes) this.#tooLong()
    this.#state = this.#left === 0 ? 'end' : 'data'
  }

  #tooLong(): never {
    return refuse(413, `the body is longer than ${this.#maxBytes} bytes`)
  }
}
