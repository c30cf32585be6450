import { type Operation, versionHeader } from '../call.ts'
import { empty, noContent, xml } from '../message/answer.ts'
import { S3Error } from '../s3-error.ts'
import { objectOf } from './find-version.ts'
import { readTagXml, tagSet } from './tags.ts'

/** Answers `GET /<bucket>/<key>?tagging`. */
export const getObjectTagging: Operation = (call) => {
  const { versionId, tags } = objectOf(call)
  return xml('Tagging', tagSet(tags), versionHeader(call.bucket, versionId))
}

/** Answers `PUT /<bucket>/<key>?tagging`. */
export const putObjectTagging: Operation = async (call) => {
  const { bucket, key } = call
  const tags = readTagXml(await call.body.text(), 10)
  const object = objectOf(call)
  bucket.amend(key, object, { tags })
  call.emit('s3:ObjectTagging:Put', bucket, key, object)
  return empty(versionHeader(bucket, object.versionId))
}

/** Answers `DELETE /<bucket>/<key>?tagging`. */
export const deleteObjectTagging: Operation = (call) => {
  const { bucket, key } = call
  const object = objectOf(call)
  bucket.amend(key, object, { tags: {} })
  call.emit('s3:ObjectTagging:Delete', bucket, key, object)
  return noContent(versionHeader(bucket, object.versionId))
}

/** Answers `GET /<bucket>?tagging`. */
export const getBucketTagging: Operation = ({ bucket }) => {
  const { tags } = bucket.settings
  if (tags === undefined)
    throw new S3Error('NoSuchTagSet', { details: { BucketName: bucket.name } })
  return xml('Tagging', tagSet(tags))
}

/** Answers `PUT /<bucket>?tagging`. */
export const putBucketTagging: Operation = async ({ bucket, body }) => {
  bucket.change({ tags: readTagXml(await body.text(), 50) })
  return noContent()
}

/** Answers `DELETE /<bucket>?tagging`. */
export const deleteBucketTagging: Operation = ({ bucket }) => {
  bucket.change({ tags: undefined })
  return noContent()
}
