import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Account, accountsOf } from '../access/account.ts'
import { owner } from '../message/answer.ts'
import { S3Error } from '../s3-error.ts'
import { type Blobs, createBlobs } from './blobs.ts'
import { Bucket } from './bucket.ts'
import type { Change } from './change.ts'
import { type Journal, openJournal, readJournal } from './journal.ts'
import type { BucketSettings, Hook } from './model.ts'

/** Buckets that exist from the start and after each reset. */
export interface Declared {
  readonly buckets: readonly string[]
  /** Origins whose pages may use them. */
  readonly corsOrigins: readonly string[]
  readonly hooks: readonly Hook[]
  /** Names of more accounts that can be given access to the buckets. */
  readonly accounts: readonly string[]
}

/** All buckets of one access key, which other keys do not see. */
export interface Tenant {
  readonly accessKeyId: string
  /** Accounts of its access keys; the first owns the declared buckets. */
  readonly accounts: readonly Account[]
  readonly buckets: ReadonlyMap<string, Bucket>
  /** Returns a bucket. @throws {S3Error} `NoSuchBucket`. */
  bucket(name: string): Bucket
  create(name: string, settings?: Partial<BucketSettings>): Bucket
  remove(bucket: Bucket): void
  /** Restores the declared buckets, empty. */
  reset(): void
  destroy(): void
  /** Closes its files; its data stay. */
  close(): void
}

/** Opens the tenant in a folder; a new one gets the declared buckets. */
export const openTenant = (folder: string, accessKeyId: string, declared: Declared): Tenant => {
  const buckets = new Map<string, Bucket>()
  let store = openStore(folder, buckets)
  const create = (name: string, settings: Partial<BucketSettings> = {}): Bucket => {
    const bucket = new Bucket({ name, created: Date.now(), settings: plain, ...store })
    bucket.change(settings)
    buckets.set(name, bucket)
    return bucket
  }
  const declare = () => {
    for (const name of declared.buckets) create(name, declaredSettings(declared))
  }
  if (!load(folder, store, buckets)) declare()
  return {
    accessKeyId,
    accounts: accountsOf(accessKeyId, declared.accounts),
    buckets,
    bucket(name) {
      const found = buckets.get(name)
      if (found === undefined) throw new S3Error('NoSuchBucket', { details: { BucketName: name } })
      return found
    },
    create,
    remove(bucket) {
      store.journal.append({ op: 'gone', bucket: bucket.name })
      buckets.delete(bucket.name)
      store.blobs.remove([...bucket.segments()])
    },
    reset() {
      closeStore(store)
      buckets.clear()
      rmSync(folder, { recursive: true, force: true })
      store = openStore(folder, buckets)
      declare()
    },
    destroy() {
      closeStore(store)
      rmSync(folder, { recursive: true, force: true })
    },
    close: () => closeStore(store),
  }
}

// ---

const plain: BucketSettings = {
  owner: owner.ID,
  location: undefined,
  versioning: undefined,
  objectLock: undefined,
  acl: { owner: owner.ID, grants: [{ grantee: owner.ID, permission: 'FULL_CONTROL' }] },
  policy: undefined,
  documents: {},
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

/** The files of a tenant. */
interface Store {
  readonly blobs: Blobs
  readonly journal: Journal
}

const journalPath = (folder: string) => join(folder, 'journal')

const openStore = (folder: string, buckets: ReadonlyMap<string, Bucket>): Store => ({
  blobs: createBlobs(join(folder, 'blobs')),
  journal: openJournal(journalPath(folder), () => changesOf(buckets.values())),
})

const closeStore = ({ blobs, journal }: Store): void => {
  blobs.close()
  journal.close()
}

function* changesOf(buckets: Iterable<Bucket>): Generator<Change> {
  for (const bucket of buckets) {
    const { name, created, settings } = bucket
    yield { op: 'bucket', bucket: name, created, settings }
    yield* bucket.changes()
  }
}

/** Loads what an earlier server has saved; returns whether there is anything. */
const load = (folder: string, store: Store, buckets: Map<string, Bucket>): boolean => {
  const changes = readJournal(journalPath(folder))
  for (const change of changes ?? []) {
    const bucket = buckets.get(change.bucket)
    if (change.op === 'gone') buckets.delete(change.bucket)
    else if (change.op !== 'bucket') bucket?.apply(change)
    else if (bucket !== undefined) bucket.adopt(change.settings)
    else
      buckets.set(
        change.bucket,
        new Bucket({
          name: change.bucket,
          ...change,
          settings: { ...plain, ...change.settings },
          ...store,
        }),
      )
  }
  store.blobs.adopt([...buckets.values()].flatMap((bucket) => [...bucket.segments()]))
  return changes !== undefined
}
