import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketMetadataConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  GetObjectTorrentCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketCorsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusal, startTestServer, type TestServer } from '../../test/server.ts'

let server: TestServer
let s3: ReturnType<TestServer['client']>
const Bucket = 'bucket'
beforeAll(async () => {
  server = await startTestServer({ buckets: ['bucket', 'versions', 'pages', 'events'] })
  s3 = server.client()
})
afterAll(async () => {
  expect(server.logged).toEqual([])
  await server[Symbol.asyncDispose]()
})

const put = (Key: string, Body = Key, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))
const text = async (Key: string, more: object = {}) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))
  return Body?.transformToString()
}

test('tags of an object do not change its data', async () => {
  await put('tagged', 'data', { Tagging: 'a=1&b=two%20words' })
  const tags = async () =>
    (await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }))).TagSet
  expect(await tags()).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: 'two words' },
  ])
  const change = (TagSet: { Key: string; Value: string }[]) =>
    s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet } }))
  await change([{ Key: 'c', Value: '<3>' }])
  expect(await tags()).toEqual([{ Key: 'c', Value: '<3>' }])
  expect(await text('tagged')).toBe('data')
  const many = Array.from({ length: 11 }, (_, at) => ({ Key: `${at}`, Value: '' }))
  expect(await refusal(change(many))).toBe('400 InvalidTag')
  await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'tagged' }))
  expect(await tags()).toEqual([])
})

test('tags of a bucket can be set and deleted', async () => {
  const get = () => s3.send(new GetBucketTaggingCommand({ Bucket }))
  expect(await refusal(get())).toBe('404 NoSuchTagSet')
  const TagSet = [{ Key: 'team', Value: 'x' }]
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }))
  expect((await get()).TagSet).toEqual(TagSet)
})

test('access control lists are stored, and do not change the data', async () => {
  await put('shown', 'data')
  const grants = async () =>
    (await s3.send(new GetObjectAclCommand({ Bucket, Key: 'shown' }))).Grants?.map(
      ({ Permission, Grantee }) => `${Grantee?.Type} ${Permission}`,
    )
  expect(await grants()).toEqual(['CanonicalUser FULL_CONTROL'])
  await s3.send(new PutObjectAclCommand({ Bucket, Key: 'shown', ACL: 'public-read' }))
  expect(await grants()).toEqual(['Group READ', 'CanonicalUser FULL_CONTROL'])
  expect(await (await fetch(`${server.url}/bucket/shown`)).text()).toBe('data')
  expect((await s3.send(new GetBucketAclCommand({ Bucket }))).Grants).toHaveLength(1)
})

test('a bucket with versions keeps earlier versions of an object', async () => {
  const versions = { Bucket: 'versions' }
  const status = async () => (await s3.send(new GetBucketVersioningCommand(versions))).Status
  const setStatus = (Status: 'Enabled' | 'Suspended') =>
    s3.send(new PutBucketVersioningCommand({ ...versions, VersioningConfiguration: { Status } }))
  expect(await status()).toBeUndefined()
  expect((await put('k', 'zero', versions)).VersionId).toBeUndefined()
  await setStatus('Enabled')
  const { VersionId } = await put('k', 'one', versions)
  await put('k', 'two', versions)
  expect(await text('k', versions)).toBe('two')
  expect(await text('k', { ...versions, VersionId })).toBe('one')
  expect(await text('k', { ...versions, VersionId: 'null' })).toBe('zero')
  const removed = await s3.send(new DeleteObjectCommand({ ...versions, Key: 'k' }))
  expect(removed.DeleteMarker).toBe(true)
  expect(await refusal(text('k', versions))).toBe('404 NoSuchKey')
  const marker = { ...versions, Key: 'k', VersionId: removed.VersionId }
  expect(await refusal(s3.send(new HeadObjectCommand(marker)))).toMatch(/^405/)
  const all = await s3.send(new ListObjectVersionsCommand(versions))
  expect(all.Versions?.map(({ IsLatest, Size }) => [IsLatest, Size])).toEqual([
    [false, 3],
    [false, 3],
    [false, 4],
  ])
  expect(all.DeleteMarkers).toMatchObject([{ IsLatest: true, VersionId: removed.VersionId }])
  const paged = await s3.send(new ListObjectVersionsCommand({ ...versions, MaxKeys: 2 }))
  expect(paged).toMatchObject({ IsTruncated: true, NextKeyMarker: 'k' })
  const rest = await s3.send(
    new ListObjectVersionsCommand({
      ...versions,
      KeyMarker: paged.NextKeyMarker,
      VersionIdMarker: paged.NextVersionIdMarker,
    }),
  )
  expect([...(rest.Versions ?? [])]).toHaveLength(2)
  await s3.send(new DeleteObjectCommand(marker))
  expect(await text('k', versions)).toBe('two')
  await setStatus('Suspended')
  expect((await put('k', 'three', versions)).VersionId).toBeUndefined()
  expect(await refusal(text('k', { ...versions, VersionId: 'none' }))).toBe('400 InvalidArgument')
  expect(await refusal(text('k', { ...versions, VersionId: 'n'.repeat(32) }))).toBe(
    '404 NoSuchVersion',
  )
  expect(await text('k', { ...versions, VersionId })).toBe('one')
})

test('CORS rules of a bucket decide what a page of another origin can do', async () => {
  const ask = (method: string, headers = 'content-type') =>
    fetch(`${server.url}/pages/x`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.test',
        'access-control-request-method': method,
        'access-control-request-headers': headers,
      },
    })
  expect((await ask('PUT')).status).toBe(403)
  expect(await refusal(s3.send(new GetBucketCorsCommand({ Bucket: 'pages' })))).toBe(
    '404 NoSuchCORSConfiguration',
  )
  const rule = {
    AllowedOrigins: ['https://*.test'],
    AllowedMethods: ['PUT', 'GET'],
    AllowedHeaders: ['Content-*'],
    ExposeHeaders: ['ETag'],
    MaxAgeSeconds: 60,
  }
  await s3.send(
    new PutBucketCorsCommand({ Bucket: 'pages', CORSConfiguration: { CORSRules: [rule] } }),
  )
  expect((await s3.send(new GetBucketCorsCommand({ Bucket: 'pages' }))).CORSRules).toEqual([rule])
  const allowed = await ask('PUT')
  expect(allowed.status).toBe(200)
  expect(Object.fromEntries(allowed.headers)).toMatchObject({
    'access-control-allow-origin': 'https://app.test',
    'access-control-allow-headers': 'content-type',
    'access-control-expose-headers': 'ETag',
    'access-control-max-age': '60',
  })
  expect((await ask('DELETE')).status).toBe(403)
  expect((await ask('PUT', 'x-secret')).status).toBe(403)
  const refused = await fetch(`${server.url}/pages/x`, { headers: { origin: 'https://app.test' } })
  expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.test')
})

test('events are posted to the URL in the notification configuration', async () => {
  const heard: { eventName: string; s3: { object: { key: string; size?: number } } }[] = []
  let answerWith = 500
  const receiver = createServer(async (request, response) => {
    const body = (await request.toArray()).join('')
    if (answerWith === 200) heard.push(...JSON.parse(body).Records)
    response.writeHead(answerWith).end()
    answerWith = 200
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  const configure = (QueueArn: string) =>
    s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: 'events',
        NotificationConfiguration: {
          QueueConfigurations: [
            {
              QueueArn,
              Events: ['s3:ObjectCreated:*'],
              Filter: { Key: { FilterRules: [{ Name: 'suffix', Value: '.pdf' }] } },
            },
          ],
        },
      }),
    )
  expect(await refusal(configure('arn:aws:sqs:eu-west-1:1:queue'))).toBe('400 InvalidArgument')
  await configure(url)
  const { QueueConfigurations } = await s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: 'events' }),
  )
  expect(QueueConfigurations).toMatchObject([{ QueueArn: url, Events: ['s3:ObjectCreated:*'] }])
  await put('no.txt', 'x', { Bucket: 'events' })
  await put('an invoice.pdf', 'xyz', { Bucket: 'events' })
  // The first try got status 500.
  await expect
    .poll(() => heard, { interval: 20, timeout: 5_000 })
    .toMatchObject([
      { eventName: 'ObjectCreated:Put', s3: { object: { key: 'an+invoice.pdf', size: 3 } } },
    ])
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
})

test('unsupported sub-resources and headers are refused with 501', async () => {
  await put('kept', 'data')
  const restore = new RestoreObjectCommand({ Bucket, Key: 'kept', RestoreRequest: { Days: 1 } })
  expect(await refusal(s3.send(restore))).toBe('501 NotImplemented')
  const torrent = new GetObjectTorrentCommand({ Bucket, Key: 'kept' })
  expect(await refusal(s3.send(torrent))).toBe('501 NotImplemented')
  expect(await text('kept')).toBe('data')
  const metadata = new GetBucketMetadataConfigurationCommand({ Bucket })
  expect(await refusal(s3.send(metadata))).toBe('501 NotImplemented')
  expect(await refusal(put('x', 'y', { WriteOffsetBytes: 0 }))).toBe('501 NotImplemented')
})
