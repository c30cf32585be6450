import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bundlePage } from '../../../../../scripts/bundle-page.ts'
import type { PageFiles } from '../../../../../servers/page/page-files.ts'
import { accessKeyId, startTestServer, type TestServer } from '../../../test/server.ts'

let files: PageFiles
let server: TestServer
beforeAll(async () => {
  files = await bundlePage('packages/s3-mock/src/server/page')
  server = await startTestServer({}, { page: files })
  await server.client().send(
    new PutObjectCommand({
      Bucket: 'bucket',
      Key: 'page.html',
      Body: '<script>1</script>',
      ContentType: 'text/html',
    }),
  )
})
afterAll(() => server[Symbol.asyncDispose]())

/** Unlike `fetch`, it sends any header. */
const ask = async (
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
) => {
  const sent = request(server.url + path, { method, headers })
  sent.end()
  const [response] = await new Promise<[import('node:http').IncomingMessage]>((resolve, reject) => {
    sent.once('response', (one) => resolve([one]))
    sent.once('error', reject)
  })
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}
const page = { 'sec-fetch-site': 'same-origin', 'user-agent': 'Mozilla/5.0' }
const call = `/_mesocosm/s3/${accessKeyId}`

test('all files of the page are together below 30 KB, compressed', () => {
  const sizes = Object.values(files).map(({ text }) => gzipSync(text).length)
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(30_000)
})

test('a browser that opens the server gets to the page; a client of S3 gets what S3 answers', async () => {
  const browser = { accept: 'text/html,*/*', 'user-agent': 'Mozilla/5.0' }
  const moved = await ask('/', browser)
  expect([moved.status, moved.headers.location]).toEqual([302, '/_mesocosm/'])
  const opened = await ask('/_mesocosm/', browser)
  expect(opened.headers['content-security-policy']).toMatch(/script-src 'self'.*frame-ancestors/)
  for (const [, path] of opened.body.matchAll(/(?:src|href)="(\/_mesocosm\/page\/[^"]+)"/g))
    expect([path, (await ask(path ?? '')).status]).toEqual([path, 200])
  expect((await ask('/', { accept: '*/*' })).status).toBe(403)
  expect((await ask('/', { ...browser, authorization: 'AWS a:b' })).status).toBe(403)
  const list = await server
    .client()
    .send(new (await import('@aws-sdk/client-s3')).ListBucketsCommand())
  expect(list.Buckets?.map(({ Name }) => Name)).toEqual(['bucket'])
})

test('the page reads and changes what its access key may, through the checks of S3', async () => {
  expect(JSON.parse((await ask('/_mesocosm/accounts', page)).body)).toEqual([accessKeyId])
  const read = await ask(`${call}/bucket/page.html`, page)
  expect([read.status, read.body]).toEqual([200, '<script>1</script>'])
  expect(read.headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/)
  expect(read.headers['x-content-type-options']).toBe('nosniff')
  const saved = await ask(`/_mesocosm/save/${accessKeyId}/bucket/page.html`, page)
  expect(saved.headers['content-disposition']).toMatch(/^attachment; filename="page.html"/)
  expect((await ask(`${call}/none/x`, page)).body).toContain('NoSuchBucket')
  expect((await ask(`${call}/bucket/x?legal-hold`, page, 'DELETE')).status).toBe(501)
  expect((await ask(`${call}/bucket/x`, page, 'DELETE')).status).toBe(204)
})

test.each([
  ['another site', { ...page, 'sec-fetch-site': 'cross-site' }],
  ['a bucket of its own host name', { ...page, 'sec-fetch-site': 'same-site' }],
  ['an address that the user typed', { ...page, 'sec-fetch-site': 'none' }],
  ['a form of another site', { ...page, origin: 'https://evil.example' }],
  ['a foreign name for this machine', { ...page, host: 'evil.example' }],
  ['a page without an origin', { ...page, 'sec-fetch-site': 'cross-site', origin: 'null' }],
  ['a program', {}],
])('%s reads and changes nothing through the page', async (_, headers) => {
  for (const [method, path] of [
    ['GET', `${call}/bucket/page.html`],
    ['GET', `/_mesocosm/save/${accessKeyId}/bucket/page.html`],
    ['PUT', `${call}/bucket/new`],
    ['DELETE', `${call}/bucket/page.html`],
    ['GET', '/_mesocosm/accounts'],
  ] as const) {
    const { status, body } = await ask(path, headers, method)
    expect([method, path, [403, 404].includes(status ?? 0)]).toEqual([method, path, true])
    expect(body).not.toContain('<script>')
  }
  expect((await ask(`${call}/bucket/page.html`, page)).status).toBe(200)
  expect((await ask(`${call}/bucket/new`, page)).status).toBe(404)
})

test('pages of other sites cannot reset the server or listen to its events', async () => {
  for (const headers of [
    { origin: 'https://evil.example' },
    { ...page, 'sec-fetch-site': 'cross-site' },
    { ...page, host: 'evil.example' },
  ]) {
    expect((await ask(`/_mesocosm/keys/${accessKeyId}`, headers, 'POST')).status).toBe(403)
    expect((await ask(`/_mesocosm/events?key=${accessKeyId}`, headers)).status).toBe(403)
  }
  expect((await ask(`${call}/bucket/page.html`, page)).status).toBe(200)
})

test('the page is refused under other names than those of this machine, with the reason', async () => {
  const { status, body } = await ask('/_mesocosm/', { host: 'files:9000' })
  expect([status, body]).toEqual([403, expect.stringContaining('localhost or 127.0.0.1')])
})

test('an object that a browser opens as a page has an origin of its own; a program gets it unchanged', async () => {
  const opened = await ask('/bucket/page.html', { 'sec-fetch-dest': 'document' })
  expect(opened.headers['content-security-policy']).toMatch(/^sandbox allow-scripts/)
  expect(opened.headers['content-security-policy']).not.toContain('allow-same-origin')
  expect((await ask('/bucket/page.html')).headers['content-security-policy']).toBeUndefined()
  const other = { 'sec-fetch-dest': 'document', host: 'bucket.localhost' }
  expect((await ask('/page.html', other)).headers['content-security-policy']).toBeUndefined()
})
