import { cp, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

const repository = join(import.meta.dirname, '..', '..')

export interface ProjectCopy extends AsyncDisposable {
  /** Where the copied folder is. */
  readonly folder: string
}

/** A folder of this repository, copied with what it needs of the rest, so that a build leaves nothing here. */
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
