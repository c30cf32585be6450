import { statfs } from 'node:fs/promises'
import type { ExaminedEngine } from './engine.ts'
import type { Finding } from './finding.ts'

const gib = 2 ** 30
const scarceGiB = 5
const tooLittleGiB = 1

/** How the engine stores images, and whether there is room for more. */
export const storage = async ({ facts }: ExaminedEngine): Promise<Finding> => {
  const { Driver: driver = 'unknown driver', DockerRootDir: folder } = facts
  // An engine in a virtual machine, or far away, has a disk that cannot be seen from here.
  const free = folder === undefined ? undefined : await freeGiB(folder)
  return judgeStorage(driver, folder, free)
}

export const judgeStorage = (
  driver: string,
  folder: string | undefined,
  free: number | undefined,
): Finding => {
  const name = 'storage'
  const room =
    free === undefined ? 'free space not visible from here' : `${free.toFixed(1)} GiB free`
  const text = [driver, folder, room].filter((part) => part !== undefined).join(', ')
  if (free !== undefined && free < scarceGiB)
    return {
      name,
      status: free < tooLittleGiB ? 'fail' : 'warn',
      text,
      remedy:
        'remove images that are not needed any more; `docker system df` shows what takes the space',
    }
  if (driver === 'vfs')
    return {
      name,
      status: 'warn',
      text,
      remedy: 'vfs copies whole images for every container: have the engine use overlay2',
    }
  return { name, status: 'ok', text }
}

// ---

const freeGiB = async (folder: string): Promise<number | undefined> => {
  try {
    const { bavail, bsize } = await statfs(folder)
    return (bavail * bsize) / gib
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'EACCES', 'EPERM'].includes(code)) return undefined
    throw error
  }
}
