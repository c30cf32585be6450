import type { Call } from '../call.ts'
import { httpTime } from '../message/answer.ts'
import { S3Error } from '../s3-error.ts'
import type { Bucket } from '../store/bucket.ts'
import type { StoredObject } from '../store/model.ts'

/**
 * Returns the object, or the requested version of it.
 *
 * @throws {S3Error} `NoSuchKey`, `NoSuchVersion`, and `MethodNotAllowed` for a delete marker.
 */
export const findVersion = (bucket: Bucket, key: string, versionId?: string): StoredObject => {
  if (versionId !== undefined) checkVersionId(versionId)
  const found =
    versionId === undefined
      ? bucket.latest(key)
      : bucket.versions(key).find((version) => version.versionId === versionId)
  if (found === undefined) {
    if (versionId === undefined) throw new S3Error('NoSuchKey', { details: { Key: key } })
    throw new S3Error('NoSuchVersion', { details: { Key: key, VersionId: versionId } })
  }
  if (!found.deleted) return found
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': found.versionId }
  if (versionId === undefined) throw new S3Error('NoSuchKey', { details: { Key: key }, headers })
  throw new S3Error('MethodNotAllowed', {
    details: { Method: 'GET', ResourceType: 'DeleteMarker' },
    headers: { ...headers, allow: 'DELETE', 'last-modified': httpTime(found.modified) },
  })
}

/** Returns the object or version that a request names. */
export const objectOf = ({ bucket, key, request }: Call): StoredObject =>
  findVersion(bucket, key, request.param('versionId'))

/** Checks the form of a version id. @throws {S3Error} `InvalidArgument`. */
export const checkVersionId = (versionId: string): void => {
  if (versionId === 'null' || /^[\w.-]{32}$/.test(versionId)) return
  throw new S3Error('InvalidArgument', {
    message:
      versionId === '' ? 'Version id cannot be the empty string' : 'Invalid version id specified',
    details: { ArgumentName: 'versionId', ArgumentValue: versionId },
  })
}

/** Checks that an object is not archived: it would have to be restored first. @throws {S3Error} `InvalidObjectState`. */
export const checkReadable = ({ storageClass }: StoredObject): void => {
  if (storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE')
    throw new S3Error('InvalidObjectState', { details: { StorageClass: storageClass } })
}
