import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import {
  ChecksumAlgorithm,
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type StorageClass,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusal, startTestServer, type TestServer } from '../../test/server.ts'

let server: TestServer
let s3: ReturnType<TestServer['client']>
beforeAll(async () => {
  server = await startTestServer()
  s3 = server.client()
})
afterAll(async () => {
  expect(server.logged).toEqual([])
  await server[Symbol.asyncDispose]()
})

const Bucket = 'bucket'
const put = (Key: string, Body: string | Uint8Array = Key) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body }))
const presignedPut = async (Key: string) => ({
  url: await getSignedUrl(
    server.client({ requestChecksumCalculation: 'WHEN_REQUIRED' }),
    new PutObjectCommand({ Bucket, Key }),
  ),
})
const get = async (Key: string, more = {}) => {
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))
  return { ...answer, text: await answer.Body?.transformToString() }
}

test('an object is returned as it was put, with its headers and metadata', async () => {
  const Metadata = { colour: 'green', note: 'two words' }
  const written = await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'a/ü ß+&.txt',
      Body: 'hello',
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      ContentDisposition: 'attachment',
      ContentEncoding: 'identity',
      Metadata,
    }),
  )
  expect(written.ETag).toBe(`"${createHash('md5').update('hello').digest('hex')}"`)
  const read = await get('a/ü ß+&.txt')
  expect(read.text).toBe('hello')
  expect(read).toMatchObject({
    ContentType: 'text/plain',
    CacheControl: 'no-cache',
    ContentDisposition: 'attachment',
    ContentEncoding: 'identity',
    ContentLength: 5,
    ETag: written.ETag,
    Metadata,
  })
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'a/ü ß+&.txt' }))
  expect(head).toMatchObject({ ContentLength: 5, ETag: written.ETag, Metadata })
  expect(Math.abs((head.LastModified?.getTime() ?? 0) - Date.now())).toBeLessThan(5_000)
})

test('an object can be empty', async () => {
  await put('empty', new Uint8Array())
  expect(await get('empty')).toMatchObject({ text: '', ContentLength: 0 })
})

test.each(Object.values(ChecksumAlgorithm).filter((one) => /^(CRC|SHA(1|256)$)/.test(one)))(
  'a %s checksum is verified, stored and returned',
  async (algorithm) => {
    const Body = randomBytes(100_003)
    const Key = `checked-${algorithm}`
    const written = await s3.send(
      new PutObjectCommand({ Bucket, Key, Body, ChecksumAlgorithm: algorithm }),
    )
    const read = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
    const field = `Checksum${algorithm}` as 'ChecksumCRC32'
    expect(written[field]).toBeTruthy()
    expect(read[field]).toBe(written[field])
    // The client checks it again while it reads.
    expect(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true)
    const wrong = new PutObjectCommand({ Bucket, Key: 'x', Body: 'other', [field]: written[field] })
    expect(await refusal(s3.send(wrong))).toBe('400 BadDigest')
  },
)

test('a streamed body is stored without its framing', async () => {
  const Body = randomBytes(300_001)
  const pieces = Readable.from([
    Body.subarray(0, 7),
    Body.subarray(7, 200_000),
    Body.subarray(200_000),
  ])
  await s3.send(
    new PutObjectCommand({ Bucket, Key: 'streamed', Body: pieces, ContentLength: Body.length }),
  )
  const read = await s3.send(new GetObjectCommand({ Bucket, Key: 'streamed' }))
  expect(read.ContentEncoding).toBeUndefined()
  expect(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true)
})

test('a refused upload does not change the object', async () => {
  await put('kept', 'before')
  const wrong = new PutObjectCommand({
    Bucket,
    Key: 'kept',
    Body: 'after',
    ContentMD5: createHash('md5').update('other').digest('base64'),
  })
  expect(await refusal(s3.send(wrong))).toBe('400 BadDigest')
  expect((await get('kept')).text).toBe('before')
})

test('an interrupted upload leaves no data and does not block other requests', async () => {
  await put('cut', 'before')
  const { url } = await presignedPut('cut')
  const sending = request(url, {
    method: 'PUT',
    headers: { 'content-length': 1000, expect: '100-continue' },
  })
  // The server sends it when it starts to read.
  sending.flushHeaders()
  await once(sending, 'continue')
  // Without a response the request fails in the client.
  const ended = once(sending, 'error')
  sending.write('some', () => sending.destroy())
  expect((await ended)[0]).toMatchObject({ code: 'ECONNRESET' })
  expect((await get('cut')).text).toBe('before')
})

test('a response header can have non-ASCII characters', async () => {
  const url = await getSignedUrl(
    s3,
    new GetObjectCommand({
      Bucket,
      Key: 'text',
      ResponseContentDisposition: 'attachment; filename="grüße 日本.txt"',
    }),
  )
  await put('text')
  const header = (await fetch(url)).headers.get('content-disposition') ?? ''
  expect(Buffer.from(header, 'latin1').toString()).toContain('grüße 日本.txt')
})

test('ranges of an object are returned, and invalid ones ignored or refused', async () => {
  await put('ranges', '0123456789')
  const range = async (Range: string) => {
    const { text, ContentRange } = await get('ranges', { Range })
    return `${text} ${ContentRange}`
  }
  expect(await range('bytes=2-4')).toBe('234 bytes 2-4/10')
  expect(await range('bytes=7-')).toBe('789 bytes 7-9/10')
  expect(await range('bytes=-3')).toBe('789 bytes 7-9/10')
  expect(await range('bytes=8-99')).toBe('89 bytes 8-9/10')
  expect(await range('bytes=5-2')).toBe('0123456789 undefined')
  expect(await refusal(get('ranges', { Range: 'bytes=10-' }))).toBe('416 InvalidRange')
})

test('conditional reads are answered with 304 or 412', async () => {
  const { ETag } = await put('read', 'x')
  const past = new Date(Date.now() - 60_000)
  const future = new Date(Date.now() + 60_000)
  expect(await refusal(get('read', { IfNoneMatch: ETag }))).toMatch(/^304/)
  expect(await refusal(get('read', { IfMatch: '"other"' }))).toBe('412 PreconditionFailed')
  expect(await refusal(get('read', { IfModifiedSince: future }))).toMatch(/^304/)
  expect(await refusal(get('read', { IfUnmodifiedSince: past }))).toBe('412 PreconditionFailed')
  expect((await get('read', { IfMatch: ETag, IfUnmodifiedSince: past })).text).toBe('x')
  expect((await get('read', { IfNoneMatch: '"other"', IfModifiedSince: future })).text).toBe('x')
})

test('conditional writes are refused with 412', async () => {
  const write = (more: object) =>
    s3.send(new PutObjectCommand({ Bucket, Key: 'once', Body: 'x', ...more }))
  expect(await refusal(write({ IfMatch: '"x"' }))).toBe('404 NoSuchKey')
  const { ETag } = await write({ IfNoneMatch: '*' })
  expect(await refusal(write({ IfNoneMatch: '*' }))).toBe('412 PreconditionFailed')
  expect(await refusal(write({ IfMatch: '"other"' }))).toBe('412 PreconditionFailed')
  await write({ IfMatch: ETag })
})

test('only one of several concurrent writes with If-None-Match: * succeeds', async () => {
  const all = await Promise.allSettled(
    Array.from({ length: 8 }, (_, at) =>
      s3.send(new PutObjectCommand({ Bucket, Key: 'race', Body: `${at}`, IfNoneMatch: '*' })),
    ),
  )
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('a copy keeps the metadata of its source unless the request replaces it', async () => {
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'from ü',
      Body: 'copied',
      Metadata: { a: '1' },
      Tagging: 'k=v',
    }),
  )
  const copy = (Key: string, more = {}) =>
    s3.send(
      new CopyObjectCommand({
        Bucket,
        Key,
        CopySource: `${Bucket}/${encodeURIComponent('from ü')}`,
        ...more,
      }),
    )
  const { CopyObjectResult } = await copy('to')
  expect(await get('to')).toMatchObject({
    text: 'copied',
    Metadata: { a: '1' },
    TagCount: 1,
    ETag: CopyObjectResult?.ETag,
  })
  await copy('to', { MetadataDirective: 'REPLACE', Metadata: { b: '2' } })
  expect(await get('to')).toMatchObject({ text: 'copied', Metadata: { b: '2' } })
  expect(await refusal(copy('from ü'))).toBe('400 InvalidRequest')
  await copy('from ü', { MetadataDirective: 'REPLACE', Metadata: { c: '3' } })
  expect(await get('from ü')).toMatchObject({ text: 'copied', Metadata: { c: '3' } })
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'from ü' }))
  expect((await get('to')).text).toBe('copied')
  expect(await refusal(copy('to'))).toBe('404 NoSuchKey')
  const conditional = new CopyObjectCommand({
    Bucket,
    Key: 'z',
    CopySource: `${Bucket}/to`,
    CopySourceIfNoneMatch: CopyObjectResult?.ETag,
  })
  expect(await refusal(s3.send(conditional))).toBe('412 PreconditionFailed')
})

test('one request deletes many objects, and reports missing ones as deleted', async () => {
  await Promise.all([put('d/1'), put('d/2 &<>'), put('d/\r\u0001')])
  const Objects = ['d/1', 'd/2 &<>', 'd/\r\u0001', 'd/none'].map((Key) => ({ Key }))
  const { Deleted, Errors } = await s3.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects } }),
  )
  expect(Deleted?.map(({ Key }) => Key)).toEqual(Objects.map(({ Key }) => Key))
  expect(Errors).toBeUndefined()
  expect(await refusal(get('d/2 &<>'))).toBe('404 NoSuchKey')
  const quiet = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } })
  expect((await s3.send(quiet)).Deleted).toBeUndefined()
})

test('a deletion of many objects is refused as a whole if the bucket is missing', async () => {
  const request = new DeleteObjectsCommand({ Bucket: 'none', Delete: { Objects: [{ Key: 'k' }] } })
  expect(await refusal(s3.send(request))).toBe('404 NoSuchBucket')
})

test('buckets can be created, listed and deleted', async () => {
  const name = { Bucket: 'another-bucket' }
  expect(await refusal(s3.send(new HeadBucketCommand(name)))).toMatch(/^404/)
  await s3.send(new CreateBucketCommand(name))
  await s3.send(new CreateBucketCommand(name))
  await s3.send(new HeadBucketCommand(name))
  expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual([
    'another-bucket',
    'bucket',
  ])
  const first = await s3.send(new ListBucketsCommand({ MaxBuckets: 1 }))
  expect(first.Buckets).toMatchObject([{ Name: 'another-bucket' }])
  const { ContinuationToken } = first
  const second = await s3.send(new ListBucketsCommand({ MaxBuckets: 1, ContinuationToken }))
  expect(second.Buckets).toMatchObject([{ Name: 'bucket' }])
  expect(second.ContinuationToken).toBeUndefined()
  expect((await s3.send(new GetBucketLocationCommand(name))).LocationConstraint).toBeFalsy()
  await s3.send(new PutObjectCommand({ ...name, Key: 'x', Body: 'x' }))
  expect(await refusal(s3.send(new DeleteBucketCommand(name)))).toBe('409 BucketNotEmpty')
  await s3.send(new DeleteObjectCommand({ ...name, Key: 'x' }))
  await s3.send(new DeleteBucketCommand(name))
  expect(await refusal(s3.send(new DeleteBucketCommand(name)))).toBe('404 NoSuchBucket')
  const bad = new CreateBucketCommand({ Bucket: 'Upper_Case' })
  expect(await refusal(s3.send(bad))).toBe('400 InvalidBucketName')
})

test('objects and settings outlive a restart of the server', async () => {
  await using other = await startTestServer()
  const client = other.client()
  await client.send(new CreateBucketCommand({ Bucket: 'more' }))
  await client.send(new PutObjectCommand({ Bucket: 'more', Key: 'k', Body: 'still here' }))
  await other.restart()
  const again = other.client()
  const read = await again.send(new GetObjectCommand({ Bucket: 'more', Key: 'k' }))
  expect(await read.Body?.transformToString()).toBe('still here')
})

test('a line of the state that was not written completely is passed over at the next start', async () => {
  await using other = await startTestServer()
  const client = other.client()
  for (const Key of ['a', 'b']) await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
  const lines = readFileSync(other.journal(), 'utf8').split('\n')
  const torn = lines.map((line) => (line.includes('"key":"a"') ? line.slice(0, -20) : line))
  writeFileSync(other.journal(), `${torn.join('\n')}{"op":"put","buck`)
  await other.restart()
  const list = async () =>
    (await other.client().send(new ListObjectsV2Command({ Bucket }))).Contents?.map(
      ({ Key }) => Key,
    )
  expect(await list()).toEqual(['b'])
  await other.client().send(new PutObjectCommand({ Bucket, Key: 'd', Body: 'd' }))
  await other.restart()
  expect(await list()).toEqual(['b', 'd'])
})

test('an object that is replaced or removed while it is read is read to its end', async () => {
  const Body = randomBytes(8 * 1024 * 1024)
  await put('moving', Body)
  const { Body: reading } = await s3.send(new GetObjectCommand({ Bucket, Key: 'moving' }))
  await put('moving', 'other')
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'moving' }))
  const bytes = Buffer.from((await reading?.transformToByteArray()) ?? [])
  expect(bytes.equals(Body)).toBe(true)
})

test('data of every size around the limits of files and threads are returned as they were put', async () => {
  for (const size of [64 * 1024, 1024 * 1024, 3 * 1024 * 1024])
    for (const more of [-1, 0, 1]) {
      const Body = randomBytes(size + more)
      const { ETag } = await put('sized', Body)
      expect(ETag).toBe(`"${createHash('md5').update(Body).digest('hex')}"`)
      const read = await s3.send(new GetObjectCommand({ Bucket, Key: 'sized' }))
      expect(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true)
    }
})

test('a large body that does not match its checksum is refused, and the connection goes on', async () => {
  const Body = randomBytes(3 * 1024 * 1024)
  const wrong = { ContentMD5: createHash('md5').update('other').digest('base64') }
  const request = new PutObjectCommand({ Bucket, Key: 'large-wrong', Body, ...wrong })
  expect(await refusal(s3.send(request))).toBe('400 BadDigest')
  const ChecksumSHA256 = createHash('sha256').update('other').digest('base64')
  const sum = new PutObjectCommand({ Bucket, Key: 'large-wrong', Body, ChecksumSHA256 })
  expect(await refusal(s3.send(sum))).toBe('400 BadDigest')
  expect(await refusal(get('large-wrong'))).toBe('404 NoSuchKey')
})

test('a document beyond the limit is answered', async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'open-to-all', ACL: 'public-read-write' }))
  const answer = await fetch(`${server.url}/open-to-all?delete`, {
    method: 'POST',
    headers: { 'content-md5': createHash('md5').update('x').digest('base64') },
    body: Buffer.alloc(9 * 1024 * 1024, 'x'),
  })
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('<Code>MaxMessageLengthExceeded</Code>')
})

test('an expectation other than 100-continue is ignored', async () => {
  const { url } = await presignedPut('expected')
  const expectation = async (expect: string) => {
    const sending = request(url, { method: 'PUT', headers: { expect, 'content-length': 1 } })
    const answered = once(sending, 'response')
    sending.end('x')
    const [answer] = await answered
    answer.resume()
    return answer.statusCode
  }
  expect(await expectation('200-ok')).toBe(200)
  expect(await expectation('')).toBe(200)
})

test('a content encoding is returned as it was sent, without the framing of the transfer', async () => {
  const encoded = async (ContentEncoding: string) => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'encoded', Body: 'x', ContentEncoding }))
    return (await s3.send(new HeadObjectCommand({ Bucket, Key: 'encoded' }))).ContentEncoding
  }
  expect(await encoded('deflate, gzip')).toBe('deflate, gzip')
  expect(await encoded('aws-chunked, gzip')).toBe('gzip')
  expect(await encoded('gzip,aws-chunked')).toBe('gzip')
  expect(await encoded('aws-chunked')).toBeUndefined()
})

test('an unknown storage class is refused, and an archived object is not read', async () => {
  const store = (StorageClass: StorageClass) =>
    s3.send(new PutObjectCommand({ Bucket, Key: 'stored', Body: 'x', StorageClass }))
  expect(await refusal(store('FOO' as StorageClass))).toBe('400 InvalidStorageClass')
  await store('STANDARD_IA')
  expect(await get('stored')).toMatchObject({ StorageClass: 'STANDARD_IA', text: 'x' })
  await store('GLACIER')
  expect(await refusal(get('stored'))).toBe('403 InvalidObjectState')
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'stored' }))
  expect(head.StorageClass).toBe('GLACIER')
})
