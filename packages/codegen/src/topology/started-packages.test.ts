import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { defineTopology } from 'mesocosm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { find } from './find.ts'
import { sourcedServices } from './sourced-services.ts'
import { startedPackages } from './started-packages.ts'

let root = ''
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'mesocosm-started-')))
})
afterEach(() => rm(root, { recursive: true }))

const put = async (path: string, content: string | object) => {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), typeof content === 'string' ? content : JSON.stringify(content))
}

/** An application of packages, laid out as npm installs it: a program, its API, and a library of others. */
const install = async () => {
  await put('package.json', { name: 'site', scripts: { start: 'acme start' } })
  await put('node_modules/acme/package.json', {
    name: 'acme',
    bin: { acme: 'cli.js' },
    dependencies: { '@acme/api': '1', pg: '8' },
  })
  await put('node_modules/acme/cli.js', 'import("@acme/api")')
  await put('node_modules/@acme/api/package.json', {
    name: '@acme/api',
    dependencies: { commander: '14' },
  })
  await put('node_modules/@acme/api/dist/env.js', 'export const key = process.env.ACME_KEY')
  await put('node_modules/@acme/api/dist/odd.js', 'export const all = (n) => process.env[n]')
  await put('node_modules/pg/package.json', { name: 'pg' })
  await put('node_modules/pg/index.js', 'process.env.PGHOST')
  await put('node_modules/tsx/package.json', { name: 'tsx' })
  await put('node_modules/tsx/cli.js', 'process.env.TSX_DEBUG')
  await mkdir(join(root, 'node_modules/.bin'))
  for (const name of ['acme', 'tsx']) {
    await chmod(join(root, 'node_modules', name, 'cli.js'), 0o755)
    await symlink(`../${name}/cli.js`, join(root, 'node_modules/.bin', name))
  }
}

const started = (...argv: readonly string[]) =>
  startedPackages({ folders: [root], argv }).map((folder) => relative(root, folder))

test.each([
  [['npx', 'acme', 'start']],
  [['node', 'node_modules/acme/cli.js', 'start']],
  [['node_modules/.bin/acme', 'start']],
  [['npm', 'start']],
  [['sh', '-c', 'acme bootstrap && exec acme start']],
])('%j starts a package and what it depends on under its name', async (argv) => {
  await install()
  expect(started(...argv)).toEqual(['node_modules/@acme/api', 'node_modules/acme'])
})

test('a program that runs own code starts no package', async () => {
  await install()
  expect(started('tsx', 'src/main.ts')).toEqual([])
  expect(started('node', 'src/main.js')).toEqual([])
})

test('a Dockerfile names the started package in CMD or ENTRYPOINT', async () => {
  await install()
  await put(
    'Dockerfile',
    'FROM node:24\nRUN tsx build\nENTRYPOINT ["npx"]\nCMD ["acme", "start"]\n',
  )
  const folders = startedPackages({
    folders: [root],
    argv: [],
    dockerfile: join(root, 'Dockerfile'),
  })
  expect(folders.map((folder) => relative(root, folder))).toEqual([
    'node_modules/@acme/api',
    'node_modules/acme',
  ])
})

test('keys and the kind of the tool come from the packages that a service runs', async () => {
  await install()
  const topology = defineTopology({
    name: 'site',
    root,
    services: { cms: { build: '.', command: ['npm', 'start'], cli: ['npx', 'acme'] } },
  })
  const { findings, warnings } = await find(topology, sourcedServices(topology), {
    folder: root,
    module: 'mesocosm',
  })
  expect(findings.services[0]?.env).toMatchObject([{ name: 'ACME_KEY' }])
  expect(warnings.map(({ message }) => message)).toEqual([
    'cms was not probed for its commander commands yet; run `mesocosm gen --probe`',
  ])
})
