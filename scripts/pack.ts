// `npm run pack -- [folder]`: the tarballs to publish, one per package.
import { execFile } from 'node:child_process'
import { cp, glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build } from './build.ts'
import { exitWith, root, run } from './run.ts'

/** The condition by which unit tests resolve packages of the workspace to their sources. */
const sourceCondition = '@mesocosm/source'

/**
 * Copies what npm publishes of packages, without the source condition: sources are not published.
 *
 * @param packages folders, relative to the repository.
 * @returns a folder per package in `to`, for `npm pack` or `npm publish`.
 */
export const stage = async (packages: readonly string[], to: string): Promise<string[]> => {
  const folders = packages.map((path) => join(root, path))
  const flags = ['--dry-run', '--json', '--ignore-scripts', '--offline']
  const { stdout } = await promisify(execFile)('npm', ['pack', ...folders, ...flags], { cwd: root })
  const listed = JSON.parse(stdout) as readonly Listed[]
  return Promise.all(
    folders.map(async (folder, index) => {
      const { name, files } = listed[index] as Listed
      const staged = join(to, name)
      for (const { path } of files) await cp(join(folder, path), join(staged, path))
      const manifest = await readFile(join(folder, 'package.json'), 'utf8')
      await writeFile(join(staged, 'package.json'), published(manifest))
      return staged
    }),
  )
}

/** Every package that is published. */
export const publishedPackages = async (): Promise<readonly string[]> => {
  const packages = await Array.fromAsync(glob('packages/*', { cwd: root }))
  const isPrivate = async (folder: string) =>
    JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')).private === true
  const kept = await Promise.all(packages.map(async (folder) => !(await isPrivate(folder))))
  return ['.', ...packages.filter((_, at) => kept[at]).sort()]
}

// ---

interface Listed {
  readonly name: string
  readonly files: readonly { readonly path: string }[]
}

const published = (manifest: string): string =>
  `${JSON.stringify(
    JSON.parse(manifest, (key, value) => (key === sourceCondition ? undefined : value)),
    null,
    2,
  )}\n`

const pack = async (to: string): Promise<number> => {
  const exitCode = await build()
  if (exitCode !== 0) return exitCode
  const staging = join(to, 'staged')
  await mkdir(to, { recursive: true })
  try {
    const folders = await stage(await publishedPackages(), staging)
    return await run('npm', ['pack', ...folders, '--pack-destination', to, '--ignore-scripts'])
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

if (import.meta.main)
  await exitWith(() => pack(resolve(process.argv[2] ?? join(root, 'node_modules/.cache/packed'))))
