import { randomBytes } from 'node:crypto'
import type { Blobs } from './blobs.ts'
import type { BucketChange } from './change.ts'
import { type Completed, createCompleted } from './completed.ts'
import type { Journal } from './journal.ts'
import type { BucketSettings, Part, Segment, StoredObject, Upload, Version } from './model.ts'
import { createSortedKeys, type SortedKeys } from './sorted-keys.ts'

/** Result of a removal. */
export interface Removal {
  readonly versionId: string | undefined
  /** Whether a delete marker was set or removed. */
  readonly marker: boolean
  readonly event: 's3:ObjectRemoved:Delete' | 's3:ObjectRemoved:DeleteMarkerCreated' | undefined
}

/** What can change of an object. */
export type Amendment = Partial<Pick<StoredObject, 'tags' | 'acl' | 'retention' | 'legalHold'>>

/** A bucket: settings, keys with their versions (newest first), uploads. All changes are synchronous. */
export class Bucket {
  readonly name: string
  readonly created: number
  readonly keys: SortedKeys = createSortedKeys()
  /** The last completed uploads, by id. */
  readonly completed: Completed = createCompleted()
  readonly blobs: Blobs
  readonly #journal: Journal
  readonly #versions = new Map<string, readonly Version[]>()
  readonly #uploads = new Map<string, Upload>()
  #settings: BucketSettings

  constructor(options: {
    readonly name: string
    readonly created: number
    readonly settings: BucketSettings
    readonly blobs: Blobs
    readonly journal: Journal
  }) {
    this.name = options.name
    this.created = options.created
    this.blobs = options.blobs
    this.#settings = options.settings
    this.#journal = options.journal
  }

  get settings(): BucketSettings {
    return this.#settings
  }

  /** Uploads in progress, by id. */
  get uploads(): ReadonlyMap<string, Upload> {
    return this.#uploads
  }

  change(change: Partial<BucketSettings>): void {
    const settings = { ...this.#settings, ...change }
    const { name, created } = this
    this.#journal.append({ op: 'bucket', bucket: name, created, settings })
    this.#settings = settings
  }

  /** Changes the settings without saving them, as when they are loaded. */
  adopt(settings: BucketSettings): void {
    this.#settings = settings
  }

  /** Changes the content without saving the change, as when it is loaded. */
  apply(change: BucketChange): void {
    switch (change.op) {
      case 'put': {
        const { key, version } = change
        this.#set(key, [version, ...this.#others(key, version.versionId)])
        break
      }
      case 'amend': {
        const { key, version } = change
        const isReplaced = ({ versionId }: Version) => versionId === version.versionId
        this.#set(
          key,
          this.versions(key).map((one) => (isReplaced(one) ? version : one)),
        )
        break
      }
      case 'delete':
        this.#set(change.key, this.#others(change.key, change.versionId))
        break
      case 'begin':
        this.#uploads.set(change.upload.id, { ...change.upload, parts: new Map() })
        break
      case 'part':
        this.#uploads.get(change.uploadId)?.parts.set(change.part.number, change.part)
        break
      case 'end':
        this.#uploads.delete(change.uploadId)
    }
  }

  /** Returns the changes that lead from an empty bucket to the current state. */
  *changes(): Generator<BucketChange> {
    const bucket = this.name
    for (const [key, versions] of this.#versions)
      for (const version of versions.toReversed()) yield { op: 'put', bucket, key, version }
    for (const { parts, ...upload } of this.#uploads.values()) {
      yield { op: 'begin', bucket, upload }
      for (const part of parts.values()) yield { op: 'part', bucket, uploadId: upload.id, part }
    }
  }

  /** Returns all data of the bucket. */
  *segments(): Generator<Segment> {
    for (const versions of this.#versions.values())
      for (const version of versions) if (!version.deleted) yield* version.segments
    for (const { parts } of this.#uploads.values())
      for (const { segment } of parts.values()) yield segment
  }

  /** Returns the versions of a key, newest first; empty for an unknown key. */
  versions(key: string): readonly Version[] {
    return this.#versions.get(key) ?? []
  }

  /** Returns the newest version, which can be a delete marker. */
  latest(key: string): Version | undefined {
    return this.versions(key)[0]
  }

  /** Returns the object that lists show; `undefined` if the newest version is a delete marker. */
  current(key: string): StoredObject | undefined {
    const version = this.latest(key)
    return version === undefined || version.deleted ? undefined : version
  }

  /** Adds an object as the newest version. Replaces a version with the same id. */
  put(key: string, object: Omit<StoredObject, 'versionId' | 'deleted'>): StoredObject {
    const version: StoredObject = { ...object, deleted: false, versionId: this.#nextId() }
    this.#put(key, version)
    return version
  }

  /** Changes the properties of a version that can change. Returns the version as it is now. */
  amend(key: string, object: StoredObject, change: Amendment): StoredObject {
    const version: StoredObject = { ...object, ...change }
    this.#commit({ op: 'amend', bucket: this.name, key, version })
    return version
  }

  /** Removes a version. Without an id removes the object, or adds a delete marker if the bucket has versions. */
  delete(key: string, versionId?: string): Removal {
    if (versionId !== undefined) {
      const found = this.#remove(key, versionId)
      return {
        versionId,
        marker: found?.deleted ?? false,
        event: found === undefined ? undefined : 's3:ObjectRemoved:Delete',
      }
    }
    if (this.#settings.versioning === undefined) {
      const found = this.#remove(key, 'null')
      return {
        versionId: undefined,
        marker: false,
        event: found === undefined ? undefined : 's3:ObjectRemoved:Delete',
      }
    }
    const marker = { versionId: this.#nextId(), deleted: true, modified: Date.now() } as const
    this.#put(key, marker)
    return {
      versionId: marker.versionId,
      marker: true,
      event: 's3:ObjectRemoved:DeleteMarkerCreated',
    }
  }

  beginUpload(upload: Omit<Upload, 'parts'>): void {
    this.#commit({ op: 'begin', bucket: this.name, upload })
  }

  /** Adds a part, and removes the one with the same number. */
  putPart(upload: Upload, part: Part): void {
    const before = upload.parts.get(part.number)
    this.#commit({ op: 'part', bucket: this.name, uploadId: upload.id, part })
    if (before !== undefined) this.blobs.remove([before.segment])
  }

  /** Ends an upload. @param kept parts whose data stay. */
  endUpload(upload: Upload, kept: readonly Part[] = []): void {
    this.#commit({ op: 'end', bucket: this.name, uploadId: upload.id })
    const left = [...upload.parts.values()].filter((part) => !kept.includes(part))
    this.blobs.remove(left.map(({ segment }) => segment))
  }

  // ---

  #nextId(): string {
    return this.#settings.versioning === 'Enabled' ? randomBytes(24).toString('base64url') : 'null'
  }

  /** Saves a change before it is visible. */
  #commit(change: BucketChange): void {
    this.#journal.append(change)
    this.apply(change)
  }

  #put(key: string, version: Version): void {
    const replaced = this.#find(key, version.versionId)
    this.#commit({ op: 'put', bucket: this.name, key, version })
    this.#discard(replaced)
  }

  #remove(key: string, versionId: string): Version | undefined {
    const removed = this.#find(key, versionId)
    if (removed === undefined) return undefined
    this.#commit({ op: 'delete', bucket: this.name, key, versionId })
    this.#discard(removed)
    return removed
  }

  #discard(version: Version | undefined): void {
    if (version?.deleted === false) this.blobs.remove(version.segments)
  }

  #find(key: string, versionId: string): Version | undefined {
    return this.versions(key).find((version) => version.versionId === versionId)
  }

  #others(key: string, versionId: string): readonly Version[] {
    return this.versions(key).filter((version) => version.versionId !== versionId)
  }

  #set(key: string, versions: readonly Version[]): void {
    if (versions.length === 0) {
      this.#versions.delete(key)
      this.keys.remove(key)
    } else {
      this.#versions.set(key, versions)
      this.keys.add(key)
    }
  }
}
