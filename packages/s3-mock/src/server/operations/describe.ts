import { aclOfHeaders, type Parties } from '../access/acl.ts'
import { checkHeader } from '../message/check-header.ts'
import type { S3Request } from '../message/request.ts'
import { S3Error } from '../s3-error.ts'
import type { BucketSettings, Description } from '../store/model.ts'
import { encryptionHeaders, readEncryption } from './encryption.ts'
import { readLock } from './locks.ts'
import { readTagHeader } from './tags.ts'

/** Headers of a request, or the fields of a form. */
export interface Fields {
  get(name: string): string | undefined
  names(): Iterable<string>
}

const stored = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
  'x-amz-website-redirect-location',
]

/** Header that is refused, because ignoring it would hide a fault from tests. */
const notImplemented = 'x-amz-write-offset-bytes'

/** Storage classes of buckets in a region. */
const storageClasses = new Set([
  ...['STANDARD', 'REDUCED_REDUNDANCY', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING'],
  ...['GLACIER', 'GLACIER_IR', 'DEEP_ARCHIVE'],
])

const maxMetadata = 2048

/** Returns the headers of a request, and the `x-amz-` parameters of a presigned URL. */
export const requestFields = (request: S3Request): Fields => ({
  get: request.header,
  names: () => [
    ...request.headers.keys(),
    ...request.query
      .map(([name]) => name.toLowerCase())
      .filter((name) => name.startsWith('x-amz-')),
  ],
})

/**
 * Returns the properties of an object.
 *
 * @param settings of the bucket that it is written to.
 * @throws {S3Error} `NotImplemented`, `MetadataTooLarge`, `InvalidTag`, `InvalidStorageClass`, `InvalidArgument`, ….
 */
export const describe = (
  fields: Fields,
  parties: Parties,
  settings: BucketSettings,
): Description => {
  const names = [...new Set(fields.names())]
  if (fields.get(notImplemented) !== undefined)
    throw new S3Error('NotImplemented', { details: { Header: notImplemented } })
  const encryption = readEncryption(fields.get, settings)
  const metadata = Object.fromEntries(
    names
      .filter((name) => name.startsWith('x-amz-meta-'))
      .map((name) => [name.slice('x-amz-meta-'.length), fields.get(name) ?? '']),
  )
  const size = Object.entries(metadata).reduce((sum, pair) => sum + pair.join('').length, 0)
  if (size > maxMetadata)
    throw new S3Error('MetadataTooLarge', { details: { Size: size, MaxSizeAllowed: maxMetadata } })
  const headers = Object.fromEntries(
    stored.flatMap((name) => {
      const value = storedValue(name, fields.get(name))
      return value === undefined ? [] : [[name, value]]
    }),
  )
  const storageClass = fields.get('x-amz-storage-class') ?? 'STANDARD'
  for (const [name, value] of Object.entries(headers)) checkHeader(name, value)
  for (const [name, value] of Object.entries(metadata)) checkHeader(`x-amz-meta-${name}`, value)
  for (const [name, value] of Object.entries(encryptionHeaders(encryption)))
    checkHeader(name, value)
  if (!storageClasses.has(storageClass))
    throw new S3Error('InvalidStorageClass', {
      details: { StorageClassRequested: storageClass },
    })
  return {
    headers,
    metadata,
    tags: readTagHeader(fields.get('x-amz-tagging')),
    acl: aclOfHeaders(
      (name) => fields.get(name) ?? (name === 'x-amz-acl' ? fields.get('acl') : undefined),
      parties,
    ),
    storageClass,
    encryption,
    ...readLock(fields.get, settings),
  }
}

// ---

const storedValue = (name: string, value: string | undefined): string | undefined => {
  if (name === 'content-type') return value ?? 'binary/octet-stream'
  if (name !== 'content-encoding' || value === undefined) return value
  // `aws-chunked` is the framing of the transfer, not a property of the object. The rest stays as it was sent.
  const kept = value.replace(/(^|,)\s*aws-chunked\s*(?=,|$)/g, '').replace(/^\s*,\s*/, '')
  return kept.trim() === '' ? undefined : kept
}
