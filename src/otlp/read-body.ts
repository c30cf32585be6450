import type { IncomingMessage } from 'node:http'
import { gunzip, inflate } from 'node:zlib'
import { waitClock } from '../call/wait-clock.ts'
import { codeOf, messageOf } from '../errors/unknown-error.ts'

/** Why a request is refused, as it is answered. */
export class Refusal extends Error {
  /** HTTP status. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** How long a body may be, in bytes. */
export interface BodyLimits {
  /** As it is sent. */
  readonly sent: number
  /** Decompressed. */
  readonly whole: number
  /** Milliseconds that it may take to arrive. */
  readonly arrivalMs: number
}

/** Returns the body of a request, decompressed. Throws a {@link Refusal}. */
export const readBody = async (request: IncomingMessage, limits: BodyLimits): Promise<Buffer> => {
  const sent = await bytesOf(request, limits)
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding === 'identity') return sent
  const decompress = decoders.get(encoding)
  if (decompress === undefined)
    throw new Refusal(415, `the body is encoded as ${encoding}, and only gzip and deflate are read`)
  return await new Promise((resolve, reject) => {
    decompress(sent, { maxOutputLength: limits.whole }, (error, whole) => {
      if (error === null) resolve(whole)
      else if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') reject(tooLong(limits.whole))
      else reject(new Refusal(400, `the body is not ${encoding}: ${messageOf(error)}`))
    })
  })
}

// ---

const decoders = new Map([
  ['gzip', gunzip],
  ['deflate', inflate],
])

const bytesOf = async (
  request: IncomingMessage,
  { sent: most, arrivalMs }: BodyLimits,
): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let length = 0
  // The server's own limits do not hold for connections that it did not accept itself.
  using _limit = waitClock.timer(arrivalMs, () =>
    request.destroy(new Error(`it took ${arrivalMs} ms`)),
  )
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > most) throw tooLong(most)
      chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(400, `the body ended early: ${messageOf(error)}`)
  }
  return Buffer.concat(chunks)
}

const tooLong = (most: number) => new Refusal(413, `the body is longer than ${most} bytes`)
