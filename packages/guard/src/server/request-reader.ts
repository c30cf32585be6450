import type { Socket } from 'node:net'
import { BodyReader } from '../http/body-reader.ts'
import { readHead } from '../http/read-head.ts'
import type { Refusal } from '../http/refusal.ts'
import type { RequestHead } from '../http/request-head.ts'

/** Reads one request of a client's connection, part by part. Bytes are read only when they are asked for. */
export class RequestReader {
  readonly #bytes: AsyncIterator<Buffer>
  #rest: Uint8Array = new Uint8Array()

  /** @param socket a new connection; this reader is its only reader until `release`. */
  constructor(socket: Socket) {
    this.#bytes = socket.iterator({ destroyOnReturn: false })
  }

  /** Returns the head; `undefined` if the client leaves before it has sent one. */
  async readHead(): Promise<RequestHead | { readonly refuse: Refusal } | undefined> {
    for (;;) {
      const read = readHead(this.#rest)
      if ('refuse' in read) return read
      if ('head' in read) {
        this.#rest = this.#rest.subarray(read.length)
        return read.head
      }
      const more = await this.#next()
      if (more === undefined) return undefined
      this.#rest = Buffer.concat([this.#rest, more])
    }
  }

  /**
   * Yields the parts of the body, without chunk sizes. A refusal is the last item.
   *
   * @throws if the client leaves before the end of the body.
   */
  async *readBody(
    { framing }: RequestHead,
    maxBytes: number,
  ): AsyncGenerator<Uint8Array | { readonly refuse: Refusal }> {
    const reader = new BodyReader(framing, maxBytes)
    for (;;) {
      const part = reader.push(this.#rest)
      if ('refuse' in part) return yield part
      yield* part.data
      this.#rest = part.rest ?? new Uint8Array()
      if (part.rest !== undefined) return
      this.#rest = (await this.#next()) ?? fail()
    }
  }

  /** Ends reading and returns what was read and not used; the socket can have another reader then. */
  async release(): Promise<Uint8Array> {
    await this.#bytes.return?.()
    return this.#rest
  }

  async #next(): Promise<Buffer | undefined> {
    const { value, done } = await this.#bytes.next()
    return done === true ? undefined : value
  }
}

// ---

const fail = (): never => {
  throw new Error('the client left before the end of the body')
}
