import { closeSync, ftruncateSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { S3Error } from '../s3-error.ts'
import type { Change } from './change.ts'

/** The changes of a tenant as a file with one line each, which a restarted server reads. */
export interface Journal {
  /**
   * Adds a change. Throws, and leaves the file as it was, if it cannot be written.
   *
   * @throws {S3Error} `NoSuchBucket` after it was closed: the tenant was reset meanwhile.
   */
  append(change: Change): void
  close(): void
}

/**
 * Returns the journal in a file. The first change after a start rewrites the file.
 *
 * @param snapshot returns the changes that lead to the current state; they replace a file that has become much longer.
 */
export const openJournal = (path: string, snapshot: () => Iterable<Change>): Journal => {
  let file: number | undefined
  let closed = false
  let size = 0
  let limit = 0
  const rewrite = (): number => {
    const next = openSync(`${path}.new`, 'w')
    try {
      size = writeAll(next, snapshot())
      renameSync(`${path}.new`, path)
    } catch (error) {
      closeSync(next)
      throw error
    }
    if (file !== undefined) closeSync(file)
    file = next
    limit = 2 * size + spare
    return next
  }
  return {
    append(change) {
      if (closed) throw new S3Error('NoSuchBucket')
      const into = file === undefined || size > limit ? rewrite() : file
      const bytes = Buffer.from(lineOf(change))
      try {
        writeAt(into, bytes, size)
      } catch (error) {
        // Half a line would make the next one unreadable, too.
        ftruncateSync(into, size)
        throw error
      }
      size += bytes.length
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
      closed = true
    },
  }
}

/** Returns the changes in a file; `undefined` if there is none. Passes over a line that was not written completely. */
export const readJournal = (path: string): Iterable<Change> | undefined => {
  try {
    return changesIn(readFileSync(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

// ---

/** Bytes that may be added before the file is rewritten. */
const spare = 4 * 1024 * 1024

/** Lines that are written at once when a file is rewritten. */
const batchSize = 1024 * 1024

const writeAt = (file: number, bytes: Buffer, position: number): void => {
  for (let done = 0; done < bytes.length; )
    done += writeSync(file, bytes, done, bytes.length - done, position + done)
}

/** Writes changes to an empty file. Returns its size. */
const writeAll = (file: number, changes: Iterable<Change>): number => {
  let size = 0
  let batch = ''
  const flush = () => {
    const bytes = Buffer.from(batch)
    writeAt(file, bytes, size)
    size += bytes.length
    batch = ''
  }
  for (const change of changes) {
    batch += lineOf(change)
    if (batch.length >= batchSize) flush()
  }
  flush()
  return size
}

function* changesIn(bytes: Buffer): Generator<Change> {
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start)
    const change = parsed(bytes.toString('utf8', start, end === -1 ? bytes.length : end))
    if (change !== undefined) yield change
    start = end === -1 ? bytes.length : end + 1
  }
}

const lineOf = (change: Change): string => `${JSON.stringify(change)}\n`

const parsed = (line: string): Change | undefined => {
  try {
    const found: unknown = JSON.parse(line)
    return typeof found === 'object' && found !== null && 'op' in found && 'bucket' in found
      ? (found as Change)
      : undefined
  } catch {
    return undefined
  }
}
