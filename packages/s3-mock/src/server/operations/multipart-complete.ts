import { createHash } from 'node:crypto'
import {
  type Checksum,
  checksumElement,
  checksumElements,
  checksumHeader,
  createMeter,
} from '../body/checksum.ts'
import { combineCrc } from '../body/crc-combine.ts'
import { wrongChecksum } from '../body/expected.ts'
import { type Call, checkBucketExists, newVersionHeader, type Operation } from '../call.ts'
import { type Answer, xml } from '../message/answer.ts'
import { children, readXml, textOf, type XmlNode } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import type { Part, StoredObject, Upload } from '../store/model.ts'
import { checkWrite, unquoted } from './conditions.ts'
import { checkUploadKey } from './customer-key.ts'
import { encryptionHeaders } from './encryption.ts'
import { uploadOf } from './multipart-begin.ts'

const minPart = 5 * 1024 * 1024

/** Answers `POST /<bucket>/<key>?uploadId=`. */
export const completeMultipartUpload: Operation = async (call) => {
  const { bucket, key, request } = call
  // The checksums in the headers are those of the object, not of this document.
  const document = readXml(await call.bodyOfObject.text(), 'CompleteMultipartUpload')
  checkBucketExists(call, bucket)
  const before = completedBefore(call, document)
  if (before !== undefined) return answerOf(call, before)
  const upload = uploadOf(call)
  const parts = chosenParts(upload, document)
  checkUploadKey(request.header, upload.object.encryption)
  const size = parts.reduce((sum, { segment }) => sum + segment.size, 0)
  const checksum = checksumOf(upload, parts)
  checkWhole(call, size, checksum)
  checkWrite(request, bucket.current(key))
  const etags = createHash('md5').update(Buffer.from(parts.map(({ etag }) => etag).join(''), 'hex'))
  const object = bucket.put(key, {
    ...upload.object,
    segments: parts.map(({ segment }) => segment),
    size,
    etag: `"${etags.digest('hex')}-${parts.length}"`,
    modified: Date.now(),
    checksum,
    parts: parts.map(({ number, segment, checksum: one }) => ({
      number,
      size: segment.size,
      checksum: one,
    })),
  })
  bucket.endUpload(upload, parts)
  bucket.completed.add(upload.id, { key, etag: object.etag, parts: askedOf(document) })
  call.emit('s3:ObjectCreated:CompleteMultipartUpload', bucket, key, object)
  return answerOf(call, object)
}

// ---

const answerOf = ({ bucket, key, request }: Call, object: StoredObject): Answer =>
  xml(
    'CompleteMultipartUploadResult',
    {
      Location: `http://${request.headers.get('host') ?? ''}${request.rawPath}`,
      Bucket: bucket.name,
      Key: key,
      ETag: object.etag,
      ...checksumElements(object.checksum),
    },
    { ...newVersionHeader(bucket, object.versionId), ...encryptionHeaders(object.encryption) },
  )

/** Returns the object of an earlier request, whose answer the client may not have got. */
const completedBefore = (
  { bucket, key, request }: Call,
  document: XmlNode,
): StoredObject | undefined => {
  const found = bucket.completed.get(request.param('uploadId') ?? '')
  if (found === undefined || found.key !== key || found.parts !== askedOf(document))
    return undefined
  return bucket
    .versions(key)
    .find((version): version is StoredObject => !version.deleted && version.etag === found.etag)
}

/** Returns the parts that a document names, as a text to compare. */
const askedOf = (document: XmlNode): string =>
  children(document, 'Part')
    .map((part) => `${textOf(part, 'PartNumber')} ${unquoted(textOf(part, 'ETag') ?? '')}`)
    .join()

const chosenParts = (upload: Upload, document: XmlNode): readonly Part[] => {
  const asked = children(document, 'Part')
  if (asked.length === 0 || asked.length > 10_000) throw new S3Error('MalformedXML')
  let before = 0
  const parts = asked.map((element) => {
    const number = Number(textOf(element, 'PartNumber'))
    if (!Number.isInteger(number)) throw new S3Error('MalformedXML')
    if (number <= before)
      throw new S3Error('InvalidPartOrder', { details: { UploadId: upload.id } })
    before = number
    const part = upload.parts.get(number)
    const etag = textOf(element, 'ETag')
    if (part === undefined || etag === undefined || unquoted(etag) !== part.etag)
      throw invalidPart(upload, number, etag ?? '')
    checkPartChecksum(upload, part, element)
    return part
  })
  for (const part of parts.slice(0, -1))
    if (part.segment.size < minPart)
      throw new S3Error('EntityTooSmall', {
        details: {
          ProposedSize: part.segment.size,
          MinSizeAllowed: minPart,
          PartNumber: part.number,
          ETag: part.etag,
        },
      })
  return parts
}

const invalidPart = (upload: Upload, number: number, etag: string) =>
  new S3Error('InvalidPart', { details: { UploadId: upload.id, PartNumber: number, ETag: etag } })

const checkPartChecksum = (upload: Upload, part: Part, element: XmlNode) => {
  if (part.checksum === undefined) return
  const given = textOf(element, checksumElement(part.checksum.algorithm))
  if (given !== undefined && given !== part.checksum.value)
    throw invalidPart(upload, part.number, part.etag)
  if (given === undefined && upload.checksum?.type === 'COMPOSITE') {
    const name = upload.checksum.algorithm.toLowerCase()
    throw new S3Error('InvalidRequest', {
      message: `The upload was created using a ${name} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
    })
  }
}

const checksumOf = (upload: Upload, parts: readonly Part[]): Checksum | undefined => {
  if (upload.checksum === undefined) return undefined
  const { algorithm, type } = upload.checksum
  const each = parts.map(({ checksum, segment }) => ({
    sum: Buffer.from(checksum?.value ?? '', 'base64'),
    size: segment.size,
  }))
  if (type === 'COMPOSITE') {
    const meter = createMeter(algorithm)
    for (const { sum } of each) meter.update(sum)
    return { algorithm, value: `${meter.digest().toString('base64')}-${parts.length}`, type }
  }
  if (algorithm === 'SHA1' || algorithm === 'SHA256') return undefined
  const [first, ...rest] = each
  const whole = rest.reduce<Buffer>(
    (sum, next) => combineCrc(algorithm, sum, next.sum, next.size),
    first?.sum ?? Buffer.alloc(0),
  )
  return { algorithm, value: whole.toString('base64'), type }
}

/** Checks what the client declares about the whole object. */
const checkWhole = ({ request }: Call, size: number, checksum: Checksum | undefined) => {
  const announced = request.headers.get('x-amz-mp-object-size')
  if (announced !== undefined && Number(announced) !== size)
    throw new S3Error('InvalidRequest', {
      message: `The provided 'x-amz-mp-object-size' header value ${announced} does not match what was computed: ${size}`,
    })
  if (checksum === undefined) return
  const given = request.headers.get(checksumHeader(checksum.algorithm))
  if (given !== undefined && given !== checksum.value) throw wrongChecksum(checksum.algorithm)
}
