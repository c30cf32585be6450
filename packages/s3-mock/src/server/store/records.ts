import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BucketSettings, Version } from './model.ts'

/** A bucket without its keys, as it is saved. */
export interface BucketRecord {
  readonly name: string
  readonly created: number
  readonly settings: BucketSettings
}

/** A key with its versions, as it is saved. */
export interface KeyRecord {
  readonly key: string
  readonly versions: readonly Version[]
}

/** The state of a bucket, as files that a restarted server loads. Uploads in progress are not saved. */
export interface BucketRecords {
  saveBucket(bucket: BucketRecord): void
  /** Saves the versions of a key; none if it was removed. */
  saveKey(key: string, versions: readonly Version[]): void
  removeAll(): void
}

/** Returns the records of a bucket in a folder, which is created if it is missing. */
export const createRecords = (folder: string): BucketRecords => {
  mkdirSync(join(folder, 'keys'), { recursive: true })
  return {
    saveBucket: (bucket) => save(join(folder, 'bucket.json'), bucket),
    saveKey(key, versions) {
      const path = join(folder, 'keys', `${createHash('sha256').update(key).digest('hex')}.json`)
      if (versions.length === 0) rmSync(path, { force: true })
      else save(path, { key, versions } satisfies KeyRecord)
    },
    removeAll: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Loads a bucket; `undefined` if none was saved. */
export const loadRecords = (
  folder: string,
): { readonly bucket: BucketRecord; readonly keys: readonly KeyRecord[] } | undefined => {
  const bucket = load<BucketRecord>(join(folder, 'bucket.json'))
  if (bucket === undefined) return undefined
  const keys = readdirSync(join(folder, 'keys'))
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => load<KeyRecord>(join(folder, 'keys', name)) ?? [])
  return { bucket, keys }
}

// ---

/** Writes a file atomically. */
const save = (path: string, value: unknown): void => {
  writeFileSync(`${path}.new`, JSON.stringify(value))
  renameSync(`${path}.new`, path)
}

const load = <T>(path: string): T | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
