import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FolderEntry } from './walk-folder.ts'

/** Hashes of files that were read before; a file that may have changed since is unknown. */
export interface HashCache {
  /** Returns the hash of an unchanged file; ask once for each. */
  known(entry: FolderEntry): string | undefined
  /** Keeps the hash of a file that was read after its entry. */
  keep(entry: FolderEntry, hash: string): void
  /** Writes what was asked for or kept since the cache was opened, if that differs from what was read. */
  save(): Promise<void>
}

/**
 * Opens the hashes of a build folder. A missing or damaged file counts as empty; if it cannot be written, files are read
 * again the next time. Several processes may use it at a time; the last one to save wins.
 *
 * @param cacheFolder folder of the cache; `undefined` for none.
 * @param walkedMs when the walk began, milliseconds since 1970.
 */
export const openHashCache = async (
  cacheFolder: string | undefined,
  context: string,
  walkedMs: number,
): Promise<HashCache> => {
  if (cacheFolder === undefined) return noCache
  const path = join(cacheFolder, `${sha256(context).slice(0, 16)}.json`)
  const before = await read(path)
  const after: string[] = []
  let kept = 0
  return {
    known({ name, signature }) {
      const value = before.get(name)
      if (value === undefined || !value.startsWith(`${signature} `)) return undefined
      after.push(name, value)
      return value.slice(signature.length + 1)
    },
    keep({ name, signature, changedMs }, hash) {
      if (changedMs > walkedMs - racyMs) return
      after.push(name, `${signature} ${hash}`)
      kept++
    },
    async save() {
      if (kept === 0 && after.length === before.size * 2) return
      await write(cacheFolder, path, JSON.stringify(after))
    },
  }
}

// ---

const noCache: HashCache = {
  known: () => undefined,
  keep: () => {},
  save: async () => {},
}

/**
 * A file that was just written may be written again within one tick of the file system's clock, which its times do not
 * show. As Git does, such a file is not trusted.
 */
const racyMs = 2_000

/** The first line is the hash of the second, which has the name of each file and then its signature and hash. */
const read = async (path: string): Promise<ReadonlyMap<string, string>> => {
  try {
    const text = await readFile(path, 'utf8')
    const end = text.indexOf('\n')
    const body = text.slice(end + 1)
    if (text.slice(0, end) !== sha256(body)) return new Map()
    const flat = JSON.parse(body) as readonly string[]
    const known = new Map<string, string>()
    for (let at = 0; at + 1 < flat.length; at += 2)
      known.set(flat[at] as string, flat[at + 1] as string)
    return known
  } catch {
    // Missing, or not readable: every file is read again.
    return new Map()
  }
}

const write = async (folder: string, path: string, body: string): Promise<void> => {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(draft, `${sha256(body)}\n${body}`, { mode: 0o600 })
    await rename(draft, path)
    await prune(folder)
  } catch {
    // A full or read-only disk, or a process that prunes at the same time, only costs time.
    await rm(draft, { force: true }).catch(() => undefined)
  }
}

/** Caches of folders that are not built any more, and drafts of processes that were killed. */
const staleAfterMs = { cache: 30 * 24 * 3_600_000, draft: 3_600_000 }

const prune = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const limit = name.endsWith('.json') ? staleAfterMs.cache : staleAfterMs.draft
    const { mtimeMs } = await stat(join(folder, name))
    if (Date.now() - mtimeMs > limit) await rm(join(folder, name), { force: true })
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
