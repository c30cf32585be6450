import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import type pg from 'pg'
import { type ClusterSettings, keptCluster } from './cluster.ts'
import { firstValue } from './session.ts'

/**
 * File in a data folder whose template database is complete. It holds the fingerprint of the template's schema, which is
 * that of each clone.
 */
export const sealedMark = 'mesocosm-entered'

/**
 * Returns the folder that keeps a data folder with the result of these init files, for later servers; `undefined` if the
 * result depends on more than their content.
 *
 * @param init folder of the init files.
 */
export const sealedCluster = (
  settings: ClusterSettings,
  template: string,
  init: string,
): string | undefined => {
  const hash = createHash('sha256').update(JSON.stringify([template]))
  for (const path of filesBelow(init)) {
    const content = readFileSync(path)
    const readsMore = /^\s*\\i(r|nclude|nclude_relative)?\s/m.test(content.toString('latin1'))
    if (path.endsWith('.sh') || readsMore) return undefined
    hash.update(`${relative(init, path)}\n${content.length}\n`).update(content)
  }
  return `${keptCluster(settings)}-${hash.digest('hex').slice(0, 16)}`
}

/**
 * Keeps a copy of the data folder of a running server, unless there is one or the server is written to. Its pages are in
 * the files after a checkpoint, as long as the position in the write-ahead log stays the same.
 */
export const keepSealed = async (
  root: pg.ClientBase,
  data: string,
  kept: string,
): Promise<void> => {
  if (existsSync(kept)) return
  const part = `${kept}.${process.pid}`
  try {
    for (let tries = 0; tries < 3; tries++) {
      await root.query('checkpoint')
      const before = await firstValue(root, positionSql)
      rmSync(part, { recursive: true, force: true })
      cpSync(data, part, { recursive: true, filter: (path) => !path.endsWith('/postmaster.pid') })
      if ((await firstValue(root, positionSql)) !== before) continue
      renameSync(part, kept)
      return
    }
  } catch (error) {
    // Another process was quicker, or the disk is full.
    process.stderr.write(`the result of the init files is not kept: ${String(error)}\n`)
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
}

/** Returns all files below a folder, in the order of their paths. */
export const filesBelow = (folder: string): string[] => {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => !statSync(path).isDirectory())
    .sort()
}

// ---

const positionSql = 'select pg_current_wal_insert_lsn()'
