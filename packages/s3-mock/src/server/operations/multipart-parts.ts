import { ownerElement } from '../access/account.ts'
import { type Checksum, checksumElements, checksumHeaders, createMeter } from '../body/checksum.ts'
import { type Call, checkBucketExists, type Operation } from '../call.ts'
import { empty, isoTime, xml } from '../message/answer.ts'
import { S3Error } from '../s3-error.ts'
import type { Part, Upload } from '../store/model.ts'
import { type CopySource, copySourceHeader, readCopySource } from './copy-source.ts'
import { checkUploadKey } from './customer-key.ts'
import { encryptionHeaders, etagText } from './encryption.ts'
import { uploadOf } from './multipart-begin.ts'
import { readEncoding, readMost } from './page.ts'
import { checkPartNumber } from './part-number.ts'
import { checkSize } from './put-object.ts'
import { readCopyRange } from './range.ts'

/** Answers `PUT /<bucket>/<key>?partNumber=&uploadId=`. */
export const uploadPart: Operation = async (call) => {
  const { bucket, body } = call
  const upload = uploadOf(call)
  const number = readPartNumber(call)
  checkUploadKey(call.request.header, upload.object.encryption)
  checkSize(call)
  const sent = body.expected.checksum?.algorithm
  const wanted = upload.checksum?.algorithm
  if (sent !== undefined && wanted !== undefined && sent !== wanted)
    throw new S3Error('InvalidRequest', {
      message: `Checksum Type mismatch occurred, expected checksum Type: ${wanted.toLowerCase()}, actual checksum Type: ${sent.toLowerCase()}`,
    })
  const [segment, { md5, checksum }] = await bucket.blobs.write((sink) =>
    body.receive(sink, wanted),
  )
  const part = keep(call, upload, {
    number,
    segment,
    etag: etagText(upload.object.encryption, () => md5.toString('hex')),
    checksum,
  })
  const { 'x-amz-checksum-type': _, ...headers } = checksumHeaders(part.checksum)
  return empty({
    etag: `"${part.etag}"`,
    ...headers,
    ...encryptionHeaders(upload.object.encryption),
  })
}

/** Answers the same with `x-amz-copy-source`. */
export const uploadPartCopy: Operation = async (call) => {
  const { bucket, request } = call
  const upload = uploadOf(call)
  const number = readPartNumber(call)
  checkUploadKey(request.header, upload.object.encryption)
  const source = readCopySource(call)
  const range = rangeOf(call, source)
  const md5 = createMeter('MD5')
  const algorithm = upload.checksum?.algorithm
  const meter = algorithm === undefined ? undefined : createMeter(algorithm)
  const data = source.bucket.blobs.pieces(source.object.segments, range.start, range.end)
  const { segments } = source.object
  bucket.blobs.share(segments)
  const [segment] = await bucket.blobs
    .write(async (sink) => {
      for await (const bytes of data) {
        const sunk = sink(bytes)
        md5.update(bytes)
        meter?.update(bytes)
        await sunk
      }
    })
    .finally(() => bucket.blobs.remove(segments))
  const checksum: Checksum | undefined =
    algorithm === undefined || meter === undefined
      ? undefined
      : { algorithm, value: meter.digest().toString('base64'), type: 'FULL_OBJECT' }
  const part = keep(call, upload, {
    number,
    segment,
    etag: etagText(upload.object.encryption, () => md5.digest().toString('hex')),
    checksum,
  })
  return xml(
    'CopyPartResult',
    { LastModified: isoTime(part.modified), ETag: `"${part.etag}"`, ...partChecksum(part) },
    { ...copySourceHeader(source), ...encryptionHeaders(upload.object.encryption) },
  )
}

/** Answers `GET /<bucket>/<key>?uploadId=`. */
export const listParts: Operation = (call) => {
  const { bucket, key, request } = call
  const upload = uploadOf(call)
  const most = readMost(request, 'max-parts')
  const marker = Number(request.param('part-number-marker') ?? 0)
  const { type, encode } = readEncoding(request)
  const all = sortedParts(upload).filter(({ number }) => number > marker)
  const shown = all.slice(0, most)
  return xml('ListPartsResult', {
    Bucket: bucket.name,
    Key: encode(key),
    UploadId: upload.id,
    Initiator: ownerElement(call.tenant.accounts, upload.initiator),
    Owner: ownerElement(call.tenant.accounts, upload.object.acl.owner),
    StorageClass: upload.object.storageClass,
    PartNumberMarker: marker,
    NextPartNumberMarker: shown.at(-1)?.number ?? 0,
    MaxParts: most,
    EncodingType: type,
    IsTruncated: all.length > shown.length,
    ChecksumAlgorithm: upload.checksum?.algorithm,
    ChecksumType: upload.checksum?.type,
    Part: shown.map((part) => ({
      PartNumber: part.number,
      LastModified: isoTime(part.modified),
      ETag: `"${part.etag}"`,
      Size: part.segment.size,
      ...partChecksum(part),
    })),
  })
}

/** Returns the parts of an upload by number. */
export const sortedParts = ({ parts }: Upload): readonly Part[] =>
  [...parts.values()].sort((a, b) => a.number - b.number)

// ---

const partChecksum = (part: Part): Record<string, string> => {
  const { ChecksumType: _, ...elements } = checksumElements(part.checksum)
  return elements
}

const rangeOf = ({ request }: Call, { object }: CopySource) => {
  const text = request.header('x-amz-copy-source-range')
  return text === undefined ? { start: 0, end: object.size } : readCopyRange(text, object.size)
}

const readPartNumber = ({ request }: Call): number =>
  checkPartNumber(request.param('partNumber') ?? '')

/** Stores a part, and removes the one with the same number. */
const keep = (call: Call, upload: Upload, written: Omit<Part, 'modified'>): Part => {
  const { bucket } = call
  try {
    checkBucketExists(call, bucket)
    uploadOf(call)
  } catch (error) {
    bucket.blobs.remove([written.segment])
    throw error
  }
  const part = { ...written, modified: Date.now() }
  bucket.putPart(upload, part)
  return part
}
