import { statfs } from 'node:fs/promises'
import { codeOf } from '../../errors/unknown-error.ts'
import type { Diagnosis } from '../../runtime/diagnosis.ts'
import type { EngineFacts } from './diagnose-engine.ts'

const gib = 2 ** 30
const scarceGiB = 5
const tooLittleGiB = 1

/** Checks how the engine stores images, and that there is room for more. */
export const storage = async (facts: EngineFacts): Promise<Diagnosis> => {
  const { Driver: driver = 'unknown driver', DockerRootDir: folder } = facts
  // The disk of an engine in a virtual machine, or on another host, is not visible from here.
  const free = folder === undefined ? undefined : await freeGiB(folder)
  return judgeStorage(driver, folder, free)
}

/**
 * Returns the verdict on a storage driver and its free space.
 *
 * @param free GiB; `undefined` when not visible.
 */
export const judgeStorage = (
  driver: string,
  folder: string | undefined,
  free: number | undefined,
): Diagnosis => {
  const name = 'storage'
  const room =
    free === undefined ? 'free space not visible from here' : `${free.toFixed(1)} GiB free`
  const text = [driver, folder, room].filter((part) => part !== undefined).join(', ')
  if (free !== undefined && free < scarceGiB)
    return {
      name,
      status: free < tooLittleGiB ? 'fail' : 'warn',
      text,
      remedy: 'remove unused images; `docker system df` shows what takes the space',
    }
  if (driver === 'vfs')
    return {
      name,
      status: 'warn',
      text,
      remedy: 'switch the engine to overlay2: vfs copies the whole image for every container',
    }
  return { name, status: 'ok', text }
}

// ---

const freeGiB = async (folder: string): Promise<number | undefined> => {
  try {
    const { bavail, bsize } = await statfs(folder)
    return (bavail * bsize) / gib
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}
