import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../disk/project-root.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { codeOf, messageOf } from '../errors/unknown-error.ts'
import { type ImageLock, lockIn, textOf } from './image-lock.ts'

/** Returns the path of the lock file for topologies in a folder: next to the nearest `package.json`. */
export const lockPath = (folder: string): string =>
  join(projectRoot(folder), 'mesocosm.images.json')

/**
 * Reads the lock file for topologies in a folder; `undefined` if there is none.
 *
 * @throws {MesocosmError} `IMAGE_LOCK_INVALID`
 */
export const readLock = async (folder: string): Promise<ImageLock | undefined> => {
  const path = lockPath(folder)
  try {
    return lockIn(await readFile(path, 'utf8'), path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Writes the lock file for topologies in a folder, whole or not at all.
 *
 * @throws {MesocosmError} `DISK_FULL`, `IMAGE_LOCK_INVALID` if it cannot be written.
 */
export const writeLock = async (folder: string, lock: ImageLock): Promise<void> => {
  const path = lockPath(folder)
  const next = `${path}.${randomBytes(4).toString('hex')}`
  try {
    await writeFile(next, textOf(lock))
    await rename(next, path)
  } catch (cause) {
    await rm(next, { force: true })
    const isFull = ['ENOSPC', 'EDQUOT'].includes(codeOf(cause) ?? '')
    throw new MesocosmError({
      code: isFull ? 'DISK_FULL' : 'IMAGE_LOCK_INVALID',
      message: `${path} could not be written: ${messageOf(cause)}`,
      remedy: isFull
        ? 'free space on the disk of the project'
        : 'check that this user may write the file and its folder',
      facts: { path },
      cause,
    })
  }
}
