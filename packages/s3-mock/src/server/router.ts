import type { Operation } from './call.ts'
import type { S3Request } from './message/request.ts'
import { getBucketAcl, getObjectAcl, putBucketAcl, putObjectAcl } from './operations/acl.ts'
import * as buckets from './operations/buckets.ts'
import { copyObject } from './operations/copy-object.ts'
import { deleteBucketCors, getBucketCors, putBucketCors } from './operations/cors.ts'
import { deleteObject, deleteObjects } from './operations/delete-objects.ts'
import { documentKinds } from './operations/document-kinds.ts'
import { documentOperations } from './operations/documents.ts'
import { getObjectAttributes } from './operations/get-attributes.ts'
import { getObject } from './operations/get-object.ts'
import { listObjects, listObjectsV2 } from './operations/list-objects.ts'
import { listMultipartUploads } from './operations/list-uploads.ts'
import { listObjectVersions } from './operations/list-versions.ts'
import { abortMultipartUpload, createMultipartUpload } from './operations/multipart-begin.ts'
import { completeMultipartUpload } from './operations/multipart-complete.ts'
import { listParts, uploadPart, uploadPartCopy } from './operations/multipart-parts.ts'
import { getBucketNotification, putBucketNotification } from './operations/notification.ts'
import { getObjectLockConfiguration, putObjectLockConfiguration } from './operations/object-lock.ts'
import * as policy from './operations/policy.ts'
import { putObject } from './operations/put-object.ts'
import * as retention from './operations/retention.ts'
import * as tagging from './operations/tagging.ts'
import { S3Error } from './s3-error.ts'

/** An operation, and what it takes to request it. */
export interface Route {
  readonly operation: Operation
  /**
   * Action that the owner, a policy or an ACL must allow. `account`: any signed request. `each`: the operation asks for
   * everything that it does.
   */
  readonly action: `s3:${string}` | 'account' | 'each'
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
  const names = [...new Set(request.query.map(([name]) => name))]
    .filter((name) => subResources[level].has(name))
    .sort()
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

const on = (action: Route['action'], operation: Operation): Route => ({ operation, action })

type Table = Readonly<Record<string, Readonly<Record<string, Route>>>>

const documents = Object.entries(documentKinds).map(([sub, kind]) => ({
  sub,
  kind,
  operations: documentOperations(sub, kind),
}))
const documentRoutes = (method: 'get' | 'put' | 'delete'): Record<string, Route> =>
  Object.fromEntries(
    documents
      .filter(({ kind }) => method !== 'delete' || kind.canBeDeleted)
      .map(({ sub, kind, operations }) => [
        sub,
        on(method === 'get' ? kind.actions.get : kind.actions.put, operations[method]),
      ]),
  )

const table: Readonly<Record<'service' | 'bucket' | 'object', Table>> = {
  service: { GET: { '': on('account', buckets.listBuckets) } },
  bucket: {
    GET: {
      ...documentRoutes('get'),
      '': on('s3:ListBucket', listObjects),
      'list-type': on('s3:ListBucket', listObjectsV2),
      acl: on('s3:GetBucketAcl', getBucketAcl),
      cors: on('s3:GetBucketCORS', getBucketCors),
      location: on('s3:GetBucketLocation', buckets.getBucketLocation),
      notification: on('s3:GetBucketNotification', getBucketNotification),
      'object-lock': on('s3:GetBucketObjectLockConfiguration', getObjectLockConfiguration),
      policy: on('s3:GetBucketPolicy', policy.getBucketPolicy),
      policyStatus: on('s3:GetBucketPolicyStatus', policy.getBucketPolicyStatus),
      tagging: on('s3:GetBucketTagging', tagging.getBucketTagging),
      uploads: on('s3:ListBucketMultipartUploads', listMultipartUploads),
      versioning: on('s3:GetBucketVersioning', buckets.getBucketVersioning),
      versions: on('s3:ListBucketVersions', listObjectVersions),
    },
    HEAD: { '': on('s3:ListBucket', buckets.headBucket) },
    PUT: {
      ...documentRoutes('put'),
      '': on('account', buckets.createBucket),
      acl: on('s3:PutBucketAcl', putBucketAcl),
      cors: on('s3:PutBucketCORS', putBucketCors),
      notification: on('s3:PutBucketNotification', putBucketNotification),
      'object-lock': on('s3:PutBucketObjectLockConfiguration', putObjectLockConfiguration),
      policy: on('s3:PutBucketPolicy', policy.putBucketPolicy),
      tagging: on('s3:PutBucketTagging', tagging.putBucketTagging),
      versioning: on('s3:PutBucketVersioning', buckets.putBucketVersioning),
    },
    POST: { delete: on('each', deleteObjects) },
    DELETE: {
      ...documentRoutes('delete'),
      '': on('s3:DeleteBucket', buckets.deleteBucket),
      cors: on('s3:PutBucketCORS', deleteBucketCors),
      policy: on('s3:DeleteBucketPolicy', policy.deleteBucketPolicy),
      tagging: on('s3:PutBucketTagging', tagging.deleteBucketTagging),
    },
  },
  object: {
    GET: {
      '': on('s3:GetObject', getObject),
      acl: on('s3:GetObjectAcl', getObjectAcl),
      attributes: on('s3:GetObjectAttributes', getObjectAttributes),
      'legal-hold': on('s3:GetObjectLegalHold', retention.getObjectLegalHold),
      retention: on('s3:GetObjectRetention', retention.getObjectRetention),
      tagging: on('s3:GetObjectTagging', tagging.getObjectTagging),
      uploadId: on('s3:ListMultipartUploadParts', listParts),
    },
    HEAD: { '': on('s3:GetObject', getObject) },
    PUT: {
      '': on('s3:PutObject', putObject),
      copy: on('s3:PutObject', copyObject),
      acl: on('s3:PutObjectAcl', putObjectAcl),
      'legal-hold': on('s3:PutObjectLegalHold', retention.putObjectLegalHold),
      retention: on('s3:PutObjectRetention', retention.putObjectRetention),
      tagging: on('s3:PutObjectTagging', tagging.putObjectTagging),
      uploadId: on('s3:PutObject', uploadPart),
      'uploadId copy': on('s3:PutObject', uploadPartCopy),
    },
    POST: {
      uploads: on('s3:PutObject', createMultipartUpload),
      uploadId: on('s3:PutObject', completeMultipartUpload),
    },
    DELETE: {
      '': on('s3:DeleteObject', deleteObject),
      tagging: on('s3:DeleteObjectTagging', tagging.deleteObjectTagging),
      uploadId: on('s3:AbortMultipartUpload', abortMultipartUpload),
    },
  },
}

/**
 * Parameters that select an operation, with or without a value. S3 passes over all that it does not know, such as what
 * makes a URL unique for a cache.
 */
const subResources: Readonly<Record<'service' | 'bucket' | 'object', ReadonlySet<string>>> = {
  service: new Set(),
  bucket: new Set([
    ...['abac', 'accelerate', 'acl', 'analytics', 'cors', 'delete', 'encryption'],
    ...['intelligent-tiering', 'inventory', 'lifecycle', 'list-type', 'location', 'logging'],
    ...['metadataConfiguration', 'metadataInventoryTable', 'metadataJournalTable'],
    ...['metadataTable', 'metrics', 'notification', 'object-lock', 'ownershipControls', 'policy'],
    ...['policyStatus', 'publicAccessBlock', 'replication', 'requestPayment', 'session'],
    ...['tagging', 'uploads', 'versioning', 'versions', 'website'],
  ]),
  object: new Set([
    ...['acl', 'attributes', 'encryption', 'legal-hold', 'renameObject', 'restore', 'retention'],
    ...['select', 'tagging', 'torrent', 'uploadId', 'uploads'],
  ]),
}
