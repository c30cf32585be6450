import { checkHeader } from '../message/check-header.ts'
import type { S3Request } from '../message/request.ts'
import { S3Error } from '../s3-error.ts'
import type { StoredObject } from '../store/model.ts'
import { readCannedAcl } from './acl.ts'
import { readTagHeader } from './tags.ts'

/** Headers of a request, or the fields of a form. */
export interface Fields {
  get(name: string): string | undefined
  names(): Iterable<string>
}

/** Properties of an object, without its data. */
export type Description = Pick<
  StoredObject,
  'headers' | 'metadata' | 'tags' | 'acl' | 'storageClass'
>

const stored = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
  'x-amz-website-redirect-location',
  'x-amz-server-side-encryption',
]

/** Headers that are refused, because ignoring them would hide a fault from tests. */
const notImplemented =
  /^x-amz-(object-lock-|server-side-encryption-(customer-|aws-kms-|context|bucket-key)|grant-|write-offset-bytes)/

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
 * @throws {S3Error} `NotImplemented`, `MetadataTooLarge`, `InvalidTag`, `InvalidArgument`.
 */
export const describe = (fields: Fields): Description => {
  const names = [...new Set(fields.names())]
  const strange = names.find((name) => notImplemented.test(name))
  const encryption = fields.get('x-amz-server-side-encryption') ?? 'AES256'
  if (strange !== undefined || encryption !== 'AES256')
    throw new S3Error('NotImplemented', {
      details: { Header: strange ?? `x-amz-server-side-encryption: ${encryption}` },
    })
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
  checkHeader('x-amz-storage-class', storageClass)
  return {
    headers,
    metadata,
    tags: readTagHeader(fields.get('x-amz-tagging')),
    acl: readCannedAcl(fields.get('x-amz-acl') ?? fields.get('acl')),
    storageClass,
  }
}

// ---

const storedValue = (name: string, value: string | undefined): string | undefined => {
  if (name === 'content-type') return value ?? 'binary/octet-stream'
  if (name !== 'content-encoding' || value === undefined) return value
  // `aws-chunked` is the framing of the transfer, not a property of the object.
  const kept = value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== 'aws-chunked' && part !== '')
  return kept.length === 0 ? undefined : kept.join(',')
}
