import {
  CreateBucketCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusal, startTestServer, type TestServer } from '../../test/server.ts'

let server: TestServer
let s3: ReturnType<TestServer['client']>
const Bucket = 'bucket'
const keys = ['a', 'b/1', 'b/2', 'b/c/3', 'd', 'd+e f', 'd/4', '\uffff', '\u{1f600}']
beforeAll(async () => {
  server = await startTestServer()
  s3 = server.client()
  for (const Key of [...keys].reverse())
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
})
afterAll(async () => {
  expect(server.logged).toEqual([])
  await server[Symbol.asyncDispose]()
})

const list = async (more: object = {}) => {
  const answer = await s3.send(new ListObjectsV2Command({ Bucket, ...more }))
  return {
    ...answer,
    shown: [
      ...(answer.Contents ?? []).map(({ Key }) => Key),
      ...(answer.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
    ],
  }
}

test('lists sort keys by their bytes', async () => {
  expect((await list()).shown).toEqual(keys)
})

test('lists group keys by a delimiter', async () => {
  expect((await list({ Delimiter: '/' })).shown).toEqual([
    'a',
    'd',
    'd+e f',
    '\uffff',
    '\u{1f600}',
    'b/',
    'd/',
  ])
  expect((await list({ Delimiter: '/', Prefix: 'b/' })).shown).toEqual(['b/1', 'b/2', 'b/c/'])
})

test('lists support a prefix and a start key', async () => {
  expect((await list({ Prefix: 'd' })).shown).toEqual(['d', 'd+e f', 'd/4'])
  expect((await list({ Prefix: 'd', StartAfter: 'd' })).shown).toEqual(['d+e f', 'd/4'])
  expect((await list({ StartAfter: 'b/2' })).shown[0]).toBe('b/c/3')
  expect((await list({ Prefix: 'none' })).KeyCount).toBe(0)
})

test('list pages of any size return every key once', async () => {
  for (const pageSize of [1, 2, 3, 9, 10])
    for (const Delimiter of [undefined, '/']) {
      const shown: unknown[] = []
      for await (const page of paginateListObjectsV2(
        { client: s3, pageSize },
        { Bucket, ...(Delimiter === undefined ? {} : { Delimiter }) },
      ))
        for (const one of [...(page.Contents ?? []), ...(page.CommonPrefixes ?? [])])
          shown.push('Key' in one ? one.Key : 'Prefix' in one ? one.Prefix : undefined)
      expect(new Set(shown).size).toBe(shown.length)
      expect(shown).toHaveLength(Delimiter === undefined ? keys.length : 7)
    }
})

test('version 1 of the list continues after its marker', async () => {
  const page = (Marker?: string) =>
    s3.send(
      new ListObjectsCommand({
        Bucket,
        Delimiter: '/',
        MaxKeys: 2,
        ...(Marker === undefined ? {} : { Marker }),
      }),
    )
  const first = await page()
  expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'b/' })
  const second = await page(first.NextMarker)
  expect(second.Contents?.map(({ Key }) => Key)).toEqual(['d', 'd+e f'])
})

test('lists percent-encode keys on request', async () => {
  const { shown, EncodingType } = await list({ Prefix: 'd', EncodingType: 'url' })
  expect(EncodingType).toBe('url')
  expect(shown).toEqual(['d', 'd%2Be%20f', 'd/4'])
})

test('a list of at most 0 keys is empty', async () => {
  expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false })
})

test('invalid list requests are refused', async () => {
  expect(await refusal(list({ ContinuationToken: 'made-up' }))).toBe('400 InvalidArgument')
  expect(await refusal(list({ Bucket: 'nowhere' }))).toBe('404 NoSuchBucket')
})

test('the list of an empty bucket is empty', async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'empty-bucket' }))
  expect((await list({ Bucket: 'empty-bucket' })).shown).toEqual([])
})
