import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compile } from '../editor/compile.ts'
import { typeScripts } from '../editor/editors.ts'
import { installPublished } from '../lib/published.ts'
import { repository } from './pack.ts'
import { run } from './run.ts'

/*
 * Packages that tests load, as they are published, in a project of CommonJS.
 */

const plugins = ['mailhog', 'postgres', 'rabbitmq', 'redis', 's3-mock', 'stub']
const doors = [
  'mesocosm',
  'mesocosm/runner',
  'mesocosm/plugin',
  ...plugins.map((name) => `@mesocosm/${name}`),
]

let project = ''
beforeAll(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'mesocosm-commonjs-')))
  await write('package.json', JSON.stringify({ name: 'commonjs', private: true }))
  const folders = [...plugins, 'jest'].map((name) => join('packages', name))
  await installPublished(project, ['.', ...folders])
})
afterAll(() => rm(project, { recursive: true, force: true }))

const write = (name: string, text: string) => writeFile(join(project, name), text)

test('in Node, require and import of a door load the same module', async () => {
  await write(
    'same.cjs',
    `(async () => {
  for (const door of ${JSON.stringify(doors)}) {
    const [required, imported] = [require(door), await import(door)]
    for (const name of Object.keys(imported)) if (required[name] !== imported[name]) console.log(door, name)
  }
})()
`,
  )
  expect(await run(process.execPath, ['same.cjs'], { cwd: project })).toBe('')
})

test('in Jest without flags, every door has the same exports, and errors of both copies are known', async () => {
  const exported = await run(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `const all = {}
for (const door of ${JSON.stringify(doors)}) all[door] = Object.keys(await import(door)).sort()
console.log(JSON.stringify(all))`,
    ],
    { cwd: project },
  )
  await write(
    'doors.test.js',
    `const all = ${exported}
for (const [door, names] of Object.entries(all))
  test(door, () => expect(Object.keys(require(door)).sort()).toEqual(names))
test('the CommonJS copy is loaded', () => expect(require.resolve('mesocosm')).toMatch(/index\\.cjs$/))
test('@mesocosm/jest', () => expect(Object.keys(require('@mesocosm/jest'))).toEqual(['createTest']))
test('an error of another copy', () => {
  const { MesocosmError, isMesocosmError } = require('mesocosm')
  const error = new MesocosmError({ code: 'INTERNAL', message: 'x' })
  jest.resetModules()
  const other = require('mesocosm')
  expect(other.MesocosmError).not.toBe(MesocosmError)
  expect([error instanceof other.MesocosmError, other.isMesocosmError(error)]).toEqual([false, true])
})
`,
  )
  const jest = join(repository, 'node_modules/jest/bin/jest.js')
  // It fails unless all tests pass.
  await run(process.execPath, [jest, '--cacheDirectory=cache', '--silent'], { cwd: project })
})

const source = `import { createTest } from '@mesocosm/jest'
import { mailhog } from '@mesocosm/mailhog'
import { postgres } from '@mesocosm/postgres'
import { defineTopology, isMesocosmError } from 'mesocosm'
import { isError } from 'mesocosm/plugin'

export const topology = defineTopology({ name: 'typed', services: { db: postgres(), mail: mailhog() } })
const { test } = createTest(topology)
test('is typed', async ({ db, mail, lane }) => {
  const url: string = db.url
  // @ts-expect-error: a string
  const wrong: number = db.url
  await mail.waitForMessage({ to: lane.name })
  return [url, wrong, isError(url), isMesocosmError(url)]
})
`

test.for(
  typeScripts.flatMap((compiler) =>
    (
      [
        ['node16', 'node16', 'cts'],
        ['node16', 'node16', 'mts'],
        ['nodenext', 'nodenext', 'cts'],
        ['nodenext', 'nodenext', 'mts'],
        ['esnext', 'bundler', 'ts'],
        ['commonjs', 'bundler', 'ts'],
      ] as const
    ).map((kind) => [compiler, ...kind] as const),
  ),
)(
  '%s finds the types with module %s and resolution %s in a .%s file',
  async ([compiler, module, moduleResolution, extension]) => {
    const file = `typed-${module}-${moduleResolution}.${extension}`
    await write(file, source)
    const config = `tsconfig-${compiler.replaceAll(/\W/g, '')}-${module}-${moduleResolution}-${extension}.json`
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'es2023',
      lib: ['es2024', 'esnext.disposable'],
      types: ['node'],
      strict: true,
      noEmit: true,
      skipLibCheck: true,
    }
    await write(config, JSON.stringify({ compilerOptions, files: [file] }))
    expect(await compile(compiler, project, ['--project', config])).toEqual({
      exitCode: 0,
      output: '',
    })
  },
)
