import type { Account } from './access/account.ts'
import type { Parties } from './access/acl.ts'
import type { Identity } from './auth/authenticate.ts'
import type { Body } from './body/receive.ts'
import type { EventName } from './events/event.ts'
import type { Answer } from './message/answer.ts'
import type { S3Request } from './message/request.ts'
import { S3Error } from './s3-error.ts'
import type { Bucket } from './store/bucket.ts'
import type { Version } from './store/model.ts'
import type { Tenant } from './store/tenant.ts'

/** A request, with everything that an operation needs to answer it. */
export interface Call {
  readonly request: S3Request
  readonly identity: Identity
  readonly tenant: Tenant
  /** Who sent the request; `undefined` without a signature. */
  readonly account: Account | undefined
  readonly region: string
  /** Bucket of the request's path. @throws {S3Error} `NoSuchBucket`. */
  readonly bucket: Bucket
  readonly bucketName: string
  readonly key: string
  readonly body: Body
  /** Returns who an ACL that is made in a bucket is for. */
  parties(bucket: Bucket): Parties
  /** Checks that the request may do something else than its route says. @throws {S3Error} `AccessDenied`. */
  authorize(action: string, what: AuthorizedResource): void
  /** The body if the checksum headers are about the object, not about the body. */
  readonly bodyOfObject: Body
  /** Reports to listeners that something happened to an object. */
  emit(name: EventName, bucket: Bucket, key: string, version: Partial<Version>): void
}

/** What an action is on. */
export interface AuthorizedResource {
  readonly bucket: Bucket
  readonly key?: string | undefined
  readonly versionId?: string | undefined
}

/** Answers one kind of request. Errors other than `S3Error` become `InternalError`. */
export type Operation = (call: Call) => Answer | Promise<Answer>

/** Checks that the bucket was not deleted while the body was read. @throws {S3Error} `NoSuchBucket`. */
export const checkBucketExists = ({ tenant }: Pick<Call, 'tenant'>, bucket: Bucket): void => {
  if (tenant.buckets.get(bucket.name) !== bucket)
    throw new S3Error('NoSuchBucket', { details: { BucketName: bucket.name } })
}

/** Returns the header `x-amz-version-id` of a write, if it made a version of its own. */
export const newVersionHeader = (bucket: Bucket, versionId: string): Record<string, string> =>
  bucket.settings.versioning === 'Enabled' ? { 'x-amz-version-id': versionId } : {}

/** Returns the header `x-amz-version-id` if the bucket has versions. */
export const versionHeader = (bucket: Bucket, versionId: string): Record<string, string> =>
  bucket.settings.versioning === undefined ? {} : { 'x-amz-version-id': versionId }
