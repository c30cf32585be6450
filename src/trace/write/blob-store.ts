import { createHash } from 'node:crypto'
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AppendContext } from '../../disk/append-file.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import type { BlobRef } from '../event/event.ts'
import type { RecordLimit } from './record-limit.ts'
import type { Redactor } from './redact.ts'

/**
 * Keeps pieces of output that are too long for their entry, each once, as files named by their content. Returns
 * `undefined` if the file cannot be written, or the record is full.
 */
export type BlobStore = (text: string) => BlobRef | undefined

/** What a store shares with the other files of its run. */
export interface BlobContext extends AppendContext {
  /** Default none. */
  readonly limit?: RecordLimit
}

/** Creates a store in an existing folder. Text is redacted before it is hashed: a digest of a secret is a hint, too. */
export const createBlobStore =
  (
    folder: string,
    redactor: Redactor,
    { makeFolder, onFault, limit }: BlobContext = {},
  ): BlobStore =>
  (text) => {
    const bytes = Buffer.from(redactor.text(text))
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const path = join(folder, sha256)
    // Write to a temporary name first, so that readers never see half of it.
    const draft = `${path}.${process.pid}.tmp`
    try {
      makeFolder?.()
      if (!existsSync(path)) {
        if (limit?.take(bytes.length, 'output') === false) return undefined
        writeFileSync(draft, bytes, { mode: 0o600 })
        renameSync(draft, path)
      }
    } catch (error) {
      onFault?.(path, messageOf(error))
      removeDraft(draft)
      return undefined
    }
    return { sha256, bytes: bytes.length }
  }

// ---

/** A part of a file only takes space; on a disk that fails it stays. */
const removeDraft = (path: string): void => {
  try {
    rmSync(path, { force: true })
  } catch {
    // Its fault was reported with the write.
  }
}
