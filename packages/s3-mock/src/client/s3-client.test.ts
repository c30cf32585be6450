import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { expectations } from 'mesocosm/plugin'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  accessKeyId,
  secretAccessKey,
  startTestServer,
  type TestServer,
} from '../../test/server.ts'
import { createS3Client } from './s3-client.ts'
import type { S3Client, S3Event } from './types.ts'

let server: TestServer
let files: S3Client
let other: S3Client
const releases: (() => Promise<void>)[] = []
beforeAll(async () => {
  server = await startTestServer({ buckets: ['bucket', 'more'] })
  const endpoint = {
    service: 'files',
    url: server.url,
    insideUrl: 'http://files:9000',
    region: 'us-east-1',
    accessKeyId,
    secretAccessKey,
    buckets: ['bucket', 'more'],
  }
  const create = (bundled: boolean) =>
    createS3Client({ ...endpoint, bundled }, (release) => void releases.push(release))
  files = create(true)
  other = create(false)
})
beforeEach(() => files.clear())
afterAll(async () => {
  for (const release of releases) await release()
  expect(server.logged).toEqual([])
  await server[Symbol.asyncDispose]()
})

const bucket = 'bucket'
const keys = async (from = bucket, prefix?: string) =>
  (await files.list(from, prefix)).map(({ key }) => key)

test('an object that is put can be read, listed and deleted', async () => {
  const key = 'a b/ü&<(1)>+?.json'
  const { etag } = await files.put(bucket, key, '{"a":1}', {
    contentType: 'application/json',
    metadata: { Who: 'me' },
  })
  const read = await files.get(bucket, key)
  expect(read).toMatchObject({ key, etag, size: 7, contentType: 'application/json' })
  expect(read.metadata).toEqual({ who: 'me' })
  expect(read.json()).toEqual({ a: 1 })
  expect((await files.get(bucket, key, { range: [1, 3] })).text()).toBe('"a"')
  await files.put(bucket, 'b', new Uint8Array([1, 2]))
  expect(await keys()).toEqual([key, 'b'])
  expect(await keys(bucket, 'a b/')).toEqual([key])
  expect(await files.list(bucket, 'b')).toMatchObject([{ bucket, key: 'b', size: 2 }])
  expect(await files.exists(bucket, key)).toBe(true)
  await files.delete(bucket, key)
  await files.delete(bucket, key)
  expect(await files.exists(bucket, key)).toBe(false)
})

test('a long stream is sent in parts', async () => {
  const piece = randomBytes(3 * 1024 * 1024)
  const { etag } = await files.put(bucket, 'long', Readable.from([piece, piece, piece]))
  expect(etag).toMatch(/-2$/)
  const { bytes } = await files.get(bucket, 'long')
  expect(Buffer.concat([piece, piece, piece]).equals(bytes)).toBe(true)
  expect((await files.put(bucket, 'short', Readable.from(['ab', 'c']))).etag).not.toContain('-')
  expect((await files.get(bucket, 'short')).text()).toBe('abc')
})

test('a stream that breaks leaves no object', async () => {
  async function* broken() {
    yield Buffer.alloc(17 * 1024 * 1024)
    throw new Error('broken')
  }
  await expect(files.put(bucket, 'broken', broken())).rejects.toThrow('broken')
  expect(await files.exists(bucket, 'broken')).toBe(false)
})

test('a refusal has the code and message of S3', async () => {
  await expect(files.get(bucket, 'none')).rejects.toMatchObject({
    code: 'SERVICE_CLIENT_FAILED',
    message: expect.stringContaining('NoSuchKey: The specified key does not exist.'),
    facts: { service: 'files', status: 404, s3Code: 'NoSuchKey' },
  })
  const once = { headers: { 'if-none-match': '*' } }
  await files.put(bucket, 'once', '1', once)
  await expect(files.put(bucket, 'once', '2', once)).rejects.toMatchObject({
    facts: { s3Code: 'PreconditionFailed' },
  })
})

test('a presigned URL works without an access key', async () => {
  await files.put(bucket, 'k', 'shared')
  expect(await (await fetch(await files.presign(bucket, 'k'))).text()).toBe('shared')
  const upload = await files.presign(bucket, 'up/x y', { method: 'PUT', expiresInS: 60 })
  expect((await fetch(upload, { method: 'PUT', body: 'uploaded' })).status).toBe(200)
  expect((await files.get(bucket, 'up/x y')).text()).toBe('uploaded')
  expect(await files.presign(bucket, 'k', { from: 'inside' })).toMatch(
    /^http:\/\/files:9000\/bucket/,
  )
})

test('waitForObject returns the object that is put, with events and by polling', async () => {
  for (const client of [files, other]) {
    const waiting = client.waitForObject({ key: /^late\// }, { timeoutMs: 3_000 })
    await files.put('more', 'early', 'x')
    await files.put('more', 'late/1', 'xyz')
    expect(await waiting).toMatchObject({ bucket: 'more', key: 'late/1', size: 3 })
    expect(await client.waitForObject(({ size }) => size === 1)).toMatchObject({ key: 'early' })
    await files.clear()
  }
})

test('the error of waitForObject lists the objects that exist', async () => {
  await files.put(bucket, 'not this', 'x')
  const error = await files
    .waitForObject({ bucket, key: 'this' }, { timeoutMs: 2_000 })
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    code: 'TIMEOUT',
    message: expect.stringMatching(
      /an object this in bucket bucket in files.*\n.*not this \(1 bytes\)/s,
    ),
  })
  const reason = new Error('enough')
  const signal = AbortSignal.abort(reason)
  await expect(files.waitForObject({}, { signal })).rejects.toMatchObject({
    code: 'ABORTED',
    cause: reason,
  })
})

test('onEvent reports events until it is disposed', async () => {
  const heard: S3Event[] = []
  {
    await using _ = await files.onEvent((event) => heard.push(event))
    await files.put(bucket, 'a b', 'xyz')
    await files.delete(bucket, 'a b')
    await expect
      .poll(() => heard, { interval: 5 })
      .toMatchObject([
        { name: 'ObjectCreated:Put', bucket, key: 'a b', size: 3 },
        { name: 'ObjectRemoved:Delete', bucket, key: 'a b' },
      ])
  }
  await files.put(bucket, 'unheard', 'x')
  expect(heard).toHaveLength(2)
  await expect(other.onEvent(() => {})).rejects.toMatchObject({ code: 'SERVICE_CLIENT_FAILED' })
})

test('disposing onEvent throws what its listener threw', async () => {
  let called = false
  const events = await files.onEvent(() => {
    called = true
    throw new Error('from the listener')
  })
  await files.put(bucket, 'k', 'x')
  await expect.poll(() => called, { interval: 5 }).toBe(true)
  await expect(events[Symbol.asyncDispose]()).rejects.toThrow('from the listener')
})

test('clear restores the declared buckets, or empties one', async () => {
  await files.put(bucket, 'a', 'x')
  await files.put('more', 'b', 'x')
  await files.clear('more')
  expect([await keys(), await keys('more')]).toEqual([['a'], []])
  await files.clear()
  expect([await keys(), await keys('more')]).toEqual([[], []])
  await files.put(bucket, 'c', 'x')
  await other.clear()
  expect(await keys()).toEqual([])
})

test('an expectation holds for an object whose key matches, and shows it', async () => {
  await files.put(bucket, 'a.pdf', 'x')
  await files.put(bucket, 'b.txt', 'xx')
  const { toHaveObject } = files[expectations]
  for (const key of ['a.pdf', /pdf$/, expect.stringMatching(/^a/)]) {
    const expectation = toHaveObject(bucket, key)
    expect(await expectation.wait({ timeoutMs: 0 })).toMatchObject({ key: 'a.pdf' })
    const present = await expectation.present({})
    expect(present.map((object) => expectation.lineOf(object))).toEqual(['bucket/a.pdf (1 bytes)'])
  }
  expect(await toHaveObject(bucket).present({})).toHaveLength(2)
  await expect(toHaveObject(bucket, 'c').wait({ timeoutMs: 0 })).rejects.toMatchObject({
    code: 'TIMEOUT',
    details: ['bucket/a.pdf (1 bytes)', 'bucket/b.txt (2 bytes)'],
  })
  expect(toHaveObject(bucket, expect.stringContaining('c')).awaited).toBe(
    'an object StringContaining<"c"> in bucket bucket in files',
  )
})

test('a missing bucket has no object, and other failures are thrown', async () => {
  const { toHaveObject } = files[expectations]
  expect(await toHaveObject('no-such-bucket', 'a').present({})).toEqual([])
  const given = toHaveObject(bucket, 'a').present({ signal: AbortSignal.abort() })
  await expect(given).rejects.toMatchObject({ code: 'ABORTED' })
})
