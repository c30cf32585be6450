import type { Dirent, Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { FileSpec } from '../../model/service-spec.ts'
import { fileNotCopied } from '../../runtime/errors.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { type TarEntry, tarOf } from '../api/tar.ts'

/**
 * Copies files and folders into a created container. Their owner is root.
 *
 * @param more entries that are not files of the host.
 * @throws {MesocosmError} `SERVICE_START_FAILED` for a missing host file.
 */
export const copyFiles = async (
  api: EngineApi,
  container: string,
  files: readonly FileSpec[],
  more: readonly TarEntry[] = [],
): Promise<void> => {
  const entries = [...(await Promise.all(files.map(entriesOf))).flat(), ...more]
  if (entries.length === 0) return
  await api.json('PUT', `/containers/${segment(container)}/archive`, {
    query: { path: '/' },
    file: tarOf(entries),
  })
}

// ---

const entriesOf = async (file: FileSpec): Promise<TarEntry[]> => {
  const name = file.to.replace(/^\/+/, '')
  if (file.from === undefined) {
    const bytes = Buffer.from(file.content ?? '')
    return [{ name, mode: file.mode ?? 0o644, content: { kind: 'bytes', bytes } }]
  }
  const found = await statOrFail(file.from, file.to)
  if (found.isDirectory()) return folderEntries(file.from, name, file.mode)
  return [fileEntry(file.from, name, found, file.mode)]
}

// Only empty folders get an entry of their own: one for `/tmp` would change the mode of the image's.
const folderEntries = async (
  from: string,
  name: string,
  mode: number | undefined,
): Promise<TarEntry[]> => {
  const children = await readdir(from, { withFileTypes: true })
  if (children.length === 0) return [{ name, mode: 0o755, content: { kind: 'folder' } }]
  const nested = await Promise.all(children.map((child) => childEntries(from, name, child, mode)))
  return nested.flat()
}

const childEntries = async (
  parent: string,
  parentName: string,
  child: Dirent,
  mode: number | undefined,
): Promise<TarEntry[]> => {
  const path = join(parent, child.name)
  const name = posix.join(parentName, child.name)
  if (child.isDirectory()) return folderEntries(path, name, mode)
  if (child.isSymbolicLink()) return [{ name, mode: 0o777, content: { kind: 'symlink', path } }]
  return child.isFile() ? [fileEntry(path, name, await stat(path), mode)] : []
}

const fileEntry = (
  path: string,
  name: string,
  found: Stats,
  mode: number | undefined,
): TarEntry => ({
  name,
  mode: mode ?? found.mode & 0o777,
  content: { kind: 'file', path, size: found.size },
})

const statOrFail = async (from: string, to: string): Promise<Stats> => {
  try {
    return await stat(from)
  } catch (cause) {
    throw fileNotCopied(from, to, cause)
  }
}
