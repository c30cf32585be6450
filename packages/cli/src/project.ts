import { findProject, type Project } from 'mesocosm/operate'
import type { Io } from './command.ts'

/** The project that a command concerns. */
export const projectOf = (
  { topology }: { readonly topology?: string | undefined },
  { cwd }: Pick<Io, 'cwd'>,
): Promise<Project> => findProject({ cwd, ...(topology === undefined ? {} : { file: topology }) })
