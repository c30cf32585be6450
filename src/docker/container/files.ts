import type { Dirent, Stats } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { FileSpec } from '../../model/service-spec.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { type TarEntry, tarOf } from '../api/tar.ts'

/** Copies files and folders into a created container. Owner is root. */
export const copyFiles = async (
  api: EngineApi,
  container: string,
  files: readonly FileSpec[],
): Promise<void> => {
  const entries = (await Promise.all(files.map(entriesOf))).flat()
  if (entries.length === 0) return
  await api.json('PUT', `/containers/${segment(container)}/archive`, {
    query: { path: '/' },
    file: tarOf(entries),
  })
}

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

/**
 * Folders are not written themselves unless they are empty: an entry would change the mode of one that
 * the image has already, such as `/tmp`.
 */
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
    throw new MesocosmError({
      code: 'SERVICE_START_FAILED',
      message: `The file ${from} cannot be copied to ${to}: ${(cause as Error).message}`,
      remedy: 'Check the path in `files`; it is taken from the topology’s folder when relative.',
      facts: { from, to },
      cause,
    })
  }
}
