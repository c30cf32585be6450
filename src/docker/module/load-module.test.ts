import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadModule } from './load-module.ts'

const postgres = {
  module: '@testcontainers/postgresql',
  export: 'PostgreSqlContainer',
  args: ['postgres:17'],
  options: {},
}

let root: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mesocosm-module-'))
})
afterAll(() => rm(root, { recursive: true }))

test('loadModule applies the options of a module and reads it', async () => {
  const spec = { ...postgres, options: { withDatabase: ['app'], withUsername: ['ann'] } }
  expect(await loadModule(spec, import.meta.dirname)).toMatchObject({
    image: 'postgres:17',
    env: { POSTGRES_DB: 'app', POSTGRES_USER: 'ann' },
  })
})

test('loadModule resolves from `resolveFrom` rather than from the topology', async () => {
  const spec = { ...postgres, resolveFrom: import.meta.url }
  expect(await loadModule(spec, root)).toMatchObject({ image: 'postgres:17' })
})

test('loadModule loads a file of the project', async () => {
  const file = join(root, 'own.mjs')
  const base = `class Base { async start() {} withExposedPorts() {} }`
  const own = `export class Own extends Base { createOpts = { Image: 'own:1' }; hostConfig = {} }`
  await writeFile(file, `${base}\n${own}\n`)
  const spec = { module: './own.mjs', export: 'Own', args: [], options: {} }
  expect(await loadModule(spec, root)).toEqual({ image: 'own:1' })
})

test('loadModule loads an ESM-only package', async () => {
  const folder = join(root, 'node_modules', 'esm-only')
  await mkdir(folder, { recursive: true })
  const manifest = { name: 'esm-only', exports: { '.': { import: './index.mjs' } } }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await writeFile(
    join(folder, 'index.mjs'),
    `export class Own { createOpts = { Image: 'esm:1' }; async start() {} withExposedPorts() {} }`,
  )
  const spec = { module: 'esm-only', export: 'Own', args: [], options: {} }
  expect(await loadModule(spec, root)).toEqual({ image: 'esm:1' })
})

test.each([
  [
    'a module that is not installed',
    { ...postgres, module: '@testcontainers/nothing' },
    /npm install/,
  ],
  [
    'a missing export',
    { ...postgres, export: 'PostgresContainer' },
    /did you mean "PostgreSqlContainer"/,
  ],
  [
    'a missing method',
    { ...postgres, options: { withDatabse: ['x'] } },
    /did you mean "withDatabase"/,
  ],
  ['invalid arguments', { ...postgres, args: [] }, /`args`/],
])('loadModule reports %s with a remedy', async (_, spec, words) => {
  await expect(loadModule(spec, import.meta.dirname)).rejects.toMatchObject({
    code: 'MODULE_UNREADABLE',
    message: expect.stringMatching(words),
    remedy: expect.any(String),
  })
})
