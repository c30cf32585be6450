import { type Checksum, checksumHeaders } from '../body/checksum.ts'
import { type Operation, versionHeader } from '../call.ts'
import { type Answer, httpTime } from '../message/answer.ts'
import { checkHeader } from '../message/check-header.ts'
import { asHeader, type S3Request } from '../message/request.ts'
import { S3Error } from '../s3-error.ts'
import type { StoredObject } from '../store/model.ts'
import { checkRead } from './conditions.ts'
import { checkCustomerKey } from './customer-key.ts'
import { checkReadHeaders, encryptionHeaders } from './encryption.ts'
import { checkReadable, objectOf } from './find-version.ts'
import { lockHeaders } from './locks.ts'
import { checkPartNumber } from './part-number.ts'
import { type ByteRange, readRange } from './range.ts'

/** Answers GET and HEAD of an object. */
export const getObject: Operation = (call) => {
  const { bucket, request } = call
  checkReadHeaders(request.header)
  const object = objectOf(call)
  checkCustomerKey(request.header, object.encryption)
  if (request.method === 'GET') checkReadable(object)
  const base = {
    etag: object.etag,
    'last-modified': httpTime(object.modified),
    ...versionHeader(bucket, object.versionId),
    ...encryptionHeaders(object.encryption),
  }
  if (checkRead(request, object)) return { status: 304, headers: base }
  const part = partRange(request, object)
  const range =
    object.size === 0 && part !== undefined
      ? undefined
      : (part ?? readRange(request.headers.get('range'), object.size))
  const { start, end } = range ?? { start: 0, end: object.size }
  const headers: Answer['headers'] = {
    ...object.headers,
    ...overrides(call.identity.kind === 'signed', request),
    ...base,
    ...Object.fromEntries(
      Object.entries(object.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]),
    ),
    'accept-ranges': 'bytes',
    'content-length': end - start,
    ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${object.size}` }),
    ...(object.storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': object.storageClass }),
    ...lockHeaders(object),
    ...tagCount(object),
    ...(part !== undefined && object.parts !== undefined
      ? { 'x-amz-mp-parts-count': object.parts.length }
      : {}),
    ...(request.header('x-amz-checksum-mode') === 'ENABLED'
      ? checksumHeaders(checksumOf(object, part, range))
      : {}),
  }
  const status = range === undefined ? 200 : 206
  if (request.method === 'HEAD') return { status, headers }
  return { status, headers, body: bucket.blobs.read(object.segments, start, end) }
}

// ---

const tagCount = ({ tags }: StoredObject) => {
  const count = Object.keys(tags).length
  return count === 0 ? {} : { 'x-amz-tagging-count': count }
}

const overridable = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
]

/** Returns the headers of `response-…` parameters, which only signed requests may use. */
const overrides = (signed: boolean, request: S3Request): Record<string, string> => {
  const found = overridable.flatMap((name) => {
    const value = request.param(`response-${name}`)
    return value === undefined ? [] : [[name, asHeader(value)] as const]
  })
  if (found.length > 0 && !signed)
    throw new S3Error('InvalidRequest', {
      message: 'Request specific response headers cannot be used for anonymous GET requests.',
    })
  for (const [name, value] of found) checkHeader(name, value)
  return Object.fromEntries(found)
}

interface PartRange extends ByteRange {
  /** Of the part alone. */
  readonly checksum: Checksum | undefined
}

/** Returns the checksum of what is sent, if it is known. */
const checksumOf = (
  { checksum, parts }: StoredObject,
  part: PartRange | undefined,
  range: ByteRange | undefined,
): Checksum | undefined => {
  if (part === undefined) return range === undefined ? checksum : undefined
  if (parts === undefined) return checksum
  return part.checksum && { ...part.checksum, type: checksum?.type ?? part.checksum.type }
}

const partRange = (request: S3Request, object: StoredObject): PartRange | undefined => {
  const text = request.param('partNumber')
  if (text === undefined) return undefined
  if (request.headers.has('range'))
    throw new S3Error('InvalidRequest', {
      message: 'Cannot specify both Range header and partNumber query parameter',
    })
  checkPartNumber(text)
  const sizes = object.parts?.map(({ size }) => size) ?? [object.size]
  const at = object.parts?.findIndex(({ number }) => number === Number(text)) ?? Number(text) - 1
  const size = sizes[at]
  if (size === undefined)
    throw new S3Error('InvalidPartNumber', {
      details: { PartNumberRequested: text, ActualPartCount: sizes.length },
    })
  const start = sizes.slice(0, at).reduce((sum, one) => sum + one, 0)
  return { start, end: start + size, checksum: object.parts?.[at]?.checksum }
}
