import type { BucketPolicy } from '../access/bucket-policy.ts'
import type { Checksum, ChecksumAlgorithm, ChecksumType } from '../body/checksum.ts'

/** A piece of data on disk. */
export interface Segment {
  /** Name of its file. */
  readonly id: string
  readonly size: number
  /** Where it starts in a file that it shares with others. */
  readonly at?: number
}

/** Values of tags by name. */
export type Tags = Readonly<Record<string, string>>

/** Headers that are stored with an object and returned with it. */
export type StoredHeaders = Readonly<Record<string, string>>

/** A part of an object that was uploaded in parts. */
export interface PartInfo {
  readonly number: number
  readonly size: number
  readonly checksum: Checksum | undefined
}

/** What an access control list can allow. */
export type Permission = 'FULL_CONTROL' | 'READ' | 'WRITE' | 'READ_ACP' | 'WRITE_ACP'

/** An entry of an access control list. */
export interface Grant {
  /** Canonical user id, or the URI of a group. */
  readonly grantee: string
  readonly permission: Permission
}

/** An access control list. */
export interface Acl {
  /** Canonical user id. */
  readonly owner: string
  readonly grants: readonly Grant[]
}

/** How an object is encrypted, as far as clients see it: its data are on disk as they were sent. */
export type Encryption =
  | { readonly by: 'AES256' }
  | {
      readonly by: 'aws:kms' | 'aws:kms:dsse'
      readonly keyId: string
      /** Base64. */
      readonly context: string | undefined
      readonly bucketKey: boolean
    }
  /** By a key that every request brings along; its MD5, base64. */
  | { readonly by: 'customer'; readonly keyMd5: string }

/** Until when a version cannot be deleted. */
export interface Retention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE'
  /** Milliseconds since 1970. */
  readonly until: number
}

/** Object lock of a bucket: retention that its new objects get. */
export interface ObjectLock {
  readonly mode: Retention['mode'] | undefined
  readonly days: number | undefined
  readonly years: number | undefined
}

/** One version of an object; in a bucket without versions the only one, with the id `null`. */
export interface StoredObject {
  readonly versionId: string
  readonly deleted: false
  readonly segments: readonly Segment[]
  readonly size: number
  /** With quotation marks. */
  readonly etag: string
  readonly modified: number
  readonly headers: StoredHeaders
  /** `x-amz-meta-` headers, without that prefix. */
  readonly metadata: Readonly<Record<string, string>>
  readonly tags: Tags
  readonly acl: Acl
  readonly storageClass: string
  readonly encryption: Encryption
  readonly retention: Retention | undefined
  readonly legalHold: 'ON' | 'OFF' | undefined
  readonly checksum: Checksum | undefined
  /** Parts of a multipart upload. */
  readonly parts: readonly PartInfo[] | undefined
}

/** What a request says about an object besides its data. */
export type Description = Pick<
  StoredObject,
  | 'headers'
  | 'metadata'
  | 'tags'
  | 'acl'
  | 'storageClass'
  | 'encryption'
  | 'retention'
  | 'legalHold'
>

/** A version that hides the earlier ones. */
export interface DeleteMarker {
  readonly versionId: string
  readonly deleted: true
  readonly modified: number
}

/** One version of a key. */
export type Version = StoredObject | DeleteMarker

/** A CORS rule of a bucket. */
export interface CorsRule {
  readonly id: string | undefined
  readonly origins: readonly string[]
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly expose: readonly string[]
  readonly maxAgeS: number | undefined
}

/** Where events of a bucket go. */
export interface Hook {
  readonly id: string
  /** Element of its configuration: `QueueConfiguration`, … */
  readonly kind: string
  readonly url: string
  /** `s3:ObjectCreated:*` … */
  readonly events: readonly string[]
  readonly prefix: string
  readonly suffix: string
}

/** Settings of a bucket, which outlive a restart. */
export interface BucketSettings {
  /** Canonical user id. */
  readonly owner: string
  /** Region that it was created for; `undefined` for the server's. */
  readonly location: string | undefined
  readonly versioning: 'Enabled' | 'Suspended' | undefined
  readonly objectLock: ObjectLock | undefined
  readonly acl: Acl
  readonly policy: BucketPolicy | undefined
  /** Configurations that are only kept, as XML, by sub-resource. */
  readonly documents: Readonly<Record<string, string>>
  readonly tags: Tags | undefined
  readonly cors: readonly CorsRule[] | undefined
  readonly hooks: readonly Hook[]
}

/** A part of an upload in progress. */
export interface Part {
  readonly number: number
  readonly segment: Segment
  /** Hex, without quotation marks: the MD5, unless a key of KMS or of the client encrypts it. */
  readonly etag: string
  readonly modified: number
  readonly checksum: Checksum | undefined
}

/** A multipart upload in progress. */
export interface Upload {
  readonly id: string
  readonly key: string
  readonly begun: number
  /** Canonical user id of who began it. */
  readonly initiator: string
  readonly object: Description
  readonly checksum:
    | { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType }
    | undefined
  readonly parts: Map<number, Part>
}
