import { type Call, checkBucketExists, type Operation } from '../call.ts'
import { noContent, xml } from '../message/answer.ts'
import { children, readXml, textOf, type XmlContent } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import type { Removal } from '../store/bucket.ts'
import { unquoted } from './conditions.ts'
import { checkVersionId } from './find-version.ts'
import { checkUnlocked } from './locks.ts'

/** Answers `DELETE /<bucket>/<key>`. */
export const deleteObject: Operation = (call) => {
  const { key, request } = call
  const removal = remove(call, key, request.param('versionId'), request.headers.get('if-match'))
  return noContent({
    'x-amz-version-id': removal.versionId,
    'x-amz-delete-marker': removal.marker ? 'true' : undefined,
  })
}

/** Answers `POST /<bucket>?delete`: at most 1000 keys, each with its own result. */
export const deleteObjects: Operation = async (call) => {
  const { body, bucket } = call
  if (body.expected.md5 === undefined && body.expected.checksum === undefined)
    throw new S3Error('InvalidRequest', {
      message: 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*',
    })
  const document = readXml(await body.text(), 'Delete')
  checkBucketExists(call, bucket)
  const objects = children(document, 'Object').map((object) => ({
    key: textOf(object, 'Key') ?? '',
    versionId: textOf(object, 'VersionId'),
    etag: textOf(object, 'ETag'),
  }))
  if (objects.length === 0 || objects.length > 1000) throw new S3Error('MalformedXML')
  const quiet = textOf(document, 'Quiet')?.trim() === 'true'
  const deleted: XmlContent[] = []
  const errors: XmlContent[] = []
  for (const { key, versionId, etag } of objects) {
    try {
      if (key === '') throw new S3Error('InvalidArgument', { message: 'A key is empty' })
      if (Buffer.byteLength(key) > 1024) throw new S3Error('KeyTooLongError')
      const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion'
      call.authorize(action, { bucket, key, versionId })
      const removal = remove(call, key, versionId, etag)
      deleted.push({ Key: key, VersionId: versionId, ...markerElements(removal) })
    } catch (error) {
      if (!(error instanceof S3Error)) throw error
      errors.push({ Key: key, VersionId: versionId, Code: error.code, Message: error.message })
    }
  }
  return xml('DeleteResult', { Deleted: quiet ? [] : deleted, Error: errors })
}

// ---

const markerElements = ({ marker, versionId }: Removal): Readonly<Record<string, XmlContent>> =>
  marker ? { DeleteMarker: true, DeleteMarkerVersionId: versionId } : {}

const remove = (
  call: Call,
  key: string,
  versionId: string | undefined,
  ifMatch: string | undefined,
): Removal => {
  const { bucket } = call
  const object = bucket.current(key)
  if (ifMatch !== undefined) {
    if (object === undefined) throw new S3Error('NoSuchKey', { details: { Key: key } })
    if (ifMatch !== '*' && unquoted(ifMatch) !== unquoted(object.etag))
      throw new S3Error('PreconditionFailed', { details: { Condition: 'If-Match' } })
  }
  if (versionId !== undefined) {
    checkVersionId(versionId)
    checkUnlocked(call, bucket, key, versionId)
  }
  const removal = bucket.delete(key, versionId)
  if (removal.event !== undefined)
    call.emit(removal.event, bucket, key, {
      ...(removal.versionId === undefined ? {} : { versionId: removal.versionId }),
    })
  return removal
}
