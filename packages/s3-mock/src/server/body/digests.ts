import { createHash } from 'node:crypto'
import { createHashThread, type HashThread } from './hash-thread.ts'

/** Hash functions that bodies are checked with. */
export type HashName = 'md5' | 'sha1' | 'sha256'

/** Hashes of one body. */
export interface Digests {
  /** Adds a piece, which must not change any more; waits for the returned promise, if any, before the next. */
  update(bytes: Buffer): Promise<void> | undefined
  digest(): ReadonlyMap<HashName, Buffer> | Promise<ReadonlyMap<HashName, Buffer>>
  /** Ends without a result. */
  drop(): void
}

/** A body of this size is hashed in another thread: sooner done, although a thread costs a message per batch. */
const largeSize = 1024 * 1024

/** Two bodies can be hashed at the same time; a test's machine has other things to do, too. */
const threads: readonly HashThread[] = [createHashThread(), createHashThread()]

/** Starts the hashes of a body. @param size of the body, if it is known. */
export const createDigests = (names: readonly HashName[], size: number | undefined): Digests => {
  if ((size ?? 0) >= largeSize) return idlest().open(names)
  const hashes = names.map((name) => [name, createHash(name)] as const)
  return {
    update(bytes) {
      for (const [, hash] of hashes) hash.update(bytes)
      return undefined
    },
    digest: () => new Map(hashes.map(([name, hash]) => [name, hash.digest()])),
    drop: () => {},
  }
}

// ---

const idlest = (): HashThread =>
  threads.reduce((best, thread) => (thread.bodies < best.bodies ? thread : best))
