import { readFileSync, statSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { FileSpec, MountSpec } from '../../model/service-spec.ts'
import { fileNotCopied } from '../errors.ts'
import type { MemoryFiles } from './program.ts'

/** Files of a container by path. */
export type FileTable = Map<string, { readonly text: string; readonly mode: number }>

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
  read: (path) => own.get(path) ?? readMounted(path, mounts),
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
    const found = await stat(from)
    if (!found.isDirectory()) {
      into.set(to, { text: await readFile(from, 'utf8'), mode: mode ?? found.mode & 0o777 })
      return
    }
    for (const name of await readdir(from)) {
      await copyFrom(join(from, name), posix.join(to, name), mode, into)
    }
  } catch (cause) {
    throw fileNotCopied(from, to, cause)
  }
}

const readMounted = (path: string, mounts: readonly MountSpec[]) => {
  const mount = mounts.find(({ to }) => path === to || path.startsWith(`${to}/`))
  if (mount === undefined) return undefined
  const onHost = join(mount.from, path.slice(mount.to.length))
  const found = statSync(onHost, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  return { text: readFileSync(onHost, 'utf8'), mode: found.mode & 0o777 }
}
