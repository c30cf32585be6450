import { readdirSync } from 'node:fs'
import { codeOf } from '../errors/unknown-error.ts'

/** Returns the names of the entries of a folder, unsorted; none if it is missing or not a folder. */
export const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}
