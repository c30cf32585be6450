import { cp, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

const repository = join(import.meta.dirname, '..', '..')

/** A copied project; disposing it removes the copy. */
export interface ProjectCopy extends AsyncDisposable {
  /** Path of the copied folder. */
  readonly folder: string
}

/** Copies a folder of this repository to a temporary folder, so that a build writes nothing here. */
export const copyProject = async (folder: string): Promise<ProjectCopy> => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'mesocosm-project-')))
  const copy = join(root, relative(repository, folder))
  await cp(folder, copy, { recursive: true })
  await cp(join(repository, 'tsconfig.base.json'), join(root, 'tsconfig.base.json'))
  await writeFile(join(root, 'package.json'), '{ "type": "module" }\n')
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'))
  return {
    folder: copy,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}
