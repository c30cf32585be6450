import { readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import type { FileSpec, MountSpec } from '../../model/service-spec.ts'
import { fileNotCopied } from '../errors.ts'
import { readHostTree } from '../host-files.ts'
import type { MemoryFiles } from './program.ts'

/** Files of a container by path; a link has the path that it leads to. */
export type FileTable = Map<
  string,
  { readonly text: string; readonly mode: number } | { readonly link: string }
>

/**
 * Copies files and folders of the host into a table.
 *
 * @throws {MesocosmError} `SERVICE_START_FAILED` for a missing host file.
 */
export const copyIn = async (files: readonly FileSpec[], into: FileTable): Promise<void> => {
  for (const file of files) {
    if (file.from === undefined) {
      into.set(file.to, { text: file.content ?? '', mode: file.mode ?? 0o644 })
    } else {
      await copyFrom(file.from, file.to, file.mode, into)
    }
  }
}

/** Returns a container's files: its own, then those in folders mounted from the host. */
export const filesOf = (own: FileTable, mounts: readonly MountSpec[]): MemoryFiles => ({
  read: (path) => readOwn(path, own) ?? readMounted(path, mounts),
  write: (path, text, mode = 0o644) => void own.set(path, { text, mode }),
})

// ---

const copyFrom = async (
  from: string,
  to: string,
  mode: number | undefined,
  into: FileTable,
): Promise<void> => {
  try {
    for (const { path, name, mode: found, content } of (await readHostTree(from)).entries) {
      const at = posix.join(to, name)
      if (content.kind === 'link')
        into.set(at, { link: posix.resolve(posix.dirname(at), content.target) })
      if (content.kind === 'file')
        into.set(at, { text: await readFile(path, 'utf8'), mode: mode ?? found })
    }
  } catch (cause) {
    throw isMesocosmError(cause) ? cause : fileNotCopied(from, to, cause)
  }
}

/** Links that Linux follows before it gives up. */
const mostLinks = 40

const readOwn = (path: string, own: FileTable) => {
  let found = own.get(path)
  for (let followed = 0; found !== undefined && 'link' in found; followed++)
    found = followed < mostLinks ? own.get(found.link) : undefined
  return found
}

const readMounted = (path: string, mounts: readonly MountSpec[]) => {
  const mount = mounts.find(({ to }) => path === to || path.startsWith(`${to}/`))
  if (mount === undefined) return undefined
  const onHost = join(mount.from, path.slice(mount.to.length))
  const found = statSync(onHost, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  return { text: readFileSync(onHost, 'utf8'), mode: found.mode & 0o777 }
}
