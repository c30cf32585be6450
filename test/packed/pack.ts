import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { stage } from '../../scripts/pack.ts'
import { run } from './run.ts'

/** Paths of tarballs by package name. */
export type Tarballs = Readonly<Record<string, string>>

/** Root of the repository. */
export const repository = join(import.meta.dirname, '..', '..')

/** Packages of the repository, packed as for publishing. */
const ours = ['.', 'packages/postgres', 'packages/stub']

/** Third-party packages that types and topologies need. */
const copied = ['zod', 'yaml', '@types/node', 'undici-types']

/** Replaced by empty packages: neither types nor the import of a topology need them. */
const hollow = [
  '@balena/dockerignore',
  '@testcontainers/postgresql',
  'docker-modem',
  'pg',
  'tar-stream',
  'testcontainers',
]

/** Packs the tarballs that a project can install without a registry. */
export const pack = async (folder: string): Promise<Tarballs> => {
  const empty = await Promise.all(hollow.map((name) => emptyPackage(join(folder, 'empty'), name)))
  const to = join(folder, 'tarballs')
  await mkdir(to)
  const packages = [
    ...(await stage(ours, join(folder, 'staged'))),
    ...copied.map((name) => join(repository, 'node_modules', name)),
    ...empty,
  ]
  const flags = ['--ignore-scripts', '--json', '--pack-destination', to, ...offline(folder)]
  const packed = JSON.parse(await run('npm', ['pack', ...packages, ...flags], { cwd: repository }))
  return Object.fromEntries(
    (packed as readonly { readonly name: string; readonly filename: string }[]).map(
      ({ name, filename }) => [name, join(to, basename(filename))],
    ),
  )
}

/** Returns flags that keep npm from contacting a registry and from writing outside the folder. */
export const offline = (folder: string): readonly string[] => [
  '--offline',
  '--cache',
  join(folder, 'npm-cache'),
]

// ---

const emptyPackage = async (folder: string, name: string): Promise<string> => {
  const path = join(folder, name)
  await mkdir(path, { recursive: true })
  await writeFile(join(path, 'package.json'), JSON.stringify({ name, version: '0.0.0' }))
  return path
}
