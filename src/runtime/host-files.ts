import type { Stats } from 'node:fs'
import { lstat, readdir, readlink, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { MesocosmError } from '../errors/mesocosm-error.ts'

/** One thing of the host that is copied into a service. */
export interface HostEntry {
  /** Path on the host. */
  readonly path: string
  /** Path below what was asked for, with `/`; empty for a single file. */
  readonly name: string
  /** Permission bits. */
  readonly mode: number
  readonly content:
    | { readonly kind: 'file'; readonly size: number }
    /** Copied as a link, also if its target is missing or outside. */
    | { readonly kind: 'link'; readonly target: string }
    /** An empty one; others come into being with what is in them. */
    | { readonly kind: 'folder' }
}

/** What is copied for one `from`. */
export interface HostTree {
  /** Sorted by name. */
  readonly entries: readonly HostEntry[]
  /** What is left out, as builds of images do: `d/pipe (a FIFO)`. */
  readonly omitted: readonly string[]
}

/**
 * Returns what is copied for a file or folder of the host. The only reader of `files`, so that the digest of a service
 * and its copy agree. Links inside a folder stay links, as with `docker cp`; FIFOs, sockets and devices in it are left
 * out and never opened.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID` if `from` itself is a FIFO, a socket or a device; an error of Node if
 * something cannot be read.
 */
export const readHostTree = async (from: string): Promise<HostTree> => {
  const found = await stat(from)
  if (found.isFile()) return { entries: [fileOf(from, '', found)], omitted: [] }
  if (!found.isDirectory()) throw notCopied(from, kindOf(found))
  const omitted: string[] = []
  return { entries: await folderEntries(from, '', omitted), omitted }
}

// ---

const folderEntries = async (
  folder: string,
  name: string,
  omitted: string[],
): Promise<HostEntry[]> => {
  const children = (await readdir(folder)).sort()
  if (children.length === 0)
    return [{ path: folder, name, mode: 0o755, content: { kind: 'folder' } }]
  const all = await Promise.all(
    children.map(async (child): Promise<HostEntry[]> => {
      const path = join(folder, child)
      const below = posix.join(name, child)
      const found = await lstat(path)
      if (found.isDirectory()) return folderEntries(path, below, omitted)
      if (found.isFile()) return [fileOf(path, below, found)]
      if (found.isSymbolicLink()) {
        const content = { kind: 'link', target: await readlink(path) } as const
        return [{ path, name: below, mode: 0o777, content }]
      }
      omitted.push(`${path} (${kindOf(found)})`)
      return []
    }),
  )
  return all.flat()
}

const fileOf = (path: string, name: string, { mode, size }: Stats): HostEntry => ({
  path,
  name,
  mode: mode & 0o777,
  content: { kind: 'file', size },
})

const kindOf = (found: Stats): string => {
  if (found.isFIFO()) return 'a FIFO'
  return found.isSocket() ? 'a socket' : 'a device'
}

const notCopied = (path: string, kind: string) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${path} is ${kind}, which cannot be copied`,
    remedy:
      'name a file or a folder in `files`, or use `content`; `mounts` shares what is not a file',
    facts: { path },
  })
