import { type Account, ownerElement } from '../access/account.ts'
import type { Call, Operation } from '../call.ts'
import { isoTime, xml } from '../message/answer.ts'
import type { XmlContent } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import type { Bucket } from '../store/bucket.ts'
import type { StoredObject } from '../store/model.ts'
import { compareKeys } from '../store/sorted-keys.ts'
import { readEncoding, readMost, takePage } from './page.ts'

/** Answers `GET /<bucket>`: version 1 of the list, with pages by `marker`. */
export const listObjects: Operation = (call) => {
  const marker = call.request.param('marker') ?? ''
  const { page, shared, encode, delimiter } = list(call, marker)
  const last = typeof page.last === 'string' ? page.last : page.last?.key
  return xml('ListBucketResult', {
    ...shared,
    Marker: encode(marker),
    // Without a delimiter S3 omits it, because the last key is the marker.
    NextMarker: page.truncated && delimiter !== '' && last !== undefined ? encode(last) : undefined,
    Contents: page.entries.map((entry) => contents(entry, encode, call.tenant.accounts)),
  })
}

/** Answers `GET /<bucket>?list-type=2`: version 2 of the list, with pages by a token. */
export const listObjectsV2: Operation = (call) => {
  const { request } = call
  const token = request.param('continuation-token')
  const startAfter = request.param('start-after')
  const { page, shared, encode } = list(
    call,
    token === undefined ? (startAfter ?? '') : readToken(token),
  )
  const last = typeof page.last === 'string' ? page.last : page.last?.key
  const withOwner = request.param('fetch-owner') === 'true'
  return xml('ListBucketResult', {
    ...shared,
    KeyCount: page.entries.length + page.prefixes.length,
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
    ContinuationToken: token,
    NextContinuationToken: page.truncated && last !== undefined ? writeToken(last) : undefined,
    Contents: page.entries.map((entry) =>
      contents(entry, encode, withOwner ? call.tenant.accounts : undefined),
    ),
  })
}

// ---

interface Entry {
  readonly key: string
  readonly object: StoredObject
}

const list = ({ bucket, request }: Call, after: string) => {
  const prefix = request.param('prefix') ?? ''
  const delimiter = request.param('delimiter') ?? ''
  const most = readMost(request, 'max-keys')
  const { type, encode } = readEncoding(request)
  const page = takePage(entriesAfter(bucket, after, prefix), {
    prefix,
    delimiter,
    most,
    shown: after,
  })
  return {
    page,
    encode,
    delimiter,
    shared: {
      Name: bucket.name,
      Prefix: encode(prefix),
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      MaxKeys: most,
      EncodingType: type,
      IsTruncated: page.truncated,
      CommonPrefixes: page.prefixes.map((one) => ({ Prefix: encode(one) })),
    } satisfies XmlContent,
  }
}

function* entriesAfter(bucket: Bucket, after: string, prefix: string): Generator<Entry> {
  for (const key of bucket.keys.from(compareKeys(after, prefix) > 0 ? after : prefix)) {
    const object = bucket.current(key)
    // An empty marker skips nothing, because keys are not empty.
    if (key !== after && object !== undefined) yield { key, object }
  }
}

const contents = (
  { key, object }: Entry,
  encode: (text: string) => string,
  accounts: readonly Account[] | undefined,
): XmlContent => ({
  Key: encode(key),
  LastModified: isoTime(object.modified),
  ETag: object.etag,
  ChecksumAlgorithm: object.checksum?.algorithm,
  ChecksumType: object.checksum?.type,
  Size: object.size,
  StorageClass: object.storageClass,
  Owner: accounts === undefined ? undefined : ownerElement(accounts, object.acl.owner),
})

const writeToken = (last: string) => Buffer.from(`1:${last}`).toString('base64url')

const readToken = (token: string): string => {
  const text = Buffer.from(token, 'base64url').toString('utf8')
  if (!text.startsWith('1:'))
    throw new S3Error('InvalidArgument', {
      message: 'The continuation token provided is incorrect',
      details: { ArgumentName: 'continuation-token' },
    })
  return text.slice(2)
}
