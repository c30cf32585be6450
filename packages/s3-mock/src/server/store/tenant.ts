import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { S3Error } from '../s3-error.ts'
import { createBlobs } from './blobs.ts'
import { Bucket } from './bucket.ts'
import type { BucketSettings, Hook } from './model.ts'
import { createRecords, loadRecords } from './records.ts'

/** Buckets that exist from the start and after each reset. */
export interface Declared {
  readonly buckets: readonly string[]
  /** Origins whose pages may use them. */
  readonly corsOrigins: readonly string[]
  readonly hooks: readonly Hook[]
}

/** All buckets of one access key, which other keys do not see. */
export interface Tenant {
  readonly accessKeyId: string
  readonly buckets: ReadonlyMap<string, Bucket>
  /** Returns a bucket. @throws {S3Error} `NoSuchBucket`. */
  bucket(name: string): Bucket
  create(name: string, settings?: Partial<BucketSettings>): Bucket
  remove(bucket: Bucket): void
  /** Restores the declared buckets, empty. */
  reset(): void
  destroy(): void
}

/** Opens the tenant in a folder; a new one gets the declared buckets. */
export const openTenant = (folder: string, accessKeyId: string, declared: Declared): Tenant => {
  const buckets = new Map<string, Bucket>()
  const recordsFolder = (name: string) => join(folder, 'buckets', name)
  const blobsFolder = join(folder, 'blobs')
  let blobs = createBlobs(blobsFolder)
  const known = namesIn(join(folder, 'buckets'))
  const create = (name: string, settings: Partial<BucketSettings> = {}): Bucket => {
    const records = createRecords(recordsFolder(name))
    const bucket = new Bucket({
      name,
      created: Date.now(),
      settings: plain,
      blobs,
      records,
    })
    bucket.change(settings)
    buckets.set(name, bucket)
    return bucket
  }
  const declare = () => {
    for (const name of declared.buckets) create(name, declaredSettings(declared))
  }
  if (known === undefined) declare()
  for (const name of known ?? []) {
    const found = loadRecords(recordsFolder(name))
    if (found === undefined) continue
    const { bucket, keys } = found
    const versions = keys.map(({ key, versions }) => [key, versions] as const)
    buckets.set(
      name,
      new Bucket({ ...bucket, blobs, records: createRecords(recordsFolder(name)), versions }),
    )
  }
  return {
    accessKeyId,
    buckets,
    bucket(name) {
      const found = buckets.get(name)
      if (found === undefined) throw new S3Error('NoSuchBucket', { details: { BucketName: name } })
      return found
    },
    create,
    remove(bucket) {
      for (const upload of bucket.uploads.values())
        blobs.remove([...upload.parts.values()].map(({ segment }) => segment))
      buckets.delete(bucket.name)
      rmSync(recordsFolder(bucket.name), { recursive: true, force: true })
    },
    reset() {
      buckets.clear()
      rmSync(folder, { recursive: true, force: true })
      blobs = createBlobs(blobsFolder)
      declare()
    },
    destroy: () => rmSync(folder, { recursive: true, force: true }),
  }
}

// ---

const plain: BucketSettings = {
  versioning: undefined,
  acl: 'private',
  tags: undefined,
  cors: undefined,
  hooks: [],
}

const declaredSettings = ({ corsOrigins, hooks }: Declared): Partial<BucketSettings> => ({
  hooks,
  ...(corsOrigins.length === 0
    ? {}
    : {
        cors: [
          {
            id: undefined,
            origins: corsOrigins,
            methods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
            headers: ['*'],
            expose: ['ETag', 'x-amz-version-id'],
            maxAgeS: undefined,
          },
        ],
      }),
})

/** Returns the names in a folder; creates the folder and returns `undefined` if it is missing. */
const namesIn = (folder: string): readonly string[] | undefined => {
  const made = mkdirSync(folder, { recursive: true })
  return made === undefined ? readdirSync(folder) : undefined
}
