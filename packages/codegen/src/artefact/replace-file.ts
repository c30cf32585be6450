import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { unwritable } from './unwritable.ts'

/**
 * Replaces a file atomically: readers see either the old text or the new one.
 *
 * @throws {MesocosmError} `FILE_UNWRITABLE`, `DISK_FULL`
 */
export const replaceFile = async (path: string, text: string): Promise<void> => {
  await removeLeftovers(path)
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await writeFile(temporary, text)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(ignoreSecondFailure)
    throw unwritable(path, error)
  }
}

// ---

/** The first error has the cause. */
const ignoreSecondFailure = () => {}

/** Deletes temporary files of dead processes only: a live one may still be writing. */
const removeLeftovers = async (path: string): Promise<void> => {
  const folder = dirname(path)
  const names = await readdir(folder)
  await Promise.all(
    names
      .filter((name) => {
        const [, stem, pid] = /^(.*)\.(\d+)\.tmp$/.exec(name) ?? []
        return stem === basename(path) && !isAlive(Number(pid))
      })
      .map((name) => rm(join(folder, name), { force: true })),
  )
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
