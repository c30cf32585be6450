import type { BucketSettings, Part, Upload, Version } from './model.ts'

/** One change of a bucket's content. */
export type BucketChange =
  /** Adds the newest version of a key, and removes the one with the same id. */
  | { readonly op: 'put'; readonly bucket: string; readonly key: string; readonly version: Version }
  /** Replaces the version with the same id. */
  | {
      readonly op: 'amend'
      readonly bucket: string
      readonly key: string
      readonly version: Version
    }
  | {
      readonly op: 'delete'
      readonly bucket: string
      readonly key: string
      readonly versionId: string
    }
  | { readonly op: 'begin'; readonly bucket: string; readonly upload: Omit<Upload, 'parts'> }
  | {
      readonly op: 'part'
      readonly bucket: string
      readonly uploadId: string
      readonly part: Part
    }
  | { readonly op: 'end'; readonly bucket: string; readonly uploadId: string }

/** One change of a tenant. */
export type Change =
  | BucketChange
  /** Creates a bucket, or changes its settings. */
  | {
      readonly op: 'bucket'
      readonly bucket: string
      readonly created: number
      readonly settings: BucketSettings
    }
  | { readonly op: 'gone'; readonly bucket: string }
