import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ToolFiles } from './provider.ts'

/** The files of folders that lie over each other: the first that has a file counts. */
export const toolFiles = (folder: string | readonly string[] | undefined): ToolFiles => {
  const folders = folder === undefined ? [] : [folder].flat()
  const text = (path: string): string | undefined => {
    for (const each of folders) {
      const found = readIfThere(join(each, path))
      if (found !== undefined) return found
    }
    return undefined
  }
  return { text, has: (path) => text(path) !== undefined }
}

// ---

const readIfThere = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    // That a folder may not be read is told where its sources are.
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM'].includes(code)) return undefined
    throw error
  }
}
