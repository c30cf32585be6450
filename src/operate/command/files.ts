import { globSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileIn } from '../../balance/file-in.ts'
import type { SizedFile } from '../../balance/order-files.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'

/** Stands for the files of a lane in the words of a command. */
export const filesMark = '{files}'

/** A test file of a split run. */
export interface SplitFile extends SizedFile {
  /** As the command gets it: relative to the working folder. */
  readonly argument: string
}

/**
 * Returns the files that a pattern matches, in the order of their names, without `node_modules`.
 *
 * @throws {MesocosmError} `ARGUMENT_INVALID` if it matches none.
 */
export const filesOf = (pattern: string, cwd: string, root: string): SplitFile[] => {
  const found = globSync(pattern, { cwd, exclude: ['**/node_modules/**'] })
    .sort()
    .flatMap((argument) => {
      const stats = statSync(resolve(cwd, argument), { throwIfNoEntry: false })
      if (!stats?.isFile()) return []
      return [{ argument, file: fileIn(root, resolve(cwd, argument)), bytes: stats.size }]
    })
  if (found.length > 0) return found
  throw new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `no file matches ${JSON.stringify(pattern)} in ${cwd}`,
    remedy: 'fix the pattern of --split; it starts at the working folder',
    facts: { pattern, cwd },
  })
}

/**
 * Returns the words of a command with files in the place of `{files}`: one word per file, or quoted for a shell inside of
 * a longer word.
 */
export const withFiles = (argv: readonly string[], files: readonly string[]): string[] =>
  argv.flatMap((word) =>
    word === filesMark ? files : [word.replaceAll(filesMark, () => files.map(quoted).join(' '))],
  )

// ---

const quoted = (file: string): string =>
  /^[\w./@%+=:,-]+$/.test(file) ? file : `'${file.replaceAll("'", `'\\''`)}'`
