import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { PutBucketTaggingCommand } from '@aws-sdk/client-s3'
import * as Minio from 'minio'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  accessKeyId,
  secretAccessKey,
  startTestServer,
  type TestServer,
} from '../../test/server.ts'

let server: TestServer
let client: Minio.Client
beforeAll(async () => {
  server = await startTestServer()
  client = connect()
})
afterAll(async () => {
  expect(server.logged).toEqual([])
  await server[Symbol.asyncDispose]()
})

const bucket = 'bucket'
const connect = (more: Partial<Minio.ClientOptions> = {}) =>
  new Minio.Client({
    endPoint: '127.0.0.1',
    port: Number(new URL(server.url).port),
    useSSL: false,
    accessKey: accessKeyId,
    secretKey: secretAccessKey,
    ...more,
  })
const read = async (key: string, options: { versionId?: string } = {}) =>
  text(await client.getObject(bucket, key, options))
const large = randomBytes(11 * 1024 * 1024)

test('minio-js makes, lists and removes buckets', async () => {
  await client.makeBucket('made')
  expect(await client.bucketExists('made')).toBe(true)
  expect((await client.listBuckets()).map(({ name }) => name)).toContain('made')
  await client.putObject('made', 'k', 'x')
  await expect(client.removeBucket('made')).rejects.toMatchObject({ code: 'BucketNotEmpty' })
  await client.removeObject('made', 'k')
  await client.removeBucket('made')
  expect(await client.bucketExists('made')).toBe(false)
  await expect(client.statObject('made', 'k')).rejects.toMatchObject({ code: 'NoSuchBucket' })
})

test('minio-js finds out the region of a bucket', async () => {
  expect(await connect().getBucketRegionAsync(bucket)).toBe('us-east-1')
})

test('minio-js puts, describes and gets objects with metadata', async () => {
  const put = await client.putObject(bucket, 'docs/a b+ü%.txt', 'hello', 5, {
    'Content-Type': 'text/plain',
    'X-Amz-Meta-Colour': 'blue',
  })
  const found = await client.statObject(bucket, 'docs/a b+ü%.txt')
  expect(found).toMatchObject({
    size: 5,
    etag: put.etag,
    metaData: { 'content-type': 'text/plain', colour: 'blue' },
  })
  expect(await read('docs/a b+ü%.txt')).toBe('hello')
  expect(await text(await client.getPartialObject(bucket, 'docs/a b+ü%.txt', 1, 3))).toBe('ell')
  await client.putObject(bucket, 'empty', '')
  expect(await read('empty')).toBe('')
  await expect(client.getObject(bucket, 'none')).rejects.toMatchObject({ code: 'NoSuchKey' })
})

test('minio-js uploads a large object and a stream without a length in parts', async () => {
  const inParts = connect({ partSize: 5 * 1024 * 1024 })
  const { etag } = await inParts.putObject(bucket, 'large', large)
  expect(etag).toMatch(/-\d+$/)
  const pieces = Array.from({ length: 11 }, (_, at) => large.subarray(at << 20, (at + 1) << 20))
  await inParts.putObject(bucket, 'streamed', Readable.from(pieces, { objectMode: false }))
  for (const key of ['large', 'streamed']) {
    const back = await buffer(await client.getObject(bucket, key))
    expect(back.equals(large), key).toBe(true)
  }
})

test('minio-js finds and removes an unfinished upload', async () => {
  const id = await client.initiateNewMultipartUpload(bucket, 'begun', {})
  const begun = () => client.listIncompleteUploads(bucket, 'begun', true).toArray()
  expect(await begun()).toMatchObject([{ key: 'begun', uploadId: id }])
  expect(await client.findUploadId(bucket, 'begun')).toBe(id)
  await client.removeIncompleteUpload(bucket, 'begun')
  expect(await begun()).toEqual([])
})

test('minio-js copies objects, on conditions and with new metadata', async () => {
  const { etag } = await client.putObject(bucket, 'from ü', 'same', 4, { 'X-Amz-Meta-Kept': 'yes' })
  await client.copyObject(bucket, 'to', `/${bucket}/from ü`)
  expect((await client.statObject(bucket, 'to')).metaData).toMatchObject({ kept: 'yes' })
  const unmet = new Minio.CopyConditions()
  unmet.setMatchETagExcept(etag)
  await expect(client.copyObject(bucket, 'to', `/${bucket}/from ü`, unmet)).rejects.toMatchObject({
    code: 'PreconditionFailed',
  })
  await client.copyObject(
    new Minio.CopySourceOptions({ Bucket: bucket, Object: 'from ü' }),
    new Minio.CopyDestinationOptions({
      Bucket: bucket,
      Object: 'to',
      UserMetadata: { new: '1' },
      MetadataDirective: 'REPLACE',
      UserTags: { k: 'v' },
    }),
  )
  const { metaData } = await client.statObject(bucket, 'to')
  expect([metaData.new, metaData.kept]).toEqual(['1', undefined])
  expect(await read('to')).toBe('same')
})

test('minio-js composes an object of others', async () => {
  await client.putObject(bucket, 'part 1', large.subarray(0, 5 << 20))
  await client.putObject(bucket, 'part 2', 'the end')
  await client.composeObject(
    new Minio.CopyDestinationOptions({ Bucket: bucket, Object: 'composed' }),
    [
      new Minio.CopySourceOptions({ Bucket: bucket, Object: 'part 1' }),
      new Minio.CopySourceOptions({
        Bucket: bucket,
        Object: 'part 2',
        MatchRange: true,
        // The client sends a range from 0 on, whatever start it is given.
        Start: 0,
        End: 2,
      }),
    ],
  )
  const back = await buffer(await client.getObject(bucket, 'composed'))
  expect(back.subarray(5 << 20).toString()).toBe('the')
  expect(back.subarray(0, 5 << 20).equals(large.subarray(0, 5 << 20))).toBe(true)
})

test('minio-js presigns URLs and forms', async () => {
  const up = await client.presignedPutObject(bucket, 'signed ü', 60)
  expect((await fetch(up, { method: 'PUT', body: 'signed' })).status).toBe(200)
  const down = await client.presignedGetObject(bucket, 'signed ü', 60, {
    'response-content-type': 'text/html',
  })
  const answer = await fetch(down)
  expect([await answer.text(), answer.headers.get('content-type')]).toEqual(['signed', 'text/html'])
  expect((await fetch(down.replace('signed', 'empty'))).status).toBe(403)
  const policy = client.newPostPolicy()
  policy.setBucket(bucket)
  policy.setKeyStartsWith('forms/')
  policy.setContentLengthRange(1, 10)
  policy.setContentType('text/plain')
  policy.setUserMetaData({ k: 'v' })
  policy.setExpires(new Date(Date.now() + 60_000))
  const { postURL, formData } = await client.presignedPostPolicy(policy)
  const send = (key: string, body: string) => {
    const form = new FormData()
    for (const [name, value] of Object.entries({ ...formData, key })) form.set(name, value)
    form.set('file', new Blob([body]))
    return fetch(postURL, { method: 'POST', body: form })
  }
  expect((await send('forms/a', 'of a form')).status).toBe(204)
  expect(await read('forms/a')).toBe('of a form')
  expect((await client.statObject(bucket, 'forms/a')).metaData).toMatchObject({ k: 'v' })
  expect(await (await send('forms/b', 'more than that')).text()).toContain('EntityTooLarge')
  expect((await send('else/b', 'x')).status).toBe(403)
})

test('minio-js lists objects over pages in both versions, and removes many at once', async () => {
  const keys = ['list/a/1', 'list/a/<&>', 'list/b ü/1', 'list/top']
  for (const key of keys) await client.putObject(bucket, key, 'x')
  const names = (found: readonly { name?: string; prefix?: string }[]) =>
    found.map(({ name, prefix }) => name ?? prefix)
  const folders = ['list/a/', 'list/b ü/', 'list/top']
  for (const list of [
    (recursive: boolean) => client.listObjectsV2(bucket, 'list/', recursive),
    (recursive: boolean) =>
      client.listObjects(bucket, 'list/', recursive, { MaxKeys: 2 } as object),
  ]) {
    expect(names(await list(true).toArray())).toEqual(keys)
    expect(names(await list(false).toArray()).sort()).toEqual(folders)
  }
  const after = await client.listObjectsV2(bucket, 'list/', true, 'list/b').toArray()
  expect(names(after)).toEqual(['list/b ü/1', 'list/top'])
  expect(await client.removeObjects(bucket, [...keys, 'list/none'])).toEqual([])
  expect(await client.listObjectsV2(bucket, 'list/', true).toArray()).toEqual([])
})

test('minio-js keeps policy, lifecycle, encryption and tags of a bucket', async () => {
  await client.makeBucket('configured')
  await client.putObject('configured', 'k', 'shown')
  await expect(client.getBucketPolicy('configured')).rejects.toMatchObject({
    code: 'NoSuchBucketPolicy',
  })
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: ['*'] },
        Action: ['s3:GetObject'],
        Resource: ['arn:aws:s3:::configured/*'],
      },
    ],
  })
  await client.setBucketPolicy('configured', policy)
  expect(await client.getBucketPolicy('configured')).toBe(policy)
  expect(await (await fetch(`${server.url}/configured/k`)).text()).toBe('shown')
  await client.setBucketPolicy('configured', '')
  expect((await fetch(`${server.url}/configured/k`)).status).toBe(403)

  const lifecycle = {
    Rule: [{ ID: 'old', Status: 'Enabled', Filter: { Prefix: 'old/' }, Expiration: { Days: 1 } }],
  }
  await client.setBucketLifecycle('configured', lifecycle as Minio.LifecycleConfig)
  expect(await client.getBucketLifecycle('configured')).toMatchObject({
    Rule: { ID: 'old', Expiration: { Days: 1 } },
  })
  await client.removeBucketLifecycle('configured')
  await expect(client.getBucketLifecycle('configured')).rejects.toMatchObject({
    code: 'NoSuchLifecycleConfiguration',
  })

  await client.setBucketEncryption('configured', {
    Rule: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
  } as never)
  expect(JSON.stringify(await client.getBucketEncryption('configured'))).toContain('aws:kms')
  await client.removeBucketEncryption('configured')
  expect(JSON.stringify(await client.getBucketEncryption('configured'))).toContain('AES256')

  // The client takes S3's answer to tags of a bucket, a 204, for a failure.
  await server.client().send(
    new PutBucketTaggingCommand({
      Bucket: 'configured',
      Tagging: { TagSet: [{ Key: 'team', Value: 'a b' }] },
    }),
  )
  expect(await client.getBucketTagging('configured')).toEqual([{ Key: 'team', Value: 'a b' }])
  await client.removeBucketTagging('configured')
  await expect(client.getBucketTagging('configured')).rejects.toMatchObject({
    code: 'NoSuchTagSet',
  })
})

test('minio-js tags objects', async () => {
  await client.putObject(bucket, 'tagged', 'x')
  await client.setObjectTagging(bucket, 'tagged', { a: 'ü', b: 'c d' })
  expect(await client.getObjectTagging(bucket, 'tagged')).toEqual([
    { Key: 'a', Value: 'ü' },
    { Key: 'b', Value: 'c d' },
  ])
  await client.removeObjectTagging(bucket, 'tagged', { versionId: '' })
  expect(await client.getObjectTagging(bucket, 'tagged')).toEqual([])
})

test('minio-js reads, lists and removes versions', async () => {
  await client.setBucketVersioning(bucket, { Status: 'Enabled' })
  expect(await client.getBucketVersioning(bucket)).toMatchObject({ Status: 'Enabled' })
  const { versionId } = await client.putObject(bucket, 'versions', '1')
  await client.putObject(bucket, 'versions', '2')
  await client.removeObject(bucket, 'versions')
  await expect(client.getObject(bucket, 'versions')).rejects.toMatchObject({ code: 'NoSuchKey' })
  expect(await read('versions', { versionId: versionId ?? '' })).toBe('1')
  const listed = await client
    .listObjects(bucket, 'versions', true, { IncludeVersion: true } as object)
    .toArray()
  expect(listed).toHaveLength(3)
  await client.removeObjects(
    bucket,
    listed.map(({ name, versionId }) => ({ name: name ?? '', versionId: versionId ?? '' })),
  )
  const left = client.listObjects(bucket, 'versions', true, { IncludeVersion: true } as object)
  expect(await left.toArray()).toEqual([])
  await client.setBucketVersioning(bucket, { Status: 'Suspended' })
})

test('minio-js locks versions', async () => {
  await client.makeBucket('locked', '', { ObjectLocking: true })
  const { versionId } = await client.putObject('locked', 'k', 'x')
  const until = new Date(Date.now() + 86_400_000)
  until.setMilliseconds(0)
  await client.putObjectRetention('locked', 'k', {
    mode: 'GOVERNANCE',
    retainUntilDate: until.toISOString(),
  } as never)
  expect(await client.getObjectRetention('locked', 'k')).toMatchObject({ mode: 'GOVERNANCE' })
  const version = { versionId: versionId ?? '' }
  await expect(client.removeObject('locked', 'k', version)).rejects.toMatchObject({
    code: 'AccessDenied',
  })
  await client.removeObject('locked', 'k', { ...version, governanceBypass: true })
})

test('minio-js with a wrong secret is refused', async () => {
  const wrong = connect({ secretKey: 'wrong', region: 'us-east-1' })
  await expect(wrong.listBuckets()).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' })
})
