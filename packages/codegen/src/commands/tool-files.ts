import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ToolFiles } from './provider.ts'

/** Returns the files of several folders as one; the first folder that has a file wins. */
export const toolFiles = (folder: string | readonly string[] | undefined): ToolFiles => {
  const folders = folder === undefined ? [] : [folder].flat()
  const text = (path: string): string | undefined => {
    for (const each of folders) {
      const found = readIfExists(join(each, path))
      if (found !== undefined) return found
    }
    return undefined
  }
  return { text, has: (path) => text(path) !== undefined }
}

// ---

const readIfExists = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // Unreadable folders are reported when the env keys are read.
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM'].includes(code)) return undefined
    throw error
  }
}
