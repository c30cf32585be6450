import { posix } from 'node:path'

/** Returns a path of a Compose file in `dir` relative to the topology's folder; keeps absolute paths and variables. */
export const rebased = (path: string, dir: string): string => {
  const plain = path.replaceAll('\\', '/')
  if (!isRelative(plain)) return path
  return dotted(posix.join(dir, plain))
}

/** Returns a normalized path: relative ones start with a dot, none ends with a slash. */
export const dotted = (path: string): string => {
  const tidy = posix.normalize(path).replace(/(.)\/$/, '$1')
  if (tidy === '.' || tidy.startsWith('/') || tidy.startsWith('../') || tidy === '..') return tidy
  return `./${tidy}`
}

/** Returns whether a build context is a URL or a Git repository. */
export const isUrl = (path: string): boolean =>
  /^([a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/i.test(path) || /\.git(#.*)?$/.test(path)

// ---

const isRelative = (path: string): boolean =>
  path !== '' && !/^([/~$]|[A-Za-z]:\/)/.test(path) && !isUrl(path)
