import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Edit } from './editor.ts'

/** A file as it is in the open editor. */
export interface EditedFile {
  readonly path: string
  readonly text: string
  /** Offset of the cursor; 0 without one. */
  readonly cursor: number
}

/** The edits done; the first file is looked at. Throws when a passage does not occur exactly once. */
export const edited = (folder: string, edits: readonly Edit[]): [EditedFile, ...EditedFile[]] => {
  const [first, ...others] = edits.map((edit) => replaced(folder, edit))
  if (first === undefined) throw new Error('No file to look at')
  return [first, ...others]
}

/** `file: line`, as tests name a place. */
export const place = (path: string, line: number): string =>
  `${basename(path)}: ${readFileSync(path, 'utf8').split('\n')[line]?.trim()}`

// ---

const replaced = (folder: string, { file, replace, by }: Edit): EditedFile => {
  const path = join(folder, file)
  const parts = readFileSync(path, 'utf8').split(replace)
  if (parts.length !== 2)
    throw new Error(`"${replace}" occurs ${parts.length - 1} times in ${file}, not once`)
  const marked = parts.join(by)
  return {
    path,
    text: marked.replace('¦', ''),
    cursor: Math.max(0, marked.indexOf('¦')),
  }
}
