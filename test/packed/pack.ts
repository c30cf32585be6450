import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { stage } from '../../scripts/pack.ts'
import { run } from './run.ts'

/** Tarballs by the name of their package. */
export type Tarballs = Readonly<Record<string, string>>

export const repository = join(import.meta.dirname, '..', '..')

/** What a project installs: packed as it would be published. */
const ours = ['.', 'packages/postgres']

/** What types and topologies need of others. */
const copied = ['zod', '@types/node', 'undici-types']

/** What starts containers or speaks to servers: no type and no import of a topology needs it. */
const hollow = [
  '@balena/dockerignore',
  '@testcontainers/postgresql',
  'dockerode',
  'pg',
  'tar-stream',
  'testcontainers',
]

/** Makes the tarballs that a project installs without a registry. */
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

/** npm asks no registry, and leaves nothing outside of the folder. */
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
