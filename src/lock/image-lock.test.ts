import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type ImageLock, lockIn, pinOf, textOf } from './image-lock.ts'
import { lockPath, readLock, writeLock } from './lock-file.ts'

const a = `sha256:${'a'.repeat(64)}`
const b = `sha256:${'b'.repeat(64)}`
const lock: ImageLock = {
  images: {
    'redis:8': { platforms: [], ids: {}, usedBy: ['shop'] },
    'postgres:17': {
      digest: a,
      platforms: ['linux/arm64', 'linux/amd64'],
      ids: { 'linux/arm64': b, 'linux/amd64': a },
      usedBy: ['shop', 'bank'],
    },
  },
}

const project = () => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-lock-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  writeFileSync(join(root, 'package.json'), '{}')
  return root
}

test('the text of a lock file is sorted, and is read back as it was', () => {
  const text = textOf(lock)
  expect(text.indexOf('postgres:17')).toBeLessThan(text.indexOf('redis:8'))
  expect(text.indexOf('"bank"')).toBeLessThan(text.indexOf('"shop"'))
  expect(text).toContain('"local": true')
  const read = lockIn(text, 'x')
  expect(textOf(read)).toBe(text)
  expect(read.images['postgres:17']?.digest).toBe(a)
})

test('an image has the pin of any of its names, with the id for the platform alone', () => {
  for (const name of ['postgres:17', 'docker.io/library/postgres:17'])
    expect(pinOf(lock, name, 'linux/arm64')).toEqual({ digest: a, id: b })
  expect(pinOf(lock, 'postgres:17', 'linux/s390x')).toEqual({ digest: a })
  expect(pinOf(lock, 'redis:8', 'linux/amd64')).toBeUndefined()
  expect(pinOf(lock, 'constructor', 'linux/amd64')).toBeUndefined()
  expect(pinOf(undefined, `nginx@${b}`, 'linux/amd64')).toEqual({ digest: b })
})

test.each([
  ['{', /JSON/],
  ['<<<<<<< main\n{}', /conflicts of a merge/],
  ['[]', /not a JSON object/],
  ['{"version":2,"images":{}}', /version is 2, not 1/],
  ['{"version":1}', /`images`/],
  [
    '{"version":1,"images":{"a":{"digest":"sha256:1","usedBy":[]},"b":{"local":true,"usedBy":"x"}}}',
    /a: `digest`[\s\S]*b: `usedBy`/,
  ],
])('lock file %s is IMAGE_LOCK_INVALID with every fault', (text, words) => {
  expect(() => lockIn(text, 'x')).toThrow(
    expect.objectContaining({
      code: 'IMAGE_LOCK_INVALID',
      message: expect.stringMatching(words),
      remedy: expect.any(String),
    }),
  )
})

test('topologies in folders of one package share its lock file, which is written whole', async () => {
  const root = project()
  const folder = join(root, 'a/b')
  mkdirSync(folder, { recursive: true })
  expect(await readLock(folder)).toBeUndefined()
  await writeLock(folder, lock)
  expect(lockPath(folder)).toBe(join(root, 'mesocosm.images.json'))
  expect(readFileSync(lockPath(root), 'utf8')).toBe(textOf(lock))
  expect(readdirSync(root).sort()).toEqual(['a', 'mesocosm.images.json', 'package.json'])
  expect((await readLock(root))?.images).toHaveProperty('redis:8')
})

test('the example of the docs has all that is written to a lock file', () => {
  const example = join(import.meta.dirname, '../../test/images/example/mesocosm.images.json')
  const text = readFileSync(example, 'utf8')
  // Formatters write arrays on one line.
  expect(JSON.parse(textOf(lockIn(text, example)))).toEqual(JSON.parse(text))
})
