import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { mountSmallDisk, noMount } from '../../disk/small-disk.ts'
import { contentsEntry, readContents } from './archive-contents.ts'
import { readArchive, writeArchive } from './archive-file.ts'

const images = [{ image: 'postgres:17', id: 'sha256:1', digest: 'sha256:2' }]

const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-archive-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

async function* bytesOf(...chunks: readonly Uint8Array[]) {
  yield* chunks
}

const wholeOf = async (chunks: AsyncIterable<Uint8Array>) =>
  Buffer.concat(await Array.fromAsync(chunks))

/** The end of a tar. */
const rest = Buffer.alloc(1024)

test('the table of contents is an entry that tar reads', async () => {
  const file = join(temporary(), 'a.tar')
  writeFileSync(file, Buffer.concat([contentsEntry(images), rest]))
  const text = execFileSync('tar', ['xOf', file, 'mesocosm.images.json'])
  expect(JSON.parse(`${text}`)).toEqual({ version: 1, images })
})

test('the table of contents is read wherever its bytes are cut, and the rest follows it', async () => {
  const bytes = Buffer.concat([contentsEntry(images), Buffer.from('rest')])
  for (const at of [1, 511, 512, 700, bytes.length - 2]) {
    const read = await readContents(bytesOf(bytes.subarray(0, at), bytes.subarray(at)))
    expect(read.contents).toEqual(images)
    expect(`${await wholeOf(read.rest)}`).toBe('rest')
  }
})

test('an archive of another program has no table of contents, and is read whole', async () => {
  for (const text of ['', 'short', 'x'.repeat(2_000)]) {
    const read = await readContents(bytesOf(Buffer.from(text)))
    expect(read.contents).toBeUndefined()
    expect(`${await wholeOf(read.rest)}`).toBe(text)
  }
})

test('a table of contents that is cut off or of another version is IMAGE_ARCHIVE_INVALID', async () => {
  const whole = contentsEntry(images)
  const other = Buffer.from(
    whole.toString('latin1').replace('"version":1', '"version":9'),
    'latin1',
  )
  for (const bytes of [whole.subarray(0, 600), other])
    await expect(readContents(bytesOf(bytes))).rejects.toMatchObject({
      code: 'IMAGE_ARCHIVE_INVALID',
      remedy: expect.any(String),
    })
})

test('an archive is compressed by its name, and read by its content', async () => {
  const folder = temporary()
  for (const [name, compressed] of [
    ['a.tar', false],
    ['a.tar.gz', true],
    ['a.tgz', true],
  ] as const) {
    const file = join(folder, name)
    const size = await writeArchive(file, bytesOf(Buffer.from('hello'), rest))
    const bytes = readFileSync(file)
    expect(bytes.length).toBe(size)
    expect(bytes[0] === 0x1f).toBe(compressed)
    expect((await wholeOf(readArchive(file))).subarray(0, 5).toString()).toBe('hello')
  }
  writeFileSync(join(folder, 'b.tar'), gzipSync('hello'))
  expect(`${await wholeOf(readArchive(join(folder, 'b.tar')))}`).toBe('hello')
})

test('a write that fails or is aborted leaves no file, and an older one as it was', async () => {
  const folder = temporary()
  const file = join(folder, 'a.tar.gz')
  await writeArchive(file, bytesOf(Buffer.from('old')))
  const failure = new Error('the engine is gone')
  const failing = async function* () {
    yield rest
    throw failure
  }
  await expect(writeArchive(file, failing())).rejects.toBe(failure)
  const stop = new AbortController()
  const endless = async function* () {
    for (;;) {
      yield rest
      stop.abort()
    }
  }
  await expect(writeArchive(file, endless(), stop.signal)).rejects.toMatchObject({
    code: 'ABORTED',
    remedy: expect.any(String),
  })
  expect(readdirSync(folder)).toEqual(['a.tar.gz'])
  expect(`${await wholeOf(readArchive(file))}`).toBe('old')
})

test('a compressed archive that is cut off or damaged is IMAGE_ARCHIVE_INVALID', async () => {
  const folder = temporary()
  const bytes = gzipSync(Buffer.from('hello '.repeat(10_000)))
  const half = bytes.length >> 1
  const damaged = Buffer.from(bytes)
  damaged.fill(0, half, half + 20)
  for (const [name, content] of [
    ['cut', bytes.subarray(0, half)],
    ['damaged', damaged],
  ] as const) {
    writeFileSync(join(folder, name), content)
    await expect(wholeOf(readArchive(join(folder, name)))).rejects.toMatchObject({
      code: 'IMAGE_ARCHIVE_INVALID',
      message: expect.stringContaining(name),
      remedy: expect.any(String),
    })
  }
})

test('a missing archive, and one in a missing folder, are errors with a remedy', async () => {
  const missing = join(temporary(), 'no/a.tar')
  for (const doing of [wholeOf(readArchive(missing)), writeArchive(missing, bytesOf(rest))])
    await expect(doing).rejects.toMatchObject({
      code: 'IMAGE_ARCHIVE_INVALID',
      remedy: expect.stringMatching(/check/),
    })
})

test('a full disk is DISK_FULL, and leaves no file', async ({ skip }) => {
  using disk = mountSmallDisk(64 * 1024)
  if (disk === undefined) return skip(noMount)
  const file = join(disk.folder, 'a.tar')
  await expect(
    writeArchive(file, bytesOf(Buffer.alloc(50_000), Buffer.alloc(50_000))),
  ).rejects.toMatchObject({ code: 'DISK_FULL', remedy: expect.stringContaining('another disk') })
  expect(readdirSync(disk.folder)).toEqual([])
})
