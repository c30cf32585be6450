import { relative } from 'node:path'
import { loadImages, type Project, saveImages } from 'mesocosm/operate'
import type { Io } from '../command.ts'
import { sizeOf } from './size.ts'

/** How to save and load. */
export interface ArchiveHow {
  readonly json: boolean
  readonly signal: AbortSignal
}

/** Saves the images of a topology to a file; returns the exit code. */
export const saveFile = async (
  project: Project,
  file: string,
  { stdout, cwd }: Io,
  { json, signal }: ArchiveHow,
): Promise<number> => {
  const saved = await saveImages(project, file, { signal })
  stdout.write(
    json
      ? `${JSON.stringify({ file, ...saved }, undefined, 2)}\n`
      : `saved ${saved.images.length} images to ${relative(cwd, file)}, ${sizeOf(saved.bytes)}\n`,
  )
  return 0
}

/** Loads the images of a file; returns the exit code. */
export const loadFile = async (
  file: string,
  { stdout }: Io,
  { json, signal }: ArchiveHow,
): Promise<number> => {
  const lines: string[] = []
  const { loaded, present } = await loadImages(file, {
    signal,
    onProgress: (line) => lines.push(line),
  })
  if (json) stdout.write(`${JSON.stringify({ file, loaded, present }, undefined, 2)}\n`)
  // An archive of another program: the engine says what was in it.
  else if (loaded.length + present.length === 0)
    stdout.write(lines.map((line) => `${line}\n`).join(''))
  else stdout.write(`${loaded.length} loaded, ${present.length} on the engine before\n`)
  return 0
}
