import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import S3 from 'aws-sdk/clients/s3.js'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import {
  accessKeyId,
  secretAccessKey,
  startTestServer,
  type TestServer,
} from '../../test/server.ts'

// The SDK prints that it is no longer maintained.
vi.hoisted(() => vi.stubEnv('AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE', '1'))

let server: TestServer
let s3: S3
beforeAll(async () => {
  server = await startTestServer()
  s3 = connect()
})
afterAll(async () => {
  expect(server.logged).toEqual([])
  await server[Symbol.asyncDispose]()
})

const Bucket = 'bucket'
const connect = (more: S3.ClientConfiguration = {}) =>
  new S3({
    endpoint: server.url,
    accessKeyId,
    secretAccessKey,
    region: 'us-east-1',
    s3ForcePathStyle: true,
    maxRetries: 0,
    ...more,
  })
const large = randomBytes(11 * 1024 * 1024)

test.for(['v2', 'v4'])(
  'AWS SDK 2 puts, gets, copies and lists objects, signed with %s',
  async (signatureVersion) => {
    const client = connect({ signatureVersion })
    const Key = `${signatureVersion}/a b+ü%.txt`
    const Metadata = { colour: 'blue' }
    const { ETag } = await client
      .putObject({ Bucket, Key, Body: 'hello', ContentType: 'text/plain', Metadata })
      .promise()
    const found = await client.getObject({ Bucket, Key }).promise()
    expect(found).toMatchObject({ ETag, ContentType: 'text/plain', Metadata, ContentLength: 5 })
    expect(String(found.Body)).toBe('hello')
    const part = await client.getObject({ Bucket, Key, Range: 'bytes=1-3' }).promise()
    expect(String(part.Body)).toBe('ell')
    const CopySource = encodeURIComponent(`${Bucket}/${Key}`)
    const to = `${signatureVersion}/copy`
    await client.copyObject({ Bucket, Key: to, CopySource }).promise()
    const Prefix = `${signatureVersion}/`
    for (const list of [
      client.listObjectsV2({ Bucket, Prefix }),
      client.listObjects({ Bucket, Prefix }),
    ])
      expect((await list.promise()).Contents?.map((object) => object.Key)).toEqual([Key, to])
    await expect(client.getObject({ Bucket, Key: 'none' }).promise()).rejects.toMatchObject({
      code: 'NoSuchKey',
      statusCode: 404,
    })
    const Delete = { Objects: [{ Key }, { Key: to }] }
    const { Deleted } = await client.deleteObjects({ Bucket, Delete }).promise()
    expect(Deleted).toHaveLength(2)
    await expect(client.headObject({ Bucket, Key }).promise()).rejects.toMatchObject({
      code: 'NotFound',
    })
  },
)

test.for(['v2', 'v4'])('AWS SDK 2 presigns URLs with %s', async (signatureVersion) => {
  const client = connect({ signatureVersion })
  const Key = `signed by ${signatureVersion} ü`
  const up = await client.getSignedUrlPromise('putObject', {
    Bucket,
    Key,
    ContentType: 'text/plain',
    Expires: 60,
  })
  expect(up).toContain(signatureVersion === 'v2' ? 'AWSAccessKeyId=' : 'X-Amz-Credential=')
  const headers = { 'content-type': 'text/plain' }
  expect((await fetch(up, { method: 'PUT', body: 'signed', headers })).status).toBe(200)
  const ResponseContentType = 'text/html'
  const down = client.getSignedUrl('getObject', { Bucket, Key, ResponseContentType, Expires: 60 })
  const answer = await fetch(down)
  expect([await answer.text(), answer.headers.get('content-type')]).toEqual(['signed', 'text/html'])
  expect((await fetch(down.replace('signed', 'else'))).status).toBe(403)
})

test('AWS SDK 2 presigns forms', async () => {
  const { url, fields } = s3.createPresignedPost({
    Bucket,
    Fields: { key: 'form' },
    Conditions: [['content-length-range', 1, 10]],
  })
  const send = (content: string) => {
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.set(name, value)
    form.set('file', new Blob([content]))
    return fetch(url, { method: 'POST', body: form })
  }
  expect((await send('of a form')).status).toBe(204)
  expect(String((await s3.getObject({ Bucket, Key: 'form' }).promise()).Body)).toBe('of a form')
  expect(await (await send('more than that')).text()).toContain('EntityTooLarge')
})

test('AWS SDK 2 uploads a stream in parts', async () => {
  const pieces = Array.from({ length: 11 }, (_, at) => large.subarray(at << 20, (at + 1) << 20))
  const upload = s3.upload(
    { Bucket, Key: 'managed', Body: Readable.from(pieces, { objectMode: false }) },
    { partSize: 5 << 20, queueSize: 2 },
  )
  const { ETag, Key } = await upload.promise()
  expect([ETag, Key]).toEqual([expect.stringMatching(/-3"$/), 'managed'])
  const { Body } = await s3.getObject({ Bucket, Key }).promise()
  expect(large.equals(Body as Buffer)).toBe(true)
  const streamed = await s3.getObject({ Bucket, Key }).createReadStream().toArray()
  expect(Buffer.concat(streamed).equals(large)).toBe(true)
})

test('AWS SDK 2 uploads something small in one request', async () => {
  const { ETag } = await s3.upload({ Bucket, Key: 'small', Body: 'small' }).promise()
  expect(ETag).toMatch(/^"[0-9a-f]{32}"$/)
})

test('AWS SDK 2 creates, configures and deletes buckets', async () => {
  const of = { Bucket: 'made-by-v2' }
  await s3.createBucket(of).promise()
  await s3.waitFor('bucketExists', of).promise()
  expect((await s3.listBuckets().promise()).Buckets?.map(({ Name }) => Name)).toContain(of.Bucket)
  const LifecycleConfiguration = {
    Rules: [{ ID: 'old', Status: 'Enabled', Filter: { Prefix: 'old/' }, Expiration: { Days: 1 } }],
  }
  await s3.putBucketLifecycleConfiguration({ ...of, LifecycleConfiguration }).promise()
  expect(await s3.getBucketLifecycleConfiguration(of).promise()).toMatchObject(
    LifecycleConfiguration,
  )
  const VersioningConfiguration = { Status: 'Enabled' }
  await s3.putBucketVersioning({ ...of, VersioningConfiguration }).promise()
  const { VersionId = '' } = await s3.putObject({ ...of, Key: 'k', Body: '1' }).promise()
  await s3.putObject({ ...of, Key: 'k', Body: '2' }).promise()
  expect(String((await s3.getObject({ ...of, Key: 'k', VersionId }).promise()).Body)).toBe('1')
  const TagSet = [{ Key: 'team', Value: 'a b' }]
  await s3.putObjectTagging({ ...of, Key: 'k', Tagging: { TagSet } }).promise()
  expect((await s3.getObjectTagging({ ...of, Key: 'k' }).promise()).TagSet).toEqual(TagSet)
  await expect(s3.deleteBucket(of).promise()).rejects.toMatchObject({ code: 'BucketNotEmpty' })
  const { Versions = [] } = await s3.listObjectVersions(of).promise()
  expect(Versions).toHaveLength(2)
  for (const { Key = '', VersionId = '' } of Versions)
    await s3.deleteObject({ ...of, Key, VersionId }).promise()
  await s3.deleteBucket(of).promise()
  await s3.waitFor('bucketNotExists', of).promise()
})

test('AWS SDK 2 with a wrong secret is refused', async () => {
  for (const signatureVersion of ['v2', 'v4'])
    await expect(
      connect({ signatureVersion, secretAccessKey: 'wrong' }).listBuckets().promise(),
    ).rejects.toMatchObject({ code: 'SignatureDoesNotMatch', statusCode: 403 })
})
