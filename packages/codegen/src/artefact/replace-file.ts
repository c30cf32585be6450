import { readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { unwritable } from './unwritable.ts'

/**
 * Writes a file so that readers see the old text or the new one, whole.
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

/** The first one tells why. */
const ignoreSecondFailure = () => {}

/** Temporary files of writers that died; those of living ones are theirs. */
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
