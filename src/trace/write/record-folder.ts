import { dirname, join } from 'node:path'

/** Returns the folder of all records of a project. */
export const recordsOf = (root: string): string => join(root, '.mesocosm', 'runs')

/** Returns the project whose record is in this folder. */
export const projectOf = (folder: string): string => dirname(dirname(dirname(folder)))

/** Returns the folder of a run's record; `undefined` for an id that is not the name of a folder. */
export const recordFolderOf = (root: string, run: string): string | undefined =>
  /^[\w-]+$/.test(run) ? join(recordsOf(root), run) : undefined
