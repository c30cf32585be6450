import { expect, test } from 'vitest'
import { contentHash } from './content-hash.ts'
import { images } from './table.ts'

const hashes = () => images.map((row) => contentHash(row, images))

test('each image has its own hash, the same on every call', () => {
  expect(hashes()).toEqual(hashes())
  expect(new Set(hashes()).size).toBe(images.length)
})

test('a new version of an extra file changes the hash of its image', () => {
  const node = images.find((row) => row.folder === 'node')
  if (node === undefined) throw new Error('the table has no node row')
  const newer = { ...node, extraVersion: () => '99.0.0' }
  expect(contentHash(newer, images)).not.toBe(contentHash(node, images))
})
