import { execFile } from 'node:child_process'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const preload = pathToFileURL(join(import.meta.dirname, 'fixture/loaded-modules.mjs')).href

/** Returns the paths of the files that an import loads, relative to the project. */
const loadedBy = async (door: string): Promise<readonly string[]> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', preload, '--input-type=module', '--eval', `await import('${door}')`],
    { cwd: root },
  )
  return (JSON.parse(stdout) as string[])
    .filter((url) => url.startsWith('file:') && url !== preload)
    .map((url) => relative(root, fileURLToPath(url)))
}

/** The rooms that a test process needs, to declare services and to call the supervisor. */
const thin = [
  'call',
  'client',
  // How debuggers attach, for the lines that are printed.
  'debug',
  'define',
  // Lists folders, for the reader of logs: node:fs and nothing else.
  'disk',
  'errors',
  'model',
  'plugin',
  'protocol',
  'runner',
  'trace',
]

test.for([
  'mesocosm',
  'mesocosm/runner',
  'mesocosm/plugin',
  '@mesocosm/mocha',
  '@mesocosm/node-test',
  '@mesocosm/postgres',
  '@mesocosm/s3-mock',
  '@mesocosm/stub',
  '@mesocosm/vitest',
])('importing %s loads no packages and no rooms of the supervisor', async (door) => {
  const loaded = await loadedBy(door)
  expect(loaded).not.toEqual([])
  expect(loaded.filter((path) => path.includes('node_modules'))).toEqual([])
  const rooms = loaded.flatMap((path) => /^dist\/([^/]+)\//.exec(path)?.[1] ?? [])
  expect([...new Set(rooms)].filter((room) => !thin.includes(room))).toEqual([])
})

test('the check of loaded files notices a package', async () => {
  expect(await loadedBy('dockerode')).toEqual(
    expect.arrayContaining([expect.stringMatching(/node_modules\/docker-modem\//)]),
  )
})
