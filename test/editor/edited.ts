import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Edit } from './editor.ts'

/** A file as it is in the editor. */
export interface EditedFile {
  readonly path: string
  readonly text: string
  /** Offset of the cursor; 0 without one. */
  readonly cursor: number
}

/** Returns the edited files; the cursor is in the first. Throws unless each passage occurs exactly once. */
export const edited = (folder: string, edits: readonly Edit[]): [EditedFile, ...EditedFile[]] => {
  const [first, ...others] = edits.map((edit) => replaced(folder, edit))
  if (first === undefined) throw new Error('no edits')
  return [first, ...others]
}

/** Returns a location as tests write it: `file: line`. */
export const lineAt = (path: string, line: number): string =>
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
