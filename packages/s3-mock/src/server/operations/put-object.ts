import { checksumHeaders } from '../body/checksum.ts'
import { type Call, checkBucketExists, newVersionHeader, type Operation } from '../call.ts'
import { empty } from '../message/answer.ts'
import { S3Error } from '../s3-error.ts'
import type { StoredObject } from '../store/model.ts'
import { checkWrite } from './conditions.ts'
import { describe, requestFields } from './describe.ts'
import { encryptionHeaders } from './encryption.ts'
import { wholeObject } from './whole-object.ts'

const maxSize = 5 * 1024 ** 3

/** Answers `PUT /<bucket>/<key>`. */
export const putObject: Operation = async (call) => {
  const { bucket, key, request } = call
  const description = describe(requestFields(request), call.parties(bucket), bucket.settings)
  checkSize(call)
  checkLockedBody(call)
  checkWrite(request, bucket.current(key))
  const [segment, { md5, checksum }] = await bucket.blobs.write((sink) => call.body.receive(sink))
  try {
    checkBucketExists(call, bucket)
    // Another request may have written the object while the body was read.
    checkWrite(request, bucket.current(key))
  } catch (error) {
    bucket.blobs.remove([segment])
    throw error
  }
  const object = bucket.put(key, wholeObject(description, segment, { md5, checksum }))
  call.emit('s3:ObjectCreated:Put', bucket, key, object)
  return empty({ etag: object.etag, ...writtenHeaders(call, object) })
}

/** Returns the headers of every response to a write. */
export const writtenHeaders = ({ bucket }: Call, object: StoredObject): Record<string, string> => ({
  ...newVersionHeader(bucket, object.versionId),
  ...checksumHeaders(object.checksum),
  ...encryptionHeaders(object.encryption),
})

/** Checks that a body declares its length, at most 5 GiB. */
export const checkSize = ({ request, body }: Call): void => {
  const { size } = body.expected
  if (size === undefined) {
    if (request.headers.has('transfer-encoding'))
      throw new S3Error('NotImplemented', { details: { Header: 'Transfer-Encoding' } })
    throw new S3Error('MissingContentLength')
  }
  if (size > maxSize)
    throw new S3Error('EntityTooLarge', {
      details: { ProposedSize: size, MaxSizeAllowed: maxSize },
    })
}

// ---

/** Checks that the body of an object with a lock has a checksum. @throws {S3Error} `InvalidRequest`. */
const checkLockedBody = ({ request, body }: Call): void => {
  const locks = ['mode', 'legal-hold'].some(
    (name) => request.header(`x-amz-object-lock-${name}`) !== undefined,
  )
  if (locks && body.expected.md5 === undefined && body.expected.checksum === undefined)
    throw new S3Error('InvalidRequest', {
      message:
        'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
    })
}
