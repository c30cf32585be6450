import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  accessKeyId,
  secretAccessKey,
  startTestServer,
  type TestServer,
} from '../../test/server.ts'

let server: TestServer
const clock = { now: Date.now }
beforeAll(async () => {
  server = await startTestServer({}, { now: () => clock.now() })
  await server
    .client()
    .send(new PutObjectCommand({ Bucket: 'bucket', Key: 'a b/ü+(1).txt', Body: 'hello' }))
})
afterAll(async () => {
  expect(server.logged).toEqual([])
  await server[Symbol.asyncDispose]()
})

const sign = (text: string, secret = secretAccessKey) =>
  createHmac('sha1', secret).update(text).digest('base64')
const codeOf = async (response: Response) =>
  `${response.status} ${/<Code>(\w+)/.exec(await response.text())?.[1]}`

const path = '/bucket/a%20b/%C3%BC%2B%281%29.txt'
const inOneMinute = () => Math.floor(Date.now() / 1000) + 60

/** Returns a presigned URL. @param signed line of the headers and the resource that are signed. */
const presigned = (
  signed: string,
  { method = 'GET', expires = inOneMinute(), at = path, more = '', type = '' } = {},
) => {
  const signature = sign(`${method}\n\n${type}\n${expires}\n${signed}`)
  const query = new URLSearchParams({
    AWSAccessKeyId: accessKeyId,
    Signature: signature,
    Expires: String(expires),
  })
  return `${server.url}${at}?${more}${more === '' ? '' : '&'}${query}`
}

test('a URL that is presigned with version 2 works until it expires', async () => {
  expect(await (await fetch(presigned(path))).text()).toBe('hello')
  const late = await fetch(presigned(path, { expires: inOneMinute() - 61 }))
  expect(await late.clone().text()).toContain('Request has expired')
  expect(await codeOf(late)).toBe('403 AccessDenied')
  const without = presigned(path).replace(/Expires=\d+/, '')
  expect(await codeOf(await fetch(without))).toBe('403 AccessDenied')
  const malformed = presigned(path).replace(/Expires=\d+/, 'Expires=soon')
  expect(await codeOf(await fetch(malformed))).toBe('403 AccessDenied')
})

test('a URL of version 2 is refused for another key, method, sub-resource, override or expiry', async () => {
  const url = presigned(path)
  const altered = [
    fetch(url.replace('.txt', '.tx')),
    fetch(url, { method: 'DELETE' }),
    fetch(`${url}&acl`),
    fetch(`${url}&response-content-type=text/html`),
    fetch(url.replace(/Expires=\d/, 'Expires=2')),
    fetch(url, { headers: { 'x-amz-acl': 'private' } }),
    fetch(url, { headers: { 'content-type': 'text/plain' } }),
  ]
  for (const response of altered)
    expect(await codeOf(await response)).toBe('403 SignatureDoesNotMatch')
  const other = url.replace(accessKeyId, 'other')
  expect(await codeOf(await fetch(other))).toBe('403 InvalidAccessKeyId')
})

test('sub-resources and overrides are part of a signature of version 2, other parameters are not', async () => {
  const type = 'text/x-test; charset=utf-8'
  const more = `response-content-type=${encodeURIComponent(type)}&x-id=GetObject`
  const response = await fetch(presigned(`${path}?response-content-type=${type}`, { more }))
  expect(response.headers.get('content-type')).toBe(type)
  const acl = await fetch(presigned(`${path}?acl`, { more: 'acl' }))
  expect(await acl.text()).toContain('AccessControlPolicy')
})

test('headers of an upload can be in the query of its URL, as SDKs put them there', async () => {
  const headers = 'x-amz-meta-who:me\n'
  const url = presigned(`${headers}/bucket/up`, {
    method: 'PUT',
    at: '/bucket/up',
    type: 'text/css',
    more: 'content-type=text%2Fcss&x-amz-meta-who=me',
  })
  const send = (type: string) =>
    fetch(url, { method: 'PUT', body: 'sent', headers: { 'content-type': type } })
  expect((await send('text/css')).status).toBe(200)
  expect(await codeOf(await send('text/plain'))).toBe('403 SignatureDoesNotMatch')
  const read = await server.client().send(new GetObjectCommand({ Bucket: 'bucket', Key: 'up' }))
  expect(read).toMatchObject({ ContentType: 'text/css', Metadata: { who: 'me' } })
})

test('a bucket is signed with or without a slash at its end', async () => {
  const list = (at: string, signed: string) => fetch(presigned(signed, { at }))
  for (const [at, signed] of [
    ['/bucket', '/bucket/'],
    ['/bucket', '/bucket'],
    ['/bucket/', '/bucket/'],
  ] as const)
    expect((await list(at, signed)).status).toBe(200)
  expect(await codeOf(await list('/bucket', '/bucke'))).toBe('403 SignatureDoesNotMatch')
})

/** Sends a request with a `Host` header, which `fetch` does not allow. */
const send = (path: string, headers: Record<string, string>) =>
  new Promise<string>((resolve, reject) => {
    const port = Number(new URL(server.url).port)
    request({ host: '127.0.0.1', port, path, headers }, (response) =>
      resolve(
        response
          .toArray()
          .then(
            (pieces) =>
              `${response.statusCode} ${/<Code>(\w+)/.exec(pieces.join(''))?.[1] ?? pieces.join('')}`,
          ),
      ),
    )
      .on('error', reject)
      .end()
  })

test('a signature of version 2 in a header is checked with its date, also of a bucket in the host name', async () => {
  const date = new Date().toUTCString()
  const host = 'bucket.localhost'
  const authorization = `AWS ${accessKeyId}:${sign(`GET\n\n\n${date}\n${path}`)}`
  const virtual = path.replace('/bucket', '')
  expect(await send(virtual, { host, date, authorization })).toBe('200 hello')
  expect(await send('/other', { host, date, authorization })).toBe('403 SignatureDoesNotMatch')
  const ofAmz = sign(`GET\n\n\n\nx-amz-date:${date}\n${path}`)
  const headers = { 'x-amz-date': date, authorization: `AWS ${accessKeyId}:${ofAmz}` }
  expect(await send(path, headers)).toBe('200 hello')
  expect(await send(path, { authorization })).toBe('403 AccessDenied')
  expect(await send(path, { date, authorization: 'AWS nothing' })).toBe('400 InvalidArgument')
  const old = new Date(Date.now() - 16 * 60_000).toUTCString()
  expect(await send(path, { date: old, authorization })).toBe('403 RequestTimeTooSkewed')
})

test('the examples of the documentation of version 2 are accepted', async () => {
  const example = await startTestServer(
    {
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      buckets: ['awsexamplebucket1', 'johnsmith'],
    },
    { now: () => Date.parse('2007-03-27T19:40:00Z') },
  )
  await using _ = example
  const header = await fetch(`${example.url}/awsexamplebucket1/photos/puppy.jpg`, {
    headers: {
      date: 'Tue, 27 Mar 2007 19:36:42 +0000',
      authorization: 'AWS AKIAIOSFODNN7EXAMPLE:qgk2+6Sv9/oM7G3qLEjTH1a1l1g=',
    },
  })
  expect(await codeOf(header)).toBe('404 NoSuchKey')
  const query =
    'AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620'
  const url = await fetch(`${example.url}/johnsmith/photos/puppy.jpg?${query}`)
  expect(await codeOf(url)).toBe('404 NoSuchKey')
})

test('a region that is newer than version 4 refuses version 2', async () => {
  await using later = await startTestServer({ region: 'eu-central-1' })
  const response = await fetch(presigned(path).replace(server.url, later.url))
  expect(await codeOf(response)).toBe('400 InvalidRequest')
})

test('a form that is signed with version 2 stores its file', async () => {
  const post = async (secret: string, expiration = new Date(Date.now() + 60_000)) => {
    const conditions = [{ bucket: 'bucket' }, ['starts-with', '$key', 'form/']]
    const policy = Buffer.from(JSON.stringify({ expiration, conditions })).toString('base64')
    const form = new FormData()
    const fields = { key: 'form/k', AWSAccessKeyId: accessKeyId, policy }
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    form.append('signature', sign(policy, secret))
    form.append('file', new Blob(['of a form']), 'f')
    return fetch(`${server.url}/bucket`, { method: 'POST', body: form })
  }
  expect((await post(secretAccessKey)).status).toBe(204)
  expect(await codeOf(await post('wrong'))).toBe('403 SignatureDoesNotMatch')
  expect(await codeOf(await post(secretAccessKey, new Date(0)))).toBe('403 AccessDenied')
})
