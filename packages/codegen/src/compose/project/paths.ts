import { posix } from 'node:path'

/** A path of a Compose file in folder `dir`, as seen from the topology's folder; absolute ones and variables stay. */
export const rebased = (path: string, dir: string): string => {
  const plain = path.replaceAll('\\', '/')
  if (!isRelative(plain)) return path
  return dotted(posix.join(dir, plain))
}

/** `./` before a relative path that does not start with a dot; no slash at the end. */
export const dotted = (path: string): string => {
  const tidy = posix.normalize(path).replace(/(.)\/$/, '$1')
  if (tidy === '.' || tidy.startsWith('/') || tidy.startsWith('../') || tidy === '..') return tidy
  return `./${tidy}`
}

export const isUrl = (path: string): boolean =>
  /^([a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/i.test(path) || /\.git(#.*)?$/.test(path)

// ---

const isRelative = (path: string): boolean =>
  path !== '' && !/^([/~$]|[A-Za-z]:\/)/.test(path) && !isUrl(path)
