import { findProject, type Project } from 'mesocosm/operate'
import type { Io } from './command.ts'

/** Returns the project of a command: the one of `--topology`, or the nearest one. */
export const projectOf = (
  { topology }: { readonly topology?: string | undefined },
  { cwd }: Pick<Io, 'cwd'>,
): Promise<Project> => findProject({ cwd, ...(topology === undefined ? {} : { file: topology }) })
