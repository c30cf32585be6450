import { type Checksum, checksumElements, checksumHeaders, createMeter } from '../body/checksum.ts'
import { type Call, checkBucketExists, type Operation } from '../call.ts'
import { empty, isoTime, owner, xml } from '../message/answer.ts'
import { S3Error } from '../s3-error.ts'
import type { Part, Upload } from '../store/model.ts'
import { copySourceHeader, readCopySource } from './copy-source.ts'
import { uploadOf } from './multipart-begin.ts'
import { readEncoding, readMost } from './page.ts'
import { checkSize } from './put-object.ts'
import { readRange } from './range.ts'

/** Answers `PUT /<bucket>/<key>?partNumber=&uploadId=`. */
export const uploadPart: Operation = async (call) => {
  const { bucket, body } = call
  const upload = uploadOf(call)
  const number = readPartNumber(call)
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
  const part = keep(call, upload, { number, segment, md5: md5.toString('hex'), checksum })
  const { 'x-amz-checksum-type': _, ...headers } = checksumHeaders(part.checksum)
  return empty({ etag: `"${part.md5}"`, ...headers })
}

/** Answers the same with `x-amz-copy-source`. */
export const uploadPartCopy: Operation = async (call) => {
  const { bucket, request } = call
  const upload = uploadOf(call)
  const number = readPartNumber(call)
  const source = readCopySource(call)
  const text = request.header('x-amz-copy-source-range')
  const range = readRange(text, source.object.size) ?? { start: 0, end: source.object.size }
  if (text !== undefined && !/^bytes=\d+-\d+$/.test(text))
    throw new S3Error('InvalidArgument', {
      message:
        'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      details: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: text },
    })
  const md5 = createMeter('MD5')
  const algorithm = upload.checksum?.algorithm
  const meter = algorithm === undefined ? undefined : createMeter(algorithm)
  const data = source.bucket.blobs.read(source.object.segments, range.start, range.end)
  const [segment] = await bucket.blobs.write(async (sink) => {
    for await (const bytes of data) {
      const sunk = sink(bytes as Buffer)
      md5.update(bytes as Buffer)
      meter?.update(bytes as Buffer)
      await sunk
    }
  })
  const checksum: Checksum | undefined =
    algorithm === undefined || meter === undefined
      ? undefined
      : { algorithm, value: meter.digest().toString('base64'), type: 'FULL_OBJECT' }
  const part = keep(call, upload, { number, segment, md5: md5.digest().toString('hex'), checksum })
  return xml(
    'CopyPartResult',
    { LastModified: isoTime(part.modified), ETag: `"${part.md5}"`, ...partChecksum(part) },
    copySourceHeader(source),
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
    Initiator: owner,
    Owner: owner,
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
      ETag: `"${part.md5}"`,
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

const readPartNumber = ({ request }: Call): number => {
  const text = request.param('partNumber') ?? ''
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < 1 || number > 10_000)
    throw new S3Error('InvalidArgument', {
      message: 'Part number must be an integer between 1 and 10000, inclusive',
      details: { ArgumentName: 'partNumber', ArgumentValue: text },
    })
  return number
}

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
  const before = upload.parts.get(written.number)
  if (before !== undefined) bucket.blobs.remove([before.segment])
  const part = { ...written, modified: Date.now() }
  upload.parts.set(part.number, part)
  return part
}
