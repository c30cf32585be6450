import {
  type Checksum,
  type ChecksumAlgorithm,
  checksumElements,
  createMeter,
  readAlgorithm,
} from '../body/checksum.ts'
import { type Call, checkBucketExists, newVersionHeader, type Operation } from '../call.ts'
import { isoTime, xml } from '../message/answer.ts'
import { S3Error } from '../s3-error.ts'
import type { Description, StoredObject } from '../store/model.ts'
import { checkWrite } from './conditions.ts'
import { type CopySource, copySourceHeader, readCopySource } from './copy-source.ts'
import { describe, requestFields } from './describe.ts'
import { encryptionHeaders, etagText, isOpaque } from './encryption.ts'

/** Answers `PUT /<bucket>/<key>` with `x-amz-copy-source`. The data is shared, not copied. */
export const copyObject: Operation = async (call) => {
  const { bucket, key, request } = call
  const source = readCopySource(call)
  const description = describeCopy(call, source)
  checkWrite(request, bucket.current(key))
  const { segments } = source.object
  bucket.blobs.share(segments)
  try {
    const digests = await digestsOf(call, source, description)
    checkBucketExists(call, bucket)
    checkWrite(request, bucket.current(key))
    const object = bucket.put(key, {
      ...description,
      ...digests,
      segments,
      size: source.object.size,
      modified: Date.now(),
      parts: undefined,
    })
    call.emit('s3:ObjectCreated:Copy', bucket, key, object)
    return xml(
      'CopyObjectResult',
      {
        LastModified: isoTime(object.modified),
        ETag: object.etag,
        ...checksumElements(object.checksum),
      },
      {
        ...newVersionHeader(bucket, object.versionId),
        ...copySourceHeader(source),
        ...encryptionHeaders(object.encryption),
      },
    )
  } catch (error) {
    bucket.blobs.remove(segments)
    throw error
  }
}

// ---

const describeCopy = (call: Call, source: CopySource): Description => {
  const { request, bucket, key } = call
  const fields = requestFields(request)
  const given = describe(fields, call.parties(bucket), bucket.settings)
  const directive = oneOf(request.header('x-amz-metadata-directive'), 'x-amz-metadata-directive')
  const tagging = oneOf(request.header('x-amz-tagging-directive'), 'x-amz-tagging-directive')
  const toItself = source.bucket === bucket && source.key === key
  const changes =
    directive === 'REPLACE' ||
    request.param('versionId') !== undefined ||
    source.object !== bucket.latest(key) ||
    [
      'x-amz-storage-class',
      'x-amz-website-redirect-location',
      'x-amz-server-side-encryption',
      'x-amz-server-side-encryption-customer-algorithm',
    ].some((name) => request.header(name) !== undefined)
  if (toItself && !changes)
    throw new S3Error('InvalidRequest', {
      message:
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    })
  return {
    ...given,
    ...(directive === 'REPLACE'
      ? {}
      : { headers: source.object.headers, metadata: source.object.metadata }),
    tags: tagging === 'REPLACE' ? given.tags : source.object.tags,
  }
}

const oneOf = (text: string | undefined, name: string): 'COPY' | 'REPLACE' => {
  if (text === undefined) return 'COPY'
  if (text === 'COPY' || text === 'REPLACE') return text
  throw new S3Error('InvalidArgument', { details: { ArgumentName: name, ArgumentValue: text } })
}

/** Returns etag and checksum of a copy. A copy has no parts, even if its source has. */
const digestsOf = async (
  { request }: Call,
  { bucket, object }: CopySource,
  { encryption }: Description,
): Promise<Pick<StoredObject, 'etag' | 'checksum'>> => {
  const asked = request.header('x-amz-checksum-algorithm')
  const algorithm = asked === undefined ? object.checksum?.algorithm : wantedAlgorithm(asked)
  const keeps = object.checksum?.algorithm === algorithm && object.checksum?.type !== 'COMPOSITE'
  const keepsEtag =
    object.parts === undefined && !isOpaque(object.encryption) && !isOpaque(encryption)
  if (keepsEtag && keeps) return { etag: object.etag, checksum: object.checksum }
  const md5 = createMeter('MD5')
  const meter = algorithm === undefined ? undefined : createMeter(algorithm)
  for await (const bytes of bucket.blobs.pieces(object.segments, 0, object.size)) {
    md5.update(bytes)
    meter?.update(bytes)
  }
  const checksum: Checksum | undefined =
    algorithm === undefined || meter === undefined
      ? undefined
      : { algorithm, value: meter.digest().toString('base64'), type: 'FULL_OBJECT' }
  return { etag: `"${etagText(encryption, () => md5.digest().toString('hex'))}"`, checksum }
}

/** Returns the algorithm of a header. @throws {S3Error} `InvalidRequest`. */
export const wantedAlgorithm = (text: string): ChecksumAlgorithm => {
  const algorithm = readAlgorithm(text)
  if (algorithm === undefined)
    throw new S3Error('InvalidRequest', {
      message:
        'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
    })
  return algorithm
}
