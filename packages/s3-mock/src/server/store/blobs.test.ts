import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Blobs, createBlobs, smallSize } from './blobs.ts'
import type { Segment } from './model.ts'

let parent: string
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 's3-blobs-'))
})
afterAll(() => rmSync(parent, { recursive: true, force: true }))

const store = async (blobs: Blobs, ...pieces: readonly Buffer[]): Promise<Segment> => {
  const [segment] = await blobs.write(async (sink) => {
    for (const piece of pieces) await sink(piece)
  })
  return segment
}
const load = async (blobs: Blobs, segments: readonly Segment[], start: number, end: number) => {
  const pieces: Buffer[] = []
  for await (const piece of blobs.pieces(segments, start, end)) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('small and large segments are read together, from any byte to any other', async () => {
  const blobs = createBlobs(join(parent, 'mixed'))
  const bytes = [randomBytes(10), randomBytes(smallSize + 1), randomBytes(smallSize)]
  const segments: Segment[] = []
  for (const one of bytes) segments.push(await store(blobs, one.subarray(0, 7), one.subarray(7)))
  const all = Buffer.concat(bytes)
  for (const [start, end] of [
    [0, all.length],
    [3, 5],
    [9, 11],
    [11, 20],
    [10 + smallSize, 12 + smallSize],
    [all.length - 1, all.length],
    [4, 4],
  ] as const)
    expect((await load(blobs, segments, start, end)).equals(all.subarray(start, end))).toBe(true)
  expect(readdirSync(join(parent, 'mixed'))).toHaveLength(2)
  blobs.close()
})

test('data stay until they have been removed as often as they were shared', async () => {
  const folder = join(parent, 'shared')
  const blobs = createBlobs(folder)
  const segment = await store(blobs, randomBytes(smallSize + 1))
  blobs.share([segment])
  blobs.remove([segment])
  expect(await load(blobs, [segment], 0, 5)).toHaveLength(5)
  blobs.remove([segment])
  await expect.poll(() => readdirSync(folder)).toEqual([])
  blobs.close()
})

test('a write that fails leaves no file', async () => {
  const folder = join(parent, 'failed')
  const blobs = createBlobs(folder)
  const failing = blobs.write(async (sink) => {
    await sink(randomBytes(2 * 1024 * 1024))
    throw new Error('cut off')
  })
  await expect(failing).rejects.toThrow('cut off')
  expect(readdirSync(folder)).toEqual([])
  blobs.close()
})

test('a write that ends after the data were closed is refused', async () => {
  const blobs = createBlobs(join(parent, 'closed'))
  const { promise, resolve } = Promise.withResolvers<void>()
  const writing = blobs.write(async (sink) => {
    await promise
    await sink(Buffer.from('late'))
  })
  blobs.close()
  resolve()
  await expect(writing).rejects.toMatchObject({ code: 'NoSuchBucket' })
})

test('an opened folder keeps what a state refers to, and nothing else', async () => {
  const folder = join(parent, 'adopted')
  const before = createBlobs(folder)
  const kept = await store(before, Buffer.from('kept'))
  await store(before, randomBytes(smallSize + 1))
  before.close()
  const after = createBlobs(folder)
  after.adopt([kept])
  expect(readdirSync(folder)).toEqual([kept.id])
  expect(String(await load(after, [kept], 0, 4))).toBe('kept')
  // New data never go into a file of an earlier server.
  const next = await store(after, Buffer.from('next'))
  expect(next.id).not.toBe(kept.id)
  after.remove([kept])
  await expect.poll(() => readdirSync(folder)).toEqual([next.id])
  after.close()
})
