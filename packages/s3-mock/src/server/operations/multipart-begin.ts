import { randomBytes } from 'node:crypto'
import type { ChecksumType } from '../body/checksum.ts'
import type { Call, Operation } from '../call.ts'
import { noContent, xml } from '../message/answer.ts'
import { S3Error } from '../s3-error.ts'
import type { Upload } from '../store/model.ts'
import { wantedAlgorithm } from './copy-object.ts'
import { describe, requestFields } from './describe.ts'
import { encryptionHeaders } from './encryption.ts'

/** Answers `POST /<bucket>/<key>?uploads`. */
export const createMultipartUpload: Operation = (call) => {
  const { bucket, key, request } = call
  const checksum = readChecksum(call)
  const upload = {
    id: randomBytes(24).toString('base64url'),
    key,
    begun: Date.now(),
    initiator: call.account?.id ?? bucket.settings.owner,
    object: describe(requestFields(request), call.parties(bucket), bucket.settings),
    checksum,
  }
  bucket.beginUpload(upload)
  return xml(
    'InitiateMultipartUploadResult',
    { Bucket: bucket.name, Key: key, UploadId: upload.id },
    {
      ...encryptionHeaders(upload.object.encryption),
      ...(checksum === undefined
        ? {}
        : {
            'x-amz-checksum-algorithm': checksum.algorithm,
            'x-amz-checksum-type': checksum.type,
          }),
    },
  )
}

/** Answers `DELETE /<bucket>/<key>?uploadId=`. */
export const abortMultipartUpload: Operation = (call) => {
  call.bucket.endUpload(uploadOf(call))
  return noContent()
}

/** Returns an upload. @throws {S3Error} `NoSuchUpload`, also for an upload of another key. */
export const uploadOf = ({ bucket, key, request }: Call): Upload => {
  const id = request.param('uploadId') ?? ''
  const upload = bucket.uploads.get(id)
  if (upload === undefined || upload.key !== key)
    throw new S3Error('NoSuchUpload', { details: { UploadId: id } })
  return upload
}

// ---

const readChecksum = ({ request }: Call): Upload['checksum'] => {
  const name = request.headers.get('x-amz-checksum-algorithm')
  const type = request.headers.get('x-amz-checksum-type')
  if (name === undefined) {
    if (type !== undefined)
      throw new S3Error('InvalidRequest', {
        message:
          'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
      })
    return undefined
  }
  const algorithm = wantedAlgorithm(name)
  // CRCs of parts can be combined, hashes cannot. S3 has CRC64NVME only of whole objects.
  const allowed: readonly ChecksumType[] =
    algorithm === 'CRC64NVME'
      ? ['FULL_OBJECT']
      : algorithm.startsWith('SHA')
        ? ['COMPOSITE']
        : ['COMPOSITE', 'FULL_OBJECT']
  const chosen = allowed.find((candidate) => candidate === type?.toUpperCase())
  if (type !== undefined && chosen === undefined)
    throw new S3Error('InvalidRequest', {
      message: `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    })
  return { algorithm, type: chosen ?? allowed[0] ?? 'FULL_OBJECT' }
}
