import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { codeOf } from '../errors/unknown-error.ts'

/**
 * Returns the branch of the git checkout that a folder is in; the start of the commit if none is checked out;
 * `undefined` outside of checkouts, or if it cannot be read. Needs no git.
 */
export const gitBranchOf = (folder: string): string | undefined => {
  const gitDir = gitDirOf(folder)
  const head = gitDir === undefined ? undefined : textOf(join(gitDir, 'HEAD'))?.trim()
  if (head === undefined || head === '') return undefined
  return /^ref: refs\/heads\/(.+)$/.exec(head)?.[1] ?? head.slice(0, 12)
}

// ---

/** Worktrees and submodules have a file that names the folder. */
const gitDirOf = (from: string): string | undefined => {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = join(folder, '.git')
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory()) return path
    if (found?.isFile()) {
      const named = /^gitdir: (.+)$/m.exec(textOf(path) ?? '')?.[1]
      return named === undefined ? undefined : resolve(folder, named)
    }
    if (folder === dirname(folder)) return undefined
  }
}

const textOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    // The checkout may be gone, or belong to another user.
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}
