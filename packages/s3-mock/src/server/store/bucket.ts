import { randomBytes } from 'node:crypto'
import type { Blobs } from './blobs.ts'
import type { BucketSettings, StoredObject, Upload, Version } from './model.ts'
import type { BucketRecords } from './records.ts'
import { createSortedKeys, type SortedKeys } from './sorted-keys.ts'

/** Result of a removal. */
export interface Removal {
  readonly versionId: string | undefined
  /** Whether a delete marker was set or removed. */
  readonly marker: boolean
  readonly event: 's3:ObjectRemoved:Delete' | 's3:ObjectRemoved:DeleteMarkerCreated' | undefined
}

/** A bucket: settings, keys with their versions (newest first), uploads. All changes are synchronous. */
export class Bucket {
  readonly name: string
  readonly created: number
  readonly keys: SortedKeys = createSortedKeys()
  readonly uploads = new Map<string, Upload>()
  readonly blobs: Blobs
  readonly #records: BucketRecords
  readonly #versions = new Map<string, readonly Version[]>()
  #settings: BucketSettings

  constructor(options: {
    readonly name: string
    readonly created: number
    readonly settings: BucketSettings
    readonly blobs: Blobs
    readonly records: BucketRecords
    readonly versions?: Iterable<readonly [key: string, versions: readonly Version[]]>
  }) {
    this.name = options.name
    this.created = options.created
    this.blobs = options.blobs
    this.#settings = options.settings
    this.#records = options.records
    for (const [key, versions] of options.versions ?? []) {
      this.#versions.set(key, versions)
      this.keys.add(key)
    }
  }

  get settings(): BucketSettings {
    return this.#settings
  }

  change(settings: Partial<BucketSettings>): void {
    this.#settings = { ...this.#settings, ...settings }
    this.#records.saveBucket({ name: this.name, created: this.created, settings: this.#settings })
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
    this.#set(key, [version, ...this.#without(key, version.versionId)])
    return version
  }

  /** Changes the properties of a version that can change. */
  amend(
    key: string,
    object: StoredObject,
    change: Pick<StoredObject, 'tags'> | Pick<StoredObject, 'acl'>,
  ): void {
    this.#set(
      key,
      this.versions(key).map((version) =>
        version === object ? { ...object, ...change } : version,
      ),
    )
  }

  /** Removes a version. Without an id removes the object, or adds a delete marker if the bucket has versions. */
  delete(key: string, versionId?: string): Removal {
    if (versionId !== undefined) {
      const found = this.versions(key).find((version) => version.versionId === versionId)
      this.#set(key, this.#without(key, versionId))
      return {
        versionId,
        marker: found?.deleted ?? false,
        event: found === undefined ? undefined : 's3:ObjectRemoved:Delete',
      }
    }
    if (this.#settings.versioning === undefined) {
      const existed = this.versions(key).length > 0
      this.#set(key, this.#without(key, 'null'))
      return {
        versionId: undefined,
        marker: false,
        event: existed ? 's3:ObjectRemoved:Delete' : undefined,
      }
    }
    const marker = { versionId: this.#nextId(), deleted: true, modified: Date.now() } as const
    this.#set(key, [marker, ...this.#without(key, marker.versionId)])
    return {
      versionId: marker.versionId,
      marker: true,
      event: 's3:ObjectRemoved:DeleteMarkerCreated',
    }
  }

  // ---

  #nextId(): string {
    return this.#settings.versioning === 'Enabled' ? randomBytes(16).toString('base64url') : 'null'
  }

  /** Deletes the data of one version, and returns the other versions. */
  #without(key: string, versionId: string): readonly Version[] {
    const [gone, kept] = [true, false].map((match) =>
      this.versions(key).filter((version) => (version.versionId === versionId) === match),
    )
    for (const version of gone ?? []) if (!version.deleted) this.blobs.remove(version.segments)
    return kept ?? []
  }

  #set(key: string, versions: readonly Version[]): void {
    if (versions.length === 0) {
      this.#versions.delete(key)
      this.keys.remove(key)
    } else {
      this.#versions.set(key, versions)
      this.keys.add(key)
    }
    this.#records.saveKey(key, versions)
  }
}
