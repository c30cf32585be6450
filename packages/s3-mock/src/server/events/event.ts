import { randomUUID } from 'node:crypto'
import type { Version } from '../store/model.ts'

/** Names of S3's event types that the server emits. */
export type EventName =
  | 's3:ObjectCreated:Put'
  | 's3:ObjectCreated:Post'
  | 's3:ObjectCreated:Copy'
  | 's3:ObjectCreated:CompleteMultipartUpload'
  | 's3:ObjectRemoved:Delete'
  | 's3:ObjectRemoved:DeleteMarkerCreated'
  | 's3:ObjectTagging:Put'
  | 's3:ObjectTagging:Delete'
  | 's3:ObjectAcl:Put'

/** An event of an object. */
export interface StoreEvent {
  readonly name: EventName
  readonly accessKeyId: string
  readonly bucket: string
  readonly key: string
  readonly at: number
  readonly size: number | undefined
  readonly etag: string | undefined
  /** Media type; `undefined` for a removal. */
  readonly type: string | undefined
  readonly versionId: string | undefined
}

/** Returns an event of now. Its size and etag are those of the version, if it has any. */
export const eventOf = (
  name: EventName,
  where: Pick<StoreEvent, 'accessKeyId' | 'bucket' | 'key'>,
  version: Partial<Version>,
  versioned: boolean,
): StoreEvent => ({
  name,
  ...where,
  at: Date.now(),
  size: 'size' in version ? version.size : undefined,
  etag: 'etag' in version ? version.etag?.replaceAll('"', '') : undefined,
  type: 'headers' in version ? version.headers?.['content-type'] : undefined,
  versionId: versioned ? version.versionId : undefined,
})

/** Returns an event as a record of S3's notification message, version 2.2. */
export const notificationRecord = (
  event: StoreEvent,
  context: {
    readonly region: string
    readonly configurationId: string
    readonly requestId: string
  },
) => ({
  eventVersion: '2.2',
  eventSource: 'aws:s3',
  awsRegion: context.region,
  eventTime: new Date(event.at).toISOString(),
  eventName: event.name.replace(/^s3:/, ''),
  userIdentity: { principalId: event.accessKeyId },
  requestParameters: { sourceIPAddress: '127.0.0.1' },
  responseElements: { 'x-amz-request-id': context.requestId, 'x-amz-id-2': randomUUID() },
  s3: {
    s3SchemaVersion: '1.0',
    configurationId: context.configurationId,
    bucket: {
      name: event.bucket,
      ownerIdentity: { principalId: event.accessKeyId },
      arn: `arn:aws:s3:::${event.bucket}`,
    },
    object: {
      key: encodeURIComponent(event.key).replaceAll('%20', '+').replaceAll('%2F', '/'),
      size: event.size,
      eTag: event.etag,
      versionId: event.versionId,
      sequencer: event.at.toString(16).toUpperCase().padStart(18, '0'),
    },
  },
})
