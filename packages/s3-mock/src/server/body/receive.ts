import type { ServerResponse } from 'node:http'
import type { Identity } from '../auth/authenticate.ts'
import { createChunkVerifier } from '../auth/chunk-signature.ts'
import type { S3Request } from '../message/request.ts'
import { S3Error } from '../s3-error.ts'
import type { Sink } from '../store/blobs.ts'
import { decodeAwsChunked, type Trailers } from './aws-chunked.ts'
import { type Checksum, type ChecksumAlgorithm, checksumHeader, createMeter } from './checksum.ts'
import { createDigests, type HashName } from './digests.ts'
import { eachPiece } from './each-piece.ts'
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
   * Passes it to `sink` piece by piece.
   *
   * @param algorithm checksum to compute even if the client sends none.
   * @throws {S3Error} `BadDigest`, `XAmzContentSHA256Mismatch`, `IncompleteBody`, …; the pieces must be discarded then.
   */
  receive(sink: Sink, algorithm?: ChecksumAlgorithm): Promise<Received>
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
    signed: identity.kind === 'signed' && identity.seed !== undefined,
  })
  const receive: Body['receive'] = async (sink, algorithm = expected.checksum?.algorithm) => {
    if (/100-continue/i.test(request.headers.get('expect') ?? '')) response.writeContinue()
    const trailers: Trailers = new Map()
    const intake = createIntake(expected, trailers, sink, algorithm)
    return finish(intake, async () => {
      if (expected.framing === 'none') return eachPiece(request.raw, intake.take)
      for await (const bytes of unframed(request, identity, expected, trailers)) {
        const taken = intake.take(bytes)
        if (taken !== undefined) await taken
      }
    })
  }
  return {
    expected,
    receive,
    async text() {
      const pieces: Buffer[] = []
      let size = 0
      if ((expected.size ?? 0) > maxText) throw new S3Error('MaxMessageLengthExceeded')
      await receive((bytes) => {
        size += bytes.length
        if (size > maxText) throw new S3Error('MaxMessageLengthExceeded')
        pieces.push(bytes)
        return undefined
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
  sink: Sink,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<Received> => {
  const intake = createIntake(expected, trailers, sink, algorithm)
  return finish(intake, async () => {
    for await (const bytes of chunks) await intake.take(bytes)
  })
}

// ---

interface Intake {
  readonly take: Sink
  end(): Promise<Received>
  drop(): void
}

const finish = async (intake: Intake, read: () => Promise<void>): Promise<Received> => {
  try {
    await read()
    return await intake.end()
  } catch (error) {
    intake.drop()
    throw error
  }
}

const createIntake = (
  expected: Expected,
  trailers: Trailers,
  sink: Sink,
  algorithm: ChecksumAlgorithm | undefined,
): Intake => {
  const hash = hashOf(algorithm)
  const digests = createDigests(
    [
      ...new Set<HashName>([
        'md5',
        ...(expected.sha256 === undefined ? [] : ['sha256' as const]),
        ...(hash === undefined ? [] : [hash]),
      ]),
    ],
    expected.size,
  )
  const meter = algorithm === undefined || hash !== undefined ? undefined : createMeter(algorithm)
  let size = 0
  return {
    take(bytes) {
      size += bytes.length
      if (expected.size !== undefined && size > expected.size) throw new S3Error('IncompleteBody')
      // The digests are computed while it is written.
      const sunk = sink(bytes)
      const hashed = digests.update(bytes)
      meter?.update(bytes)
      if (sunk === undefined || hashed === undefined) return sunk ?? hashed
      return Promise.all([sunk, hashed]).then(() => {})
    },
    async end() {
      if (expected.size !== undefined && size !== expected.size) throw new S3Error('IncompleteBody')
      const found = await digests.digest()
      const md5 = found.get('md5') ?? Buffer.alloc(0)
      checkSha256(expected, found.get('sha256'))
      checkMd5(expected, md5)
      if (algorithm === undefined) return { size, md5, checksum: undefined }
      const sum = hash === undefined ? meter?.digest() : found.get(hash)
      const value = (sum ?? Buffer.alloc(0)).toString('base64')
      checkChecksum(expected, value, trailers)
      return { size, md5, checksum: { algorithm, value, type: 'FULL_OBJECT' } }
    },
    drop: digests.drop,
  }
}

const hashOf = (algorithm: ChecksumAlgorithm | undefined): HashName | undefined =>
  algorithm === 'SHA1' ? 'sha1' : algorithm === 'SHA256' ? 'sha256' : undefined

const checkSha256 = ({ sha256 }: Expected, digest: Buffer | undefined): void => {
  if (sha256 === undefined) return
  const found = digest?.toString('hex') ?? ''
  if (found !== sha256)
    throw new S3Error('XAmzContentSHA256Mismatch', {
      details: { ClientComputedContentSHA256: sha256, S3ComputedContentSHA256: found },
    })
}

const checkMd5 = ({ md5 }: Expected, found: Buffer): void => {
  if (md5 !== undefined && !found.equals(md5))
    throw new S3Error('BadDigest', {
      details: {
        ExpectedDigest: md5.toString('base64'),
        CalculatedDigest: found.toString('base64'),
      },
    })
}

const unframed = (
  request: S3Request,
  identity: Identity,
  { framing, trailer }: Expected,
  trailers: Trailers,
): AsyncIterable<Buffer> =>
  // Without its request a refusal could not be sent.
  decodeAwsChunked(request.raw.iterator({ destroyOnReturn: false }), {
    ...(framing === 'signed' && identity.kind === 'signed' && identity.seed !== undefined
      ? { verifier: createChunkVerifier(identity.seed) }
      : {}),
    ...(trailer ? { trailers } : {}),
  })

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
