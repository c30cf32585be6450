import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { crc32 } from 'node:zlib'
import { Sha256 } from '@aws-crypto/sha256-js'
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { SignatureV4 } from '@smithy/signature-v4'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  accessKeyId,
  refusal,
  secretAccessKey,
  startTestServer,
  type TestServer,
} from '../../test/server.ts'
import { sha256, sign, signingKey } from './auth/canonical.ts'

let server: TestServer
let s3: S3Client
/** Milliseconds that the server adds to the clock. */
const clock = { aheadMs: 0 }
beforeAll(async () => {
  server = await startTestServer({}, { now: () => Date.now() + clock.aheadMs })
  s3 = server.client()
  await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hello', ACL: 'private' }))
})
afterAll(async () => {
  expect(server.logged).toEqual([])
  await server[Symbol.asyncDispose]()
})

const Bucket = 'bucket'
const Key = 'a b/ü+(1).txt'
const codeOf = async (response: Response) =>
  `${response.status} ${/<Code>(\w+)/.exec(await response.text())?.[1]}`
const head = (client: S3Client) => client.send(new ListObjectsV2Command({ Bucket }))

test('a wrong secret, an unknown key and a wrong region are refused', async () => {
  const as = (more: object) =>
    server.client({ credentials: { accessKeyId, secretAccessKey, ...more } })
  expect(await refusal(head(as({ secretAccessKey: 'x' })))).toBe('403 SignatureDoesNotMatch')
  expect(await refusal(head(as({ accessKeyId: 'x' })))).toBe('403 InvalidAccessKeyId')
  expect(await refusal(head(server.client({ region: 'eu-west-1' })))).toBe(
    '400 AuthorizationHeaderMalformed',
  )
})

test('an unsigned request is refused, except for public buckets and objects', async () => {
  const read = (key: string) => fetch(`${server.url}/bucket/${key}`)
  expect(await codeOf(await read(encodeURIComponent(Key)))).toBe('403 AccessDenied')
  await s3.send(new PutObjectCommand({ Bucket, Key: 'public', Body: 'x', ACL: 'public-read' }))
  expect(await (await read('public')).text()).toBe('x')
  const write = await fetch(`${server.url}/bucket/public`, { method: 'PUT', body: 'y' })
  expect(await codeOf(write)).toBe('403 AccessDenied')
  await s3.send(new CreateBucketCommand({ Bucket: 'open', ACL: 'public-read-write' }))
  await s3.send(new PutObjectCommand({ Bucket: 'open', Key: 'own', Body: 'x' }))
  expect(await (await fetch(`${server.url}/open`)).text()).toContain('<Key>own</Key>')
  expect(await codeOf(await fetch(`${server.url}/open/own`))).toBe('403 AccessDenied')
  // The framing is decoded without a signature, too.
  const framed = await fetch(`${server.url}/open/framed`, {
    method: 'PUT',
    body: '5\r\nhello\r\n0\r\n\r\n',
    headers: {
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '5',
    },
  })
  expect(framed.status).toBe(200)
  const stored = await s3.send(new GetObjectCommand({ Bucket: 'open', Key: 'framed' }))
  expect(await stored.Body?.transformToString()).toBe('hello')
})

test('a request is refused if its clock differs by more than 15 minutes', async () => {
  clock.aheadMs = 16 * 60_000
  try {
    // A new client, because after a refusal a client uses the server's clock.
    expect(await refusal(head(server.client()))).toBe('403 RequestTimeTooSkewed')
  } finally {
    clock.aheadMs = 0
  }
})

test('a presigned URL works until it expires', async () => {
  const url = await getSignedUrl(server.client(), new GetObjectCommand({ Bucket, Key }), {
    expiresIn: 60,
  })
  expect(await (await fetch(url)).text()).toBe('hello')
  clock.aheadMs = 61_000
  try {
    const late = await fetch(url)
    expect(await late.clone().text()).toContain('Request has expired')
    expect(await codeOf(late)).toBe('403 AccessDenied')
  } finally {
    clock.aheadMs = 0
  }
})

test('a presigned URL is refused for another key, parameter, method or header', async () => {
  const url = await getSignedUrl(
    server.client(),
    new GetObjectCommand({ Bucket, Key, ResponseContentType: 'text/x-test' }),
  )
  expect((await fetch(url)).headers.get('content-type')).toBe('text/x-test')
  const altered = [
    fetch(url.replace('.txt', '.tx')),
    fetch(url.replace('x-test', 'x-other')),
    fetch(url.replace('X-Amz-Expires=900', 'X-Amz-Expires=901')),
    fetch(`${url}&more=1`),
    fetch(url, { method: 'DELETE' }),
  ]
  for (const response of altered)
    expect(await codeOf(await response)).toBe('403 SignatureDoesNotMatch')
  const extra = await fetch(url, { headers: { 'x-amz-acl': 'public-read' } })
  expect(await codeOf(extra)).toBe('403 AccessDenied')
  expect(await codeOf(await fetch(url.replace('900', '604801')))).toBe(
    '400 AuthorizationQueryParametersError',
  )
})

test('a presigned upload works, also with the checksum of an empty body in its URL', async () => {
  for (const client of [
    server.client(),
    server.client({ requestChecksumCalculation: 'WHEN_REQUIRED' }),
  ]) {
    const command = new PutObjectCommand({ Bucket, Key: 'up', Metadata: { a: 'b' } })
    const url = await getSignedUrl(client, command)
    const sent = await fetch(url, { method: 'PUT', body: 'uploaded' })
    expect(sent.status).toBe(200)
    const read = await s3.send(new GetObjectCommand({ Bucket, Key: 'up' }))
    expect(await read.Body?.transformToString()).toBe('uploaded')
    expect(read.Metadata).toEqual({ a: 'b' })
  }
})

test('an x-amz- header that is not signed is refused', async () => {
  const signed = await signedHeaders('GET', '/bucket', {})
  const response = await fetch(`${server.url}/bucket`, {
    headers: { ...signed, 'x-amz-request-payer': 'requester' },
  })
  expect(await codeOf(response)).toBe('403 AccessDenied')
})

test('a body that differs from the signed one is refused', async () => {
  const hash = createHash('sha256').update('this').digest('hex')
  const headers = await signedHeaders('PUT', '/bucket/x', { 'x-amz-content-sha256': hash })
  const response = await fetch(`${server.url}/bucket/x`, { method: 'PUT', headers, body: 'that' })
  expect(await codeOf(response)).toBe('400 XAmzContentSHA256Mismatch')
})

test('every chunk and the trailer of a signed stream are verified', async () => {
  const send = (broken: 'nothing' | 'chunk' | 'trailer' | 'checksum' | 'length') =>
    sendSignedChunks(broken)
  expect((await send('nothing')).status).toBe(200)
  const read = await s3.send(new GetObjectCommand({ Bucket, Key: 'chunks' }))
  expect(await read.Body?.transformToString()).toBe('first second')
  expect(await codeOf(await send('chunk'))).toBe('403 SignatureDoesNotMatch')
  expect(await codeOf(await send('trailer'))).toBe('403 SignatureDoesNotMatch')
  expect(await codeOf(await send('checksum'))).toBe('400 BadDigest')
  expect(await codeOf(await send('length'))).toBe('400 IncompleteBody')
})

test('a bucket can be addressed by host name', async () => {
  const client = server.client({
    endpoint: server.url.replace('127.0.0.1', 'localhost'),
    forcePathStyle: false,
  })
  const { host, port, pathname, search } = new URL(
    await getSignedUrl(client, new GetObjectCommand({ Bucket, Key })),
  )
  expect(host).toBe(`bucket.localhost:${port}`)
  // Some machines do not resolve names below `localhost`.
  const text = await new Promise<string>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: pathname + search, headers: { host } }, (response) =>
      resolve(response.toArray().then((pieces) => pieces.join(''))),
    )
      .on('error', reject)
      .end()
  })
  expect(text).toBe('hello')
})

// ---

const signer = () =>
  new SignatureV4({
    service: 's3',
    region: 'us-east-1',
    uriEscapePath: false,
    applyChecksum: true,
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
  })

const signedHeaders = async (method: string, path: string, headers: Record<string, string>) => {
  const { host, hostname } = new URL(server.url)
  const signed = await signer().sign({
    method,
    protocol: 'http:',
    hostname,
    path,
    query: {},
    headers: { host, ...headers },
  })
  return signed.headers
}

const crc32Of = (text: string) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(text))
  return bytes.toString('base64')
}

/** Signs a body as SDKs of other languages do without TLS. */
const sendSignedChunks = async (broken: string) => {
  const chunks = ['first ', 'second']
  const crc = broken === 'checksum' ? 'AAAAAA==' : crc32Of(chunks.join(''))
  const headers = await signedHeaders('PUT', '/bucket/chunks', {
    'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    'x-amz-decoded-content-length': broken === 'length' ? '13' : '12',
    'x-amz-trailer': 'x-amz-checksum-crc32',
    'content-encoding': 'aws-chunked',
  })
  const date = headers['x-amz-date'] ?? ''
  const text = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`
  const key = signingKey(secretAccessKey, { date: date.slice(0, 8), region: 'us-east-1', text })
  let previous = /Signature=(\w+)/.exec(headers.authorization ?? '')?.[1] ?? ''
  const next = (kind: string, ...parts: string[]) => {
    previous = sign(key, [`AWS4-HMAC-SHA256-${kind}`, date, text, previous, ...parts].join('\n'))
    return previous
  }
  const frames = [...chunks, ''].map((chunk) => {
    const signature = next('PAYLOAD', sha256(''), sha256(chunk))
    const shown = broken === 'chunk' && chunk === 'second' ? 'SECOND' : chunk
    const size = chunk.length.toString(16)
    return `${size};chunk-signature=${signature}\r\n${shown}${chunk === '' ? '' : '\r\n'}`
  })
  const line = `x-amz-checksum-crc32:${crc}`
  const trailer = next('TRAILER', sha256(`${line}\n`))
  const signature =
    broken === 'trailer' ? trailer.replace(/^./, (c) => (c === '0' ? '1' : '0')) : trailer
  const body = `${frames.join('')}${line}\r\nx-amz-trailer-signature:${signature}\r\n\r\n`
  return fetch(`${server.url}/bucket/chunks`, { method: 'PUT', headers, body })
}
