import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { codeOf } from '../../errors/unknown-error.ts'
import type { IgnoreRules } from './ignore-rules.ts'

/** An entry of a build folder. */
export interface FolderEntry {
  /** Path relative to the folder, with `/`. */
  readonly name: string
  readonly kind: 'file' | 'symlink' | 'folder'
  /** Permission bits; those of a link mean nothing. */
  readonly mode: number
  readonly size: number
  /** When content or attributes last changed, milliseconds since 1970. */
  readonly changedMs: number
  /** Differs after a change: size, times in nanoseconds, inode and mode. */
  readonly signature: string
}

/**
 * Returns the entries that the rules do not leave out, sorted by name within each folder, without sockets, pipes and
 * devices. Records of runs are left out too: they change while the image is built.
 */
export const walkFolder = async (root: string, rules: IgnoreRules): Promise<FolderEntry[]> => {
  const found: FolderEntry[] = []
  let turn = performance.now()
  const walk = async (folder: string): Promise<void> => {
    for (const child of sorted(readdirSync(join(root, folder), { withFileTypes: true }))) {
      if (performance.now() - turn > turnMs) {
        await setImmediate()
        turn = performance.now()
      }
      const kind = kindOf(child)
      if (kind === undefined || (kind === 'folder' && child.name === recordFolder)) continue
      const name = folder === '' ? child.name : `${folder}/${child.name}`
      const ignored = rules.ignores(name)
      if (ignored && (kind !== 'folder' || !rules.hasExceptions)) continue
      const entry = entryOf(`${root}/${name}`, name, kind)
      if (entry === undefined) continue
      const before = found.push(entry)
      if (kind === 'folder') await walk(name)
      // Of an ignored folder only the way to its exceptions counts.
      if (ignored && found.length === before) found.pop()
    }
  }
  await walk('')
  return found
}

// ---

/**
 * Synchronous calls take a quarter of the time of asynchronous ones. Other work of this process gets its turn after so
 * many milliseconds.
 */
const turnMs = 10

const recordFolder = '.mesocosm'

const sorted = <T extends { readonly name: string }>(children: T[]): T[] =>
  children.sort((a, b) => (a.name < b.name ? -1 : 1))

interface Child {
  isDirectory(): boolean
  isSymbolicLink(): boolean
  isFile(): boolean
}

const kindOf = (child: Child): FolderEntry['kind'] | undefined => {
  if (child.isDirectory()) return 'folder'
  if (child.isSymbolicLink()) return 'symlink'
  return child.isFile() ? 'file' : undefined
}

/** Returns `undefined` for a file that was removed meanwhile. Only strings and numbers, since there are so many. */
const entryOf = (
  path: string,
  name: string,
  kind: FolderEntry['kind'],
): FolderEntry | undefined => {
  try {
    const { size, mtimeNs, ctimeNs, mtimeMs, ctimeMs, ino, mode } = lstatSync(path, {
      bigint: true,
    })
    return {
      name,
      kind,
      mode: kind === 'symlink' ? 0o777 : Number(mode) & 0o777,
      size: Number(size),
      changedMs: Math.max(Number(mtimeMs), Number(ctimeMs)),
      signature: `${size} ${mtimeNs} ${ctimeNs} ${ino} ${mode}`,
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
