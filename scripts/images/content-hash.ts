import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImageRow } from './table.ts'

/** Folder of the stand-ins' Dockerfiles. */
export const standIns = join(import.meta.dirname, 'stand-ins')

/** The base has no Dockerfile: this file makes it. */
const baseSource = join(import.meta.dirname, 'base.ts')

/** Returns the hash of everything a stand-in is made from, its base included. */
export const contentHash = (row: ImageRow, rows: readonly ImageRow[]): string => {
  const hash = createHash('sha256').update(process.arch)
  const base = rows.find((other) => other.name === row.from)
  if (base !== undefined) hash.update(contentHash(base, rows))
  if (row.folder === undefined) return hash.update(readFileSync(baseSource)).digest('hex')
  const folder = join(standIns, row.folder)
  for (const name of readdirSync(folder).sort())
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(folder, name)))
      .update('\0')
  return hash.update(row.extraVersion?.() ?? '').digest('hex')
}
