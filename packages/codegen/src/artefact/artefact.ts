import { readFile } from 'node:fs/promises'
import { MesocosmError } from 'mesocosm'
import { isGenerated } from '../render/header.ts'
import { replaceFile } from './replace-file.ts'
import { unwritable } from './unwritable.ts'

/**
 * Brings the file up to date; one that is keeps its time stamp.
 *
 * @returns whether it was written.
 * @throws {MesocosmError} `GENERATED_FILE_FOREIGN` for a file that was not made here, `FILE_UNWRITABLE`, `DISK_FULL`.
 */
export const writeArtefact = async (path: string, text: string): Promise<boolean> => {
  const there = await readArtefact(path)
  if (there === text) return false
  await replaceFile(path, text)
  return true
}

/**
 * How the file differs from what it should be, as a unified diff; `undefined` when it does not.
 *
 * @throws {MesocosmError} `GENERATED_FILE_FOREIGN`
 */
export const artefactDiff = async (
  path: string,
  text: string,
  name: string,
): Promise<string | undefined> => {
  const there = await readArtefact(path)
  if (there === text) return undefined
  const { createTwoFilesPatch } = await import('diff')
  const before = there === undefined ? '/dev/null' : name
  return createTwoFilesPatch(before, name, there ?? '', text, '', '', { context: 3 })
    .split('\n')
    .filter((line) => !/^(={10,}|Index: )/.test(line))
    .join('\n')
}

// ---

/** Its text with LF, as Git may have checked it out with CRLF; `undefined` when there is none. */
const readArtefact = async (path: string): Promise<string | undefined> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw unwritable(path, error)
  })
  if (text === undefined || isGenerated(text)) return text?.replaceAll('\r\n', '\n')
  throw new MesocosmError({
    code: 'GENERATED_FILE_FOREIGN',
    message: `${path} was not made by mesocosm gen and is not written over`,
    remedy: 'Move it away, or remove it, and generate again.',
    facts: { file: path },
  })
}
