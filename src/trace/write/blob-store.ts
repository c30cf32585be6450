import { createHash } from 'node:crypto'
import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BlobRef } from '../event/event.ts'
import type { Redactor } from './redact.ts'

/** Keeps pieces of output that are too long for their entry, each once, as files named by their content. */
export type BlobStore = (text: string) => BlobRef

/** Creates a store in an existing folder. Text is redacted before it is hashed: a digest of a secret is a hint, too. */
export const createBlobStore =
  (folder: string, redactor: Redactor): BlobStore =>
  (text) => {
    const bytes = Buffer.from(redactor.text(text))
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const path = join(folder, sha256)
    if (!existsSync(path)) {
      // Write to a temporary name first, so that readers never see half of it.
      const draft = `${path}.${process.pid}.tmp`
      writeFileSync(draft, bytes, { mode: 0o600 })
      renameSync(draft, path)
    }
    return { sha256, bytes: bytes.length }
  }
