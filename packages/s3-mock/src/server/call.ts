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
  readonly region: string
  /** Bucket of the request's path. @throws {S3Error} `NoSuchBucket`. */
  readonly bucket: Bucket
  readonly bucketName: string
  readonly key: string
  readonly body: Body
  /** The body if the checksum headers are about the object, not about the body. */
  readonly bodyOfObject: Body
  /** Reports to listeners that something happened to an object. */
  emit(name: EventName, bucket: Bucket, key: string, version: Partial<Version>): void
}

/** Answers one kind of request. Errors other than `S3Error` become `InternalError`. */
export type Operation = (call: Call) => Answer | Promise<Answer>

/** Checks that the bucket was not deleted while the body was read. @throws {S3Error} `NoSuchBucket`. */
export const checkBucketExists = ({ tenant }: Pick<Call, 'tenant'>, bucket: Bucket): void => {
  if (tenant.buckets.get(bucket.name) !== bucket)
    throw new S3Error('NoSuchBucket', { details: { BucketName: bucket.name } })
}

/** Returns the header `x-amz-version-id` if the bucket has versions. */
export const versionHeader = (bucket: Bucket, versionId: string): Record<string, string> =>
  bucket.settings.versioning === undefined ? {} : { 'x-amz-version-id': versionId }
