import { existsSync } from 'node:fs'
import { mkdir, readdir, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { stage } from '../../scripts/pack.ts'

/**
 * Creates `node_modules` of a project with packages of the repository as they are published, and links to what else is
 * installed here: their dependencies, and runners.
 *
 * @param packages folders, relative to the repository.
 */
export const installPublished = async (
  project: string,
  packages: readonly string[],
): Promise<void> => {
  const to = join(project, 'node_modules')
  await mkdir(to, { recursive: true })
  await stage(packages, to)
  const installed = await readdir(installedHere)
  const scoped = installed.filter((name) => name.startsWith('@') && name !== '@mesocosm')
  const names = [
    ...installed.filter((name) => !name.startsWith('@') && !name.startsWith('.')),
    ...(await Promise.all(scoped.map(namesIn))).flat(),
  ].filter((name) => !existsSync(join(to, name)))
  await Promise.all(
    names.map(async (name) => {
      await mkdir(dirname(join(to, name)), { recursive: true })
      await symlink(join(installedHere, name), join(to, name))
    }),
  )
}

// ---

const installedHere = join(import.meta.dirname, '../../node_modules')

const namesIn = async (scope: string): Promise<string[]> =>
  (await readdir(join(installedHere, scope))).map((name) => join(basename(scope), name))
