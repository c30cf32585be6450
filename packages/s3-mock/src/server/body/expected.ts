import type { S3Request } from '../message/request.ts'
import { S3Error } from '../s3-error.ts'
import {
  type ChecksumAlgorithm,
  checksumAlgorithms,
  checksumHeader,
  checksumLength,
  readAlgorithm,
} from './checksum.ts'

/** What a request declares about its body. */
export interface Expected {
  /** Bytes of the content, without framing. */
  readonly size: number | undefined
  readonly md5: Buffer | undefined
  /** Hex. */
  readonly sha256: string | undefined
  /** `value` is `undefined` if it is a trailer. */
  readonly checksum:
    | { readonly algorithm: ChecksumAlgorithm; readonly value: string | undefined }
    | undefined
  readonly framing: 'none' | 'unsigned' | 'signed'
  readonly trailer: boolean
}

const framings: Readonly<Record<string, Pick<Expected, 'framing' | 'trailer'>>> = {
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { framing: 'unsigned', trailer: true },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { framing: 'signed', trailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { framing: 'signed', trailer: true },
}

/**
 * Returns what the headers of a request declare about its body.
 *
 * @param payload `x-amz-content-sha256`, as it was signed.
 * @param options.withChecksum whether checksum headers are about the body.
 */
export const readExpected = (
  request: S3Request,
  payload: string,
  { withChecksum, signed }: { readonly withChecksum: boolean; readonly signed: boolean },
): Expected => {
  const framing = framings[payload] ?? { framing: 'none', trailer: false }
  if (payload.startsWith('STREAMING-') && framings[payload] === undefined)
    throw new S3Error('NotImplemented', { message: `${payload} is not implemented` })
  if (framing.framing === 'signed' && !signed)
    throw new S3Error('InvalidRequest', { message: `${payload} needs a signed request` })
  const isHash = /^[0-9a-f]{64}$/i.test(payload)
  if (framing.framing === 'none' && !isHash && payload !== 'UNSIGNED-PAYLOAD')
    throw new S3Error('InvalidArgument', {
      message:
        'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
      details: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: payload },
    })
  return {
    ...framing,
    size: sizeOf(request, framing.framing !== 'none'),
    md5: md5Of(request),
    sha256: isHash ? payload.toLowerCase() : undefined,
    checksum: withChecksum ? checksumOf(request, framing.trailer) : undefined,
  }
}

/** Checks the format of a checksum. @throws {S3Error} `InvalidRequest`. */
export const checkChecksumText = (algorithm: ChecksumAlgorithm, text: string): string => {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== checksumLength[algorithm] || bytes.toString('base64') !== text)
    throw new S3Error('InvalidRequest', {
      message: `Value for ${checksumHeader(algorithm)} header is invalid.`,
    })
  return text
}

/** Returns the error for content that does not match a declared checksum. */
export const wrongChecksum = (algorithm: ChecksumAlgorithm): S3Error =>
  new S3Error('BadDigest', {
    message: `The ${algorithm} you specified did not match the calculated checksum.`,
  })

// ---

const sizeOf = (request: S3Request, framed: boolean): number | undefined => {
  const text = request.headers.get(framed ? 'x-amz-decoded-content-length' : 'content-length')
  if (text === undefined) {
    if (framed) throw new S3Error('MissingContentLength')
    return undefined
  }
  const size = Number(text)
  if (!Number.isSafeInteger(size) || size < 0)
    throw new S3Error('InvalidArgument', { message: `${text} is not a valid Content-Length` })
  return size
}

const md5Of = (request: S3Request): Buffer | undefined => {
  const text = request.headers.get('content-md5')
  if (text === undefined) return undefined
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== 16) throw new S3Error('InvalidDigest')
  return bytes
}

const checksumOf = (request: S3Request, trailer: boolean): Expected['checksum'] => {
  const named = [...request.headers.keys()].filter(
    (name) => name.startsWith('x-amz-checksum-') && !/-(algorithm|type|mode)$/.test(name),
  )
  const inTrailer = trailer
    ? (request.headers.get('x-amz-trailer') ?? '')
        .split(',')
        .map((name) => name.trim().toLowerCase())
    : []
  const all = [...named, ...inTrailer.filter((name) => name !== '')]
  if (all.length > 1)
    throw new S3Error('InvalidRequest', {
      message:
        'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    })
  const [name] = all
  const announced = request.headers.get('x-amz-sdk-checksum-algorithm')
  if (name === undefined) {
    if (announced !== undefined)
      throw new S3Error('InvalidRequest', {
        message:
          'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
      })
    return undefined
  }
  const algorithm = checksumAlgorithms.find((candidate) => checksumHeader(candidate) === name)
  if (algorithm === undefined)
    throw new S3Error('NotImplemented', { message: `${name} is not implemented` })
  if (announced !== undefined && readAlgorithm(announced) !== algorithm)
    throw new S3Error('InvalidRequest', {
      message: 'Value for x-amz-sdk-checksum-algorithm header is invalid.',
    })
  const value = request.headers.get(name)
  return { algorithm, value: value === undefined ? undefined : checkChecksumText(algorithm, value) }
}
