import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBuildContexts } from './build-context.ts'
import { openHashCache } from './hash-cache.ts'
import { walkFolder } from './walk-folder.ts'

const minuteAgo = () => new Date(Date.now() - 60_000)
const rules = { ignores: () => false, hasExceptions: false, patterns: [], shared: undefined }

let root: string
let context: string
let cache: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mesocosm-cache-'))
  context = join(root, 'app')
  cache = join(root, 'cache')
  await mkdir(context)
  await writeFile(join(context, 'Dockerfile'), 'FROM x')
  await writeFile(join(context, 'a.js'), 'one')
})
afterEach(() => rm(root, { recursive: true }))

/** Returns the hash of the folder, as a new process reads it. */
const hash = async () => (await createBuildContexts()({ context }, cache)).hash

const aJs = async () => {
  const found = (await walkFolder(context, rules)).find(({ name }) => name === 'a.js')
  if (found === undefined) throw new Error('a.js is missing')
  return found
}

/** Later, when all files are older than the file system's clock can confuse. */
const later = () => Date.now() + 10_000

/** Keeps a hash for the file as it is, and returns the only file of the cache. */
const keep = async (value: string) => {
  const open = await openHashCache(cache, context, later())
  open.keep(await aJs(), value)
  await open.save()
  return join(cache, (await readdir(cache))[0] as string)
}

const known = async () => (await openHashCache(cache, context, later())).known(await aJs())

test('a kept hash is known to the next process while the file is unchanged', async () => {
  await keep('hash')
  expect(await known()).toBe('hash')
})

test.each([
  ['content of the same size', () => writeFile(join(context, 'a.js'), 'two')],
  ['the time of change', () => utimes(join(context, 'a.js'), minuteAgo(), minuteAgo())],
  [
    'the inode',
    async () => {
      const path = join(context, 'a.js')
      const { atime, mtime } = await stat(path)
      await writeFile(`${path}.new`, 'one')
      await utimes(`${path}.new`, atime, mtime)
      await rename(`${path}.new`, path)
    },
  ],
])('a hash is not known any more after a change of %s', async (_, change) => {
  await keep('hash')
  await change()
  expect(await known()).toBeUndefined()
})

test('the hash of a file that was written less than two seconds before is not kept', async () => {
  const open = await openHashCache(cache, context, Date.now())
  await writeFile(join(context, 'a.js'), 'new')
  open.keep(await aJs(), 'hash')
  await open.save()
  expect(await known()).toBeUndefined()
})

test.each([
  ['cut', (text: string) => text.slice(0, -5)],
  ['changed', (text: string) => text.replace('hash', 'hush')],
  ['no JSON', () => 'x'],
  ['empty', () => ''],
])('a cache that is %s is ignored and written again', async (_, damage) => {
  const path = await keep('hash')
  await writeFile(path, damage(await readFile(path, 'utf8')))
  expect(await known()).toBeUndefined()
  await keep('other')
  expect(await known()).toBe('other')
})

test('two processes that save at the same time leave a whole cache', async () => {
  await Promise.all(Array.from({ length: 8 }, (_, index) => keep(`hash ${index}`)))
  expect(await known()).toMatch(/^hash \d$/)
  expect(await readdir(cache)).toHaveLength(1)
})

test('caches that were not written for a month and drafts of killed processes are removed', async () => {
  const path = await keep('hash')
  const old = new Date(Date.now() - 40 * 24 * 3_600_000)
  for (const name of ['0123.json', '0123.json.abcdef', 'new.json.abcdef'])
    await writeFile(join(cache, name), '')
  await utimes(join(cache, '0123.json'), old, old)
  await utimes(join(cache, '0123.json.abcdef'), old, old)
  await keep('other')
  expect((await readdir(cache)).sort()).toEqual([basename(path), 'new.json.abcdef'].sort())
})

test('a cache that cannot be written changes nothing', async () => {
  await writeFile(cache, 'a file where the folder should be')
  expect(await hash()).toBe((await createBuildContexts()({ context })).hash)
})

test('the hash of a folder is the same with and without cache, and follows every change', async () => {
  const cold = (await createBuildContexts()({ context })).hash
  expect([await hash(), await hash()]).toEqual([cold, cold])
  await writeFile(join(context, 'a.js'), 'two')
  const changed = await hash()
  expect(changed).not.toBe(cold)
  await writeFile(join(context, 'a.js'), 'one')
  expect(await hash()).toBe(cold)
  await writeFile(join(context, 'b.js'), '')
  expect(await hash()).not.toBe(cold)
  await rm(join(context, 'b.js'))
  expect(await hash()).toBe(cold)
})
