import { posix } from 'node:path'
import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import type { FileSpec } from '../../model/service-spec.ts'
import { fileNotCopied } from '../../runtime/errors.ts'
import { type HostEntry, type HostTree, readHostTree } from '../../runtime/host-files.ts'
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
  const { entries } = await treeOf(file.from, file.to)
  return entries.map((entry) => tarEntry(entry, posix.join(name, entry.name), file.mode))
}

/** A folder's entry is for an empty one only: an entry for `/tmp` would change the mode of the image's. */
const tarEntry = (
  { path, mode, content }: HostEntry,
  name: string,
  declared: number | undefined,
): TarEntry => {
  if (content.kind === 'folder') return { name, mode, content }
  if (content.kind === 'link') return { name, mode, content: { kind: 'symlink', path } }
  return { name, mode: declared ?? mode, content: { ...content, path } }
}

const treeOf = async (from: string, to: string): Promise<HostTree> => {
  try {
    return await readHostTree(from)
  } catch (cause) {
    throw isMesocosmError(cause) ? cause : fileNotCopied(from, to, cause)
  }
}
