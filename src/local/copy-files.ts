import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isMesocosmError } from '../errors/mesocosm-error.ts'
import type { FileSpec } from '../model/service-spec.ts'
import { fileNotCopied } from '../runtime/errors.ts'
import { readHostTree } from '../runtime/host-files.ts'

/**
 * Copies the files of a local program into its folder; missing folders are created.
 *
 * @throws {MesocosmError} `SERVICE_START_FAILED` for a missing host file.
 */
export const copyFiles = async (files: readonly FileSpec[], dir: string): Promise<void> => {
  // One after the other: a later one may replace an earlier one.
  for (const file of files) {
    try {
      await copyOne(file, dir)
    } catch (cause) {
      throw isMesocosmError(cause) ? cause : fileNotCopied(file.from ?? file.to, file.to, cause)
    }
  }
}

// ---

const copyOne = async ({ from, to, content, mode }: FileSpec, dir: string): Promise<void> => {
  const at = join(dir, to)
  if (from === undefined) {
    await mkdir(dirname(at), { recursive: true })
    await writeFile(at, content ?? '')
    return chmod(at, mode ?? 0o644)
  }
  for (const entry of (await readHostTree(from)).entries) {
    const path = join(at, entry.name)
    await mkdir(dirname(path), { recursive: true })
    if (entry.content.kind === 'folder') await mkdir(path, { recursive: true })
    else if (entry.content.kind === 'link') await symlink(entry.content.target, path)
    else {
      await copyFile(entry.path, path)
      await chmod(path, mode ?? entry.mode)
    }
  }
}
