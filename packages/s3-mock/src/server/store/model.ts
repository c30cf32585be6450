import type { Checksum, ChecksumAlgorithm, ChecksumType } from '../body/checksum.ts'

/** A piece of data on disk. */
export interface Segment {
  readonly id: string
  readonly size: number
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
  readonly acl: string
  readonly storageClass: string
  readonly checksum: Checksum | undefined
  /** Parts of a multipart upload. */
  readonly parts: readonly PartInfo[] | undefined
}

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
  readonly versioning: 'Enabled' | 'Suspended' | undefined
  readonly acl: string
  readonly tags: Tags | undefined
  readonly cors: readonly CorsRule[] | undefined
  readonly hooks: readonly Hook[]
}

/** A part of an upload in progress. */
export interface Part {
  readonly number: number
  readonly segment: Segment
  /** Hex, without quotation marks. */
  readonly md5: string
  readonly modified: number
  readonly checksum: Checksum | undefined
}

/** A multipart upload in progress. */
export interface Upload {
  readonly id: string
  readonly key: string
  readonly begun: number
  readonly object: Pick<StoredObject, 'headers' | 'metadata' | 'tags' | 'acl' | 'storageClass'>
  readonly checksum:
    | { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType }
    | undefined
  readonly parts: Map<number, Part>
}
