import { relative, resolve, sep } from 'node:path'

/** Returns a path as in the durations of a project: from its root, with `/`. */
export const fileIn = (root: string, path: string): string =>
  relative(root, resolve(root, path)).split(sep).join('/')
