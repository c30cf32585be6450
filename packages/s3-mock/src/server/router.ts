import type { Operation } from './call.ts'
import type { S3Request } from './message/request.ts'
import { getBucketAcl, getObjectAcl, putBucketAcl, putObjectAcl } from './operations/acl.ts'
import * as buckets from './operations/buckets.ts'
import { copyObject } from './operations/copy-object.ts'
import { deleteBucketCors, getBucketCors, putBucketCors } from './operations/cors.ts'
import { deleteObject, deleteObjects } from './operations/delete-objects.ts'
import { getObject } from './operations/get-object.ts'
import { listObjects, listObjectsV2 } from './operations/list-objects.ts'
import { listMultipartUploads } from './operations/list-uploads.ts'
import { listObjectVersions } from './operations/list-versions.ts'
import { abortMultipartUpload, createMultipartUpload } from './operations/multipart-begin.ts'
import { completeMultipartUpload } from './operations/multipart-complete.ts'
import { listParts, uploadPart, uploadPartCopy } from './operations/multipart-parts.ts'
import { getBucketNotification, putBucketNotification } from './operations/notification.ts'
import { putObject } from './operations/put-object.ts'
import * as tagging from './operations/tagging.ts'
import { S3Error } from './s3-error.ts'

/** Access that a public bucket or object grants to requests without a signature. */
export type Access = 'read' | 'write'

/** An operation, and who may request it. */
export interface Route {
  readonly operation: Operation
  /** Access that is enough without a signature; default none. */
  readonly access?: Access
}

/**
 * Returns the operation for a request, by method, by what is addressed, and by sub-resource.
 *
 * @throws {S3Error} `NotImplemented` for every other sub-resource, because ignoring `?legal-hold` would
 * store its document as the object. `MethodNotAllowed` for other methods.
 */
export const route = (request: S3Request): Route => {
  const level =
    request.bucket === undefined ? 'service' : request.key === undefined ? 'bucket' : 'object'
  const methods = table[level]
  const forMethod = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined
  if (forMethod === undefined)
    throw new S3Error('MethodNotAllowed', {
      details: { Method: request.method, ResourceType: level },
    })
  const subs = request.query.filter(([name, value]) => isSubResource(request, name, value))
  const names = [...new Set(subs.map(([name]) => name))].sort()
  const copies = request.header('x-amz-copy-source') !== undefined ? ' copy' : ''
  const wanted =
    `${names.join(' ')}${request.method === 'PUT' && level === 'object' ? copies : ''}`.trim()
  const found = Object.hasOwn(forMethod, wanted) ? forMethod[wanted] : undefined
  if (found === undefined)
    throw new S3Error('NotImplemented', {
      message: `${request.method} of ${level} with ${names.length === 0 ? 'no sub-resource' : `?${names.join('&')}`}${copies} is not implemented`,
    })
  return found
}

// ---

const needsKey = (operation: Operation): Route => ({ operation })
const readable = (operation: Operation): Route => ({ operation, access: 'read' })
const writable = (operation: Operation): Route => ({ operation, access: 'write' })

type Table = Readonly<Record<string, Readonly<Record<string, Route>>>>

const bucketGets = {
  '': readable(listObjects),
  'list-type': readable(listObjectsV2),
  acl: needsKey(getBucketAcl),
  cors: needsKey(getBucketCors),
  location: needsKey(buckets.getBucketLocation),
  notification: needsKey(getBucketNotification),
  tagging: needsKey(tagging.getBucketTagging),
  uploads: needsKey(listMultipartUploads),
  versioning: needsKey(buckets.getBucketVersioning),
  versions: needsKey(listObjectVersions),
}

const table: Readonly<Record<'service' | 'bucket' | 'object', Table>> = {
  service: { GET: { '': needsKey(buckets.listBuckets) } },
  bucket: {
    GET: bucketGets,
    HEAD: { '': readable(buckets.headBucket) },
    PUT: {
      '': needsKey(buckets.createBucket),
      acl: needsKey(putBucketAcl),
      cors: needsKey(putBucketCors),
      notification: needsKey(putBucketNotification),
      tagging: needsKey(tagging.putBucketTagging),
      versioning: needsKey(buckets.putBucketVersioning),
    },
    POST: { delete: writable(deleteObjects) },
    DELETE: {
      '': needsKey(buckets.deleteBucket),
      cors: needsKey(deleteBucketCors),
      tagging: needsKey(tagging.deleteBucketTagging),
    },
  },
  object: {
    GET: {
      '': readable(getObject),
      acl: needsKey(getObjectAcl),
      tagging: needsKey(tagging.getObjectTagging),
      uploadId: needsKey(listParts),
    },
    HEAD: { '': readable(getObject) },
    PUT: {
      '': writable(putObject),
      copy: needsKey(copyObject),
      acl: needsKey(putObjectAcl),
      tagging: needsKey(tagging.putObjectTagging),
      uploadId: needsKey(uploadPart),
      'uploadId copy': needsKey(uploadPartCopy),
    },
    POST: {
      uploads: needsKey(createMultipartUpload),
      uploadId: needsKey(completeMultipartUpload),
    },
    DELETE: {
      '': writable(deleteObject),
      tagging: needsKey(tagging.deleteObjectTagging),
      uploadId: needsKey(abortMultipartUpload),
    },
  },
}

/** Parameters that do not select another operation. */
const details = new Set([
  'x-id',
  'versionId',
  'partNumber',
  'prefix',
  'delimiter',
  'marker',
  'max-keys',
  'max-parts',
  'max-uploads',
  'max-buckets',
  'bucket-region',
  'part-number-marker',
  'encoding-type',
  'continuation-token',
  'start-after',
  'fetch-owner',
  'key-marker',
  'version-id-marker',
  'upload-id-marker',
])

/** Parameters that select an operation even with a value. */
const valued = new Set(['uploadId', 'list-type'])

const isSubResource = (request: S3Request, name: string, value: string): boolean => {
  if (details.has(name) || /^(x-amz-|response-)/i.test(name)) return false
  if (valued.has(name) || value === '') return true
  // Reads may have unknown parameters, writes may not.
  return request.method !== 'GET' && request.method !== 'HEAD'
}
