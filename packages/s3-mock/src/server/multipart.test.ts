import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type ObjectAttributes,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusal, startTestServer, type TestServer } from '../../test/server.ts'
import { createMeter } from './body/checksum.ts'

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
const big = randomBytes(5 * 1024 * 1024)
const small = randomBytes(1001)
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest()

const begin = async (Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}) => {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))
  return { Bucket, Key, UploadId }
}
type Begun = Awaited<ReturnType<typeof begin>>
const part = async (
  upload: Begun,
  PartNumber: number,
  Body: Uint8Array,
  more: object = {},
): Promise<CompletedPart> => {
  const sent = await s3.send(new UploadPartCommand({ ...upload, PartNumber, Body, ...more }))
  const { ETag, ChecksumCRC32, ChecksumSHA256, ChecksumCRC64NVME, ChecksumCRC32C } = sent
  return { PartNumber, ETag, ChecksumCRC32, ChecksumSHA256, ChecksumCRC64NVME, ChecksumCRC32C }
}
const complete = (upload: Begun, Parts: CompletedPart[], more: object = {}) =>
  s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts }, ...more }))

test('a multipart upload joins its parts in the order of their numbers', async () => {
  const upload = await begin('parts', { ContentType: 'text/plain', Metadata: { a: 'b' } })
  const second = await part(upload, 7, small)
  await part(upload, 3, small)
  const first = await part(upload, 3, big)
  const { Parts } = await s3.send(new ListPartsCommand(upload))
  expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
    [3, big.length],
    [7, small.length],
  ])
  const { ETag, Location } = await complete(upload, [first, second])
  const etag = createHash('md5')
    .update(Buffer.concat([md5(big), md5(small)]))
    .digest('hex')
  expect(ETag).toBe(`"${etag}-2"`)
  expect(Location).toContain('/bucket/parts')
  const read = await s3.send(new GetObjectCommand({ Bucket, Key: 'parts' }))
  expect(read).toMatchObject({ ContentType: 'text/plain', Metadata: { a: 'b' }, ETag })
  const bytes = Buffer.from((await read.Body?.transformToByteArray()) ?? [])
  expect(bytes.equals(Buffer.concat([big, small]))).toBe(true)
  const across = await s3.send(
    new GetObjectCommand({
      Bucket,
      Key: 'parts',
      Range: `bytes=${big.length - 2}-${big.length + 1}`,
    }),
  )
  expect(Buffer.from((await across.Body?.transformToByteArray()) ?? [])).toEqual(
    Buffer.concat([big.subarray(-2), small.subarray(0, 2)]),
  )
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'parts', PartNumber: 7 }))
  expect(head).toMatchObject({ PartsCount: 2, ContentLength: small.length })
  const copied = await s3.send(
    new CopyObjectCommand({ Bucket, Key: 'one-piece', CopySource: 'bucket/parts' }),
  )
  expect(copied.CopyObjectResult?.ETag).toBe(`"${md5(bytes).toString('hex')}"`)
})

test.each([
  ['CRC32', 'COMPOSITE'],
  ['CRC32', 'FULL_OBJECT'],
  ['CRC32C', 'FULL_OBJECT'],
  ['SHA256', 'COMPOSITE'],
  ['CRC64NVME', 'FULL_OBJECT'],
] as const)(
  'the %s of a multipart upload is verified and returned, %s',
  async (algorithm, type) => {
    const Key = `${algorithm}-${type}`
    const upload = await begin(Key, { ChecksumAlgorithm: algorithm, ChecksumType: type })
    const sent = [
      await part(upload, 1, big, { ChecksumAlgorithm: algorithm }),
      await part(upload, 2, small, { ChecksumAlgorithm: algorithm }),
    ]
    const field = `Checksum${algorithm}` as const
    const meter = createMeter(algorithm)
    if (type === 'FULL_OBJECT') for (const bytes of [big, small]) meter.update(bytes)
    else for (const one of sent) meter.update(Buffer.from(one[field] ?? '', 'base64'))
    const expected = meter.digest().toString('base64') + (type === 'COMPOSITE' ? '-2' : '')
    const wrong = { [field]: createMeter(algorithm).digest().toString('base64') }
    if (type === 'FULL_OBJECT')
      expect(await refusal(complete(upload, sent, wrong))).toBe('400 BadDigest')
    else
      expect(
        await refusal(
          complete(
            upload,
            sent.map(({ PartNumber, ETag }) => ({ PartNumber, ETag })),
          ),
        ),
      ).toBe('400 InvalidRequest')
    expect(await complete(upload, sent)).toMatchObject({ [field]: expected, ChecksumType: type })
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }))
    expect(head).toMatchObject({ [field]: expected, ChecksumType: type })
  },
)

test('an aborted multipart upload no longer exists', async () => {
  const upload = await begin('gone')
  await part(upload, 1, small)
  const uploads = async () =>
    (await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'gone' }))).Uploads?.map(
      ({ Key, UploadId }) => ({ Bucket, Key, UploadId }),
    )
  expect(await uploads()).toEqual([upload])
  await s3.send(new AbortMultipartUploadCommand(upload))
  expect(await uploads()).toBeUndefined()
  expect(await refusal(s3.send(new AbortMultipartUploadCommand(upload)))).toBe('404 NoSuchUpload')
  expect(await refusal(part(upload, 2, small))).toBe('404 NoSuchUpload')
  expect(await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: 'gone' })))).toMatch(/^404/)
})

test('a multipart upload with wrong parts is refused', async () => {
  const upload = await begin('wrong')
  const one = await part(upload, 1, small)
  const two = await part(upload, 2, small)
  expect(await refusal(complete(upload, [two, one]))).toBe('400 InvalidPartOrder')
  expect(await refusal(complete(upload, [one, two]))).toBe('400 EntityTooSmall')
  expect(await refusal(complete(upload, [{ ...one, PartNumber: 3 }]))).toBe('400 InvalidPart')
  expect(await refusal(complete(upload, [{ ...one, ETag: '"no"' }]))).toBe('400 InvalidPart')
  expect(await refusal(complete(upload, []))).toBe('400 MalformedXML')
  expect(await refusal(part(upload, 10_001, small))).toBe('400 InvalidArgument')
  await complete(upload, [one], { IfNoneMatch: '*' })
  const again = await begin('wrong')
  const only = await part(again, 1, small)
  expect(await refusal(complete(again, [only], { IfNoneMatch: '*' }))).toBe(
    '412 PreconditionFailed',
  )
})

test('a completion that is sent again is answered again', async () => {
  const upload = await begin('twice')
  const one = await part(upload, 1, small)
  const first = await complete(upload, [one])
  expect(await complete(upload, [one])).toMatchObject({ ETag: first.ETag })
  expect(await refusal(complete(upload, [{ ...one, PartNumber: 2 }]))).toBe('404 NoSuchUpload')
  await s3.send(new PutObjectCommand({ Bucket, Key: 'twice', Body: 'other' }))
  expect(await refusal(complete(upload, [one]))).toBe('404 NoSuchUpload')
})

test('an upload in progress outlives a restart of the server, and what no object needs is removed', async () => {
  await using other = await startTestServer()
  const client = other.client()
  const upload = { Bucket, Key: 'later' }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload))
  const sent = { ...upload, UploadId, PartNumber: 1 }
  await client.send(new UploadPartCommand({ ...sent, Body: 'replaced' }))
  const { ETag } = await client.send(new UploadPartCommand({ ...sent, Body: big }))
  writeFileSync(join(other.blobs(), 'left-by-a-crash'), 'x')
  await other.restart()
  const again = other.client()
  expect(readdirSync(other.blobs())).toHaveLength(1)
  const { Parts } = await again.send(new ListPartsCommand({ ...upload, UploadId }))
  expect(Parts).toMatchObject([{ PartNumber: 1, Size: big.length, ETag }])
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
  await again.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }))
  const read = await again.send(new GetObjectCommand(upload))
  expect(Buffer.from((await read.Body?.transformToByteArray()) ?? []).equals(big)).toBe(true)
})

test('a part of an object is returned by its number, with its checksum', async () => {
  const upload = await begin('numbered', { ChecksumAlgorithm: 'CRC32' })
  const sent = [
    await part(upload, 1, big, { ChecksumAlgorithm: 'CRC32' }),
    await part(upload, 2, small, { ChecksumAlgorithm: 'CRC32' }),
  ]
  await complete(upload, sent)
  const get = (PartNumber: number) =>
    s3.send(new HeadObjectCommand({ Bucket, Key: 'numbered', PartNumber, ChecksumMode: 'ENABLED' }))
  expect(await get(2)).toMatchObject({
    ContentLength: small.length,
    ChecksumCRC32: sent[1]?.ChecksumCRC32,
    ChecksumType: 'COMPOSITE',
  })
  const read = (PartNumber: number) =>
    s3.send(new GetObjectCommand({ Bucket, Key: 'numbered', PartNumber }))
  expect(await refusal(read(3))).toBe('416 InvalidPartNumber')
  expect(await refusal(read(10_001))).toBe('400 InvalidArgument')
})

test('attributes of an object have its parts page by page', async () => {
  const upload = await begin('described', { ChecksumAlgorithm: 'SHA256' })
  const sent = [
    await part(upload, 1, big, { ChecksumAlgorithm: 'SHA256' }),
    await part(upload, 3, small, { ChecksumAlgorithm: 'SHA256' }),
  ]
  const { ETag, ChecksumSHA256 } = await complete(upload, sent)
  const describe = (ObjectAttributes: ObjectAttributes[], more = {}) =>
    s3.send(new GetObjectAttributesCommand({ Bucket, Key: 'described', ObjectAttributes, ...more }))
  const all = await describe(['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'])
  expect(all).toMatchObject({
    ETag: ETag?.replaceAll('"', ''),
    Checksum: { ChecksumSHA256, ChecksumType: 'COMPOSITE' },
    ObjectParts: {
      TotalPartsCount: 2,
      IsTruncated: false,
      Parts: [
        { PartNumber: 1, Size: big.length, ChecksumSHA256: sent[0]?.ChecksumSHA256 },
        { PartNumber: 3, Size: small.length, ChecksumSHA256: sent[1]?.ChecksumSHA256 },
      ],
    },
    StorageClass: 'STANDARD',
    ObjectSize: big.length + small.length,
  })
  expect(all.LastModified).toBeInstanceOf(Date)
  const first = await describe(['ObjectParts'], { MaxParts: 1 })
  expect(first.ObjectParts).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '1' })
  expect(first.ETag).toBeUndefined()
  const second = await describe(['ObjectParts'], { PartNumberMarker: 1 })
  expect(second.ObjectParts?.Parts).toMatchObject([{ PartNumber: 3 }])
  expect(await refusal(describe(['Other' as ObjectAttributes]))).toBe('400 InvalidArgument')
  expect(await refusal(describe([]))).toBe('400 InvalidRequest')
})

test('parts of an upload can be copied from objects', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'source', Body: big }))
  const upload = await begin('assembled')
  const copy = async (PartNumber: number, range?: string) => {
    const { CopyPartResult } = await s3.send(
      new UploadPartCopyCommand({
        ...upload,
        PartNumber,
        CopySource: 'bucket/source',
        ...(range === undefined ? {} : { CopySourceRange: range }),
      }),
    )
    return { PartNumber, ETag: CopyPartResult?.ETag }
  }
  for (const range of [`bytes=0-${big.length}`, 'bytes=7-3', 'bytes=5-', 'bytes=-5', '0-5'])
    expect(await refusal(copy(3, range))).toBe('400 InvalidArgument')
  await complete(upload, [await copy(1), await copy(2, 'bytes=10-19')])
  const read = await s3.send(
    new GetObjectCommand({ Bucket, Key: 'assembled', Range: `bytes=${big.length}-` }),
  )
  expect(Buffer.from((await read.Body?.transformToByteArray()) ?? [])).toEqual(big.subarray(10, 20))
})
