import { ownerElement } from '../access/account.ts'
import type { Operation } from '../call.ts'
import { isoTime, xml } from '../message/answer.ts'
import type { XmlContent } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import type { Bucket } from '../store/bucket.ts'
import type { Version } from '../store/model.ts'
import { compareKeys } from '../store/sorted-keys.ts'
import { readEncoding, readMost, takePage } from './page.ts'

/** Answers `GET /<bucket>?versions`: sorted by key, newest version first. */
export const listObjectVersions: Operation = ({ bucket, request, tenant }) => {
  const prefix = request.param('prefix') ?? ''
  const delimiter = request.param('delimiter') ?? ''
  const keyMarker = request.param('key-marker') ?? ''
  const versionMarker = request.param('version-id-marker') ?? ''
  if (versionMarker !== '' && keyMarker === '')
    throw new S3Error('InvalidArgument', {
      message: 'A version-id marker cannot be specified without a key marker.',
      details: { ArgumentName: 'version-id-marker', ArgumentValue: versionMarker },
    })
  const most = readMost(request, 'max-keys')
  const { type, encode } = readEncoding(request)
  const page = takePage(entriesAfter(bucket, keyMarker, versionMarker, prefix), {
    prefix,
    delimiter,
    most,
    shown: keyMarker,
  })
  const ownerOf = ({ version }: Entry) =>
    ownerElement(tenant.accounts, version.deleted ? bucket.settings.owner : version.acl.owner)
  const shown = page.entries.map((entry) => ({
    entry,
    content: describeEntry(entry, encode, ownerOf(entry)),
  }))
  const of = (deleted: boolean) =>
    shown.filter(({ entry }) => entry.version.deleted === deleted).map(({ content }) => content)
  return xml('ListVersionsResult', {
    Name: bucket.name,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    KeyMarker: encode(keyMarker),
    VersionIdMarker: versionMarker,
    ...nextMarkers(page.truncated ? page.last : undefined, encode),
    MaxKeys: most,
    EncodingType: type,
    IsTruncated: page.truncated,
    Version: of(false),
    DeleteMarker: of(true),
    CommonPrefixes: page.prefixes.map((one) => ({ Prefix: encode(one) })),
  })
}

// ---

interface Entry {
  readonly key: string
  readonly version: Version
  readonly latest: boolean
}

function* entriesAfter(
  bucket: Bucket,
  keyMarker: string,
  versionMarker: string,
  prefix: string,
): Generator<Entry> {
  for (const key of bucket.keys.from(compareKeys(keyMarker, prefix) > 0 ? keyMarker : prefix)) {
    const versions = bucket.versions(key)
    const marked = versions.findIndex(({ versionId }) => versionId === versionMarker)
    // A key marker without a version skips all versions of its key.
    const skipped = key !== keyMarker ? 0 : marked === -1 ? versions.length : marked + 1
    for (const [at, version] of versions.entries())
      if (at >= skipped) yield { key, version, latest: at === 0 }
  }
}

const describeEntry = (
  { key, version, latest }: Entry,
  encode: (text: string) => string,
  owner: XmlContent,
): XmlContent => ({
  Key: encode(key),
  VersionId: version.versionId,
  IsLatest: latest,
  LastModified: isoTime(version.modified),
  ...(version.deleted
    ? {}
    : { ETag: version.etag, Size: version.size, StorageClass: version.storageClass }),
  Owner: owner,
})

const nextMarkers = (
  last: Entry | string | undefined,
  encode: (text: string) => string,
): Readonly<Record<string, string>> => {
  if (last === undefined) return {}
  return typeof last === 'string'
    ? { NextKeyMarker: encode(last) }
    : { NextKeyMarker: encode(last.key), NextVersionIdMarker: last.version.versionId }
}
