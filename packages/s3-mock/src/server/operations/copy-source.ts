import { checkExpectedOwner } from '../access/expected-owner.ts'
import type { Call } from '../call.ts'
import { decode, fromHeader } from '../message/request.ts'
import { S3Error } from '../s3-error.ts'
import type { Bucket } from '../store/bucket.ts'
import type { StoredObject } from '../store/model.ts'
import { checkCopySource } from './conditions.ts'
import { checkSourceKey } from './customer-key.ts'
import { checkReadable, findVersion } from './find-version.ts'

/** The object that a copy reads. */
export interface CopySource {
  readonly bucket: Bucket
  readonly key: string
  readonly object: StoredObject
}

/** Returns the source of `x-amz-copy-source`: `[/]<bucket>/<key>[?versionId=…]`, percent-encoded. Checks its conditions. */
export const readCopySource = (call: Call): CopySource => {
  const { request, tenant } = call
  const text = fromHeader(request.header('x-amz-copy-source') ?? '')
  const [path = '', version] = text.split('?versionId=')
  const [, name, key] = /^\/?([^/]+)\/(.+)$/s.exec(decode(path)) ?? []
  if (name === undefined || key === undefined)
    throw new S3Error('InvalidArgument', {
      message: 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      details: { ArgumentName: 'x-amz-copy-source', ArgumentValue: text },
    })
  const bucket = tenant.bucket(name)
  const versionId = version === undefined ? undefined : decode(version)
  checkExpectedOwner(tenant, bucket, request.header('x-amz-source-expected-bucket-owner'))
  call.authorize(versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', {
    bucket,
    key,
    versionId,
  })
  const object = findVersion(bucket, key, versionId)
  checkSourceKey(request.header, object.encryption)
  checkReadable(object)
  checkCopySource(request, object)
  return { bucket, key, object }
}

/** Returns the header with the version of the source. */
export const copySourceHeader = ({ bucket, object }: CopySource): Record<string, string> =>
  bucket.settings.versioning === undefined
    ? {}
    : { 'x-amz-copy-source-version-id': object.versionId }
