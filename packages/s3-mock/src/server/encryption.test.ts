import { createHash, randomBytes } from 'node:crypto'
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type ServerSideEncryption,
  UploadPartCommand,
  UploadPartCopyCommand,
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
const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: Key, ...more }))
const head = (Key: string, more = {}) => s3.send(new HeadObjectCommand({ Bucket, Key, ...more }))
const text = async (Key: string, more = {}) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString()
const copy = (from: string, Key: string, more = {}) =>
  s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${from}`, ...more }))
const md5 = (bytes: string | Uint8Array) => createHash('md5').update(bytes).digest()

const customer = (SSECustomerKey: Buffer) => ({
  SSECustomerAlgorithm: 'AES256',
  SSECustomerKey: SSECustomerKey.toString('base64'),
  SSECustomerKeyMD5: md5(SSECustomerKey).toString('base64'),
})
const key = customer(randomBytes(32))
const other = customer(randomBytes(32))
const asSource = ({ SSECustomerKey, SSECustomerKeyMD5 }: typeof key) => ({
  CopySourceSSECustomerAlgorithm: 'AES256',
  CopySourceSSECustomerKey: SSECustomerKey,
  CopySourceSSECustomerKeyMD5: SSECustomerKeyMD5,
})

test('every object is encrypted by S3 unless its writer says otherwise', async () => {
  const ServerSideEncryption = 'AES256'
  expect(await put('plain')).toMatchObject({ ServerSideEncryption })
  expect(await put('plain', { ServerSideEncryption })).toMatchObject({ ServerSideEncryption })
  expect(await head('plain')).toMatchObject({ ServerSideEncryption })
  expect(await copy('plain', 'copied')).toMatchObject({ ServerSideEncryption })
  expect(await head('copied')).toMatchObject({ ServerSideEncryption })
})

test('a key of KMS is returned, and makes the etag something else than the MD5', async () => {
  const kms = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'my-key' } as const
  const written = await put('kms', { ...kms, BucketKeyEnabled: true })
  expect(written).toMatchObject({ ...kms, BucketKeyEnabled: true })
  expect(written.ETag).toMatch(/^"[0-9a-f]{32}"$/)
  expect(written.ETag).not.toBe(`"${md5('kms').toString('hex')}"`)
  expect(await head('kms')).toMatchObject({ ...kms, BucketKeyEnabled: true, ETag: written.ETag })
  expect(await text('kms', { IfMatch: written.ETag })).toBe('kms')
  const managed = await put('managed', { ServerSideEncryption: 'aws:kms:dsse' })
  expect(managed.SSEKMSKeyId).toMatch(/^arn:aws:kms:/)
  // The copy has the encryption of its own request, and its etag is an MD5 again.
  expect((await copy('kms', 'decrypted')).CopyObjectResult?.ETag).toBe(
    `"${md5('kms').toString('hex')}"`,
  )
  expect(await copy('kms', 'again', kms)).toMatchObject(kms)
})

test('settings of encryption that contradict each other are refused', async () => {
  const refused = (more: Partial<PutObjectCommandInput>) => refusal(put('refused', more))
  expect(await refused({ ServerSideEncryption: 'aes:kms' as ServerSideEncryption })).toBe(
    '400 InvalidArgument',
  )
  expect(await refused({ SSEKMSKeyId: 'k' })).toBe('400 InvalidArgument')
  expect(await refused({ ServerSideEncryption: 'AES256', SSEKMSKeyId: 'k' })).toBe(
    '400 InvalidArgument',
  )
  expect(await refused({ ...key, ServerSideEncryption: 'AES256' })).toBe('400 InvalidArgument')
  const SSEKMSEncryptionContext = Buffer.from('no object').toString('base64')
  expect(await refused({ ServerSideEncryption: 'aws:kms', SSEKMSEncryptionContext })).toBe(
    '400 InvalidArgument',
  )
})

test('a read that names an encryption is refused', async () => {
  await put('read')
  const headers = { 'x-amz-server-side-encryption': 'AES256' }
  const unhoistableHeaders = new Set(Object.keys(headers))
  const command = new GetObjectCommand({ Bucket, Key: 'read' })
  command.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: object }).headers, headers)
      return next(args)
    },
    { step: 'build' },
  )
  const url = await getSignedUrl(s3, command, { unhoistableHeaders })
  const answer = await fetch(url, { headers })
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('<Code>InvalidArgument</Code>')
})

test('an object with a key of its client is only given to who has the key', async () => {
  const written = await put('own', key)
  expect(written).toMatchObject({
    SSECustomerAlgorithm: 'AES256',
    SSECustomerKeyMD5: key.SSECustomerKeyMD5,
  })
  expect(written.ServerSideEncryption).toBeUndefined()
  expect(await text('own', key)).toBe('own')
  expect(await head('own', key)).toMatchObject({ SSECustomerKeyMD5: key.SSECustomerKeyMD5 })
  expect(await refusal(text('own'))).toBe('400 InvalidRequest')
  expect(await refusal(text('own', other))).toBe('403 AccessDenied')
  expect(await refusal(head('own'))).toMatch(/^400/)
  expect(await refusal(head('own', other))).toMatch(/^403/)
  const attributes = { Bucket, Key: 'own', ObjectAttributes: ['ObjectSize' as const] }
  expect(await refusal(s3.send(new GetObjectAttributesCommand(attributes)))).toBe(
    '400 InvalidRequest',
  )
  expect(await s3.send(new GetObjectAttributesCommand({ ...attributes, ...key }))).toMatchObject({
    ObjectSize: 3,
  })
  await put('open')
  expect(await refusal(text('open', key))).toBe('400 InvalidRequest')
})

test('a wrong or incomplete key of a client is refused', async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'writable', ACL: 'public-read-write' }))
  // Unsigned, because the SDK mends a wrong MD5.
  const codeFor = async (change: Record<string, string | undefined>) => {
    const fields = { algorithm: 'AES256', key: key.SSECustomerKey, ...change }
    const sum = { 'key-md5': key.SSECustomerKeyMD5, ...change }
    const headers = Object.entries({ ...fields, ...sum }).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [[`x-amz-server-side-encryption-customer-${name}`, value] as [string, string]],
    )
    const answer = await fetch(`${server.url}/writable/x`, { method: 'PUT', headers, body: 'x' })
    return /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1] ?? answer.status
  }
  expect(await codeFor({})).toBe(200)
  for (const name of ['algorithm', 'key', 'key-md5'])
    expect(await codeFor({ [name]: undefined })).toBe('InvalidArgument')
  expect(await codeFor({ algorithm: 'AES128' })).toBe('InvalidEncryptionAlgorithmError')
  expect(await codeFor({ 'key-md5': other.SSECustomerKeyMD5 })).toBe('InvalidArgument')
  const { SSECustomerKey, SSECustomerKeyMD5 } = customer(randomBytes(16))
  expect(await codeFor({ key: SSECustomerKey, 'key-md5': SSECustomerKeyMD5 })).toBe(
    'InvalidArgument',
  )
})

test('a copy needs the key of its source, and can have another', async () => {
  await put('from', key)
  expect(await refusal(copy('from', 'to'))).toBe('400 InvalidRequest')
  expect(await refusal(copy('from', 'to', asSource(other)))).toBe('403 AccessDenied')
  await copy('from', 'to', asSource(key))
  expect(await text('to')).toBe('from')
  expect(await copy('from', 'to', { ...asSource(key), ...other })).toMatchObject({
    SSECustomerKeyMD5: other.SSECustomerKeyMD5,
  })
  expect(await text('to', other)).toBe('from')
})

test('all requests of a multipart upload need the key that it began with', async () => {
  const begun = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts', ...key }))
  expect(begun.SSECustomerKeyMD5).toBe(key.SSECustomerKeyMD5)
  const upload = { Bucket, Key: 'parts', UploadId: begun.UploadId }
  const part = (more = {}) =>
    s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'part', ...more }))
  expect(await refusal(part())).toBe('400 InvalidRequest')
  expect(await refusal(part(other))).toBe('400 InvalidRequest')
  const { ETag } = await part(key)
  expect(ETag).not.toBe(`"${md5('part').toString('hex')}"`)
  await put('source', other)
  const copied = (more: object) =>
    s3.send(
      new UploadPartCopyCommand({
        ...upload,
        PartNumber: 2,
        CopySource: `${Bucket}/source`,
        ...more,
      }),
    )
  expect(await refusal(copied(key))).toBe('400 InvalidRequest')
  expect(await copied({ ...key, ...asSource(other) })).toMatchObject({
    SSECustomerKeyMD5: key.SSECustomerKeyMD5,
  })
  const complete = (more = {}) =>
    s3.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
        ...more,
      }),
    )
  expect(await refusal(complete())).toBe('400 InvalidRequest')
  await complete(key)
  expect(await text('parts', key)).toBe('part')
  const open = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'open-parts' }))
  const strange = new UploadPartCommand({
    ...{ Bucket, Key: 'open-parts', UploadId: open.UploadId, PartNumber: 1, Body: 'x' },
    ...key,
  })
  expect(await refusal(s3.send(strange))).toBe('400 InvalidRequest')
})

test('new objects are encrypted as their bucket says', async () => {
  const name = { Bucket: 'encrypted' }
  await s3.send(new CreateBucketCommand(name))
  const setDefault = (rule: object) =>
    s3.send(
      new PutBucketEncryptionCommand({
        ...name,
        ServerSideEncryptionConfiguration: { Rules: [rule] },
      }),
    )
  await setDefault({
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'the-key' },
    BucketKeyEnabled: true,
  })
  const kms = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'the-key', BucketKeyEnabled: true }
  expect(await put('a', name)).toMatchObject(kms)
  expect(await head('a', name)).toMatchObject(kms)
  expect(await put('b', { ...name, ServerSideEncryption: 'AES256' })).toMatchObject({
    ServerSideEncryption: 'AES256',
  })
  await setDefault({
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
    BlockedEncryptionTypes: { EncryptionType: ['SSE-C'] },
  })
  expect(await put('c', name)).toMatchObject({ ServerSideEncryption: 'AES256' })
  expect(await refusal(put('d', { ...name, ...key }))).toBe('403 AccessDenied')
})
