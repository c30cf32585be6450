import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { Identity } from '../auth/authenticate.ts'
import { createChunkVerifier } from '../auth/chunk-signature.ts'
import type { S3Request } from '../message/request.ts'
import { S3Error } from '../s3-error.ts'
import { decodeAwsChunked, type Trailers } from './aws-chunked.ts'
import { type Checksum, type ChecksumAlgorithm, checksumHeader, createMeter } from './checksum.ts'
import { checkChecksumText, type Expected, readExpected, wrongChecksum } from './expected.ts'

/** A complete body that matched what its request declared. */
export interface Received {
  readonly size: number
  readonly md5: Buffer
  /** Checksum that the client sent, or that the operation asked for. */
  readonly checksum: Checksum | undefined
}

/** The body of a request, which is read once. */
export interface Body {
  readonly expected: Expected
  /**
   * Passes it to `sink` piece by piece; reads the next piece when the returned promise resolves.
   *
   * @param algorithm checksum to compute even if the client sends none.
   * @throws {S3Error} `BadDigest`, `XAmzContentSHA256Mismatch`, `IncompleteBody`, …; the pieces must be discarded then.
   */
  receive(sink: (bytes: Buffer) => unknown, algorithm?: ChecksumAlgorithm): Promise<Received>
  /** Reads it into memory. @throws {S3Error} `MaxMessageLengthExceeded` if it is longer than 8 MiB. */
  text(): Promise<string>
}

const maxText = 8 * 1024 * 1024

/** Returns the body of a request. @param options.checksum whether checksum headers are about this body; default `true`. */
export const openBody = (
  request: S3Request,
  response: ServerResponse,
  identity: Identity,
  options: { readonly checksum?: boolean } = {},
): Body => {
  const payload =
    identity.kind === 'signed'
      ? identity.payload
      : (request.headers.get('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD')
  const expected = readExpected(request, payload, {
    withChecksum: options.checksum ?? true,
    signed: identity.kind === 'signed',
  })
  const receive: Body['receive'] = async (sink, algorithm = expected.checksum?.algorithm) => {
    if (/100-continue/i.test(request.headers.get('expect') ?? '')) response.writeContinue()
    const trailers: Trailers = new Map()
    const chunks = framed(request, identity, expected, trailers)
    return measure(chunks, expected, trailers, sink, algorithm)
  }
  return {
    expected,
    receive,
    async text() {
      const pieces: Buffer[] = []
      let size = 0
      await receive((bytes) => {
        size += bytes.length
        if (size > maxText) throw new S3Error('MaxMessageLengthExceeded')
        pieces.push(bytes)
      })
      return Buffer.concat(pieces).toString('utf8')
    },
  }
}

/** Reads a body to its end, passes it to `sink`, and compares it with what the request declared. */
export const measure = async (
  chunks: AsyncIterable<Buffer>,
  expected: Expected,
  trailers: Trailers,
  sink: (bytes: Buffer) => unknown,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<Received> => {
  const md5 = createMeter('MD5')
  const sha256 = expected.sha256 === undefined ? undefined : createHash('sha256')
  const meter = algorithm === undefined ? undefined : createMeter(algorithm)
  let size = 0
  for await (const bytes of chunks) {
    size += bytes.length
    if (expected.size !== undefined && size > expected.size) throw new S3Error('IncompleteBody')
    // The digests are computed while it is written.
    const sunk = sink(bytes)
    md5.update(bytes)
    sha256?.update(bytes)
    meter?.update(bytes)
    await sunk
  }
  if (expected.size !== undefined && size !== expected.size) throw new S3Error('IncompleteBody')
  if (sha256 !== undefined) {
    const found = sha256.digest('hex')
    if (found !== expected.sha256)
      throw new S3Error('XAmzContentSHA256Mismatch', {
        details: {
          ClientComputedContentSHA256: expected.sha256 ?? '',
          S3ComputedContentSHA256: found,
        },
      })
  }
  const found = md5.digest()
  if (expected.md5 !== undefined && !found.equals(expected.md5))
    throw new S3Error('BadDigest', {
      details: {
        ExpectedDigest: expected.md5.toString('base64'),
        CalculatedDigest: found.toString('base64'),
      },
    })
  if (algorithm === undefined || meter === undefined)
    return { size, md5: found, checksum: undefined }
  const value = meter.digest().toString('base64')
  checkChecksum(expected, value, trailers)
  return { size, md5: found, checksum: { algorithm, value, type: 'FULL_OBJECT' } }
}

// ---

const framed = (
  request: S3Request,
  identity: Identity,
  { framing, trailer }: Expected,
  trailers: Trailers,
): AsyncIterable<Buffer> => {
  if (framing === 'none') return request.raw
  return decodeAwsChunked(request.raw, {
    ...(framing === 'signed' && identity.kind === 'signed'
      ? { verifier: createChunkVerifier(identity.seed) }
      : {}),
    ...(trailer ? { trailers } : {}),
  })
}

const checkChecksum = ({ checksum }: Expected, found: string, trailers: Trailers): void => {
  if (checksum === undefined) return
  const { algorithm } = checksum
  const trailer = trailers.get(checksumHeader(algorithm))
  const expected =
    checksum.value ?? (trailer === undefined ? undefined : checkChecksumText(algorithm, trailer))
  if (expected === undefined)
    throw new S3Error('MalformedTrailerError', {
      message: 'The checksum that the request announces as a trailer is missing',
    })
  if (found !== expected) throw wrongChecksum(algorithm)
}
