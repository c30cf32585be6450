import { GetObjectCommand, PutBucketCorsCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exchange, oddRequest, seeded, unhandledDuring } from '../../../../test/lib/odd-requests.ts'
import { refusal, startTestServer, type TestServer } from '../../test/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ corsOrigins: ['https://app.test'] })
})
afterAll(() => server[Symbol.asyncDispose]())

const ready = async () => {
  const response = await fetch(`${server.url}/_mesocosm/ready`)
  if (response.status !== 204) throw new Error(`status ${response.status}`)
}
const odd = () => ({ port: Number(new URL(server.url).port), check: ready })
const statusOf = (received: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1])
const ask = async (line: string) => {
  const bytes = Buffer.from(`${line} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  return statusOf(await exchange(odd(), { bytes, until: /^HTTP/ }))
}

test('a malformed control request is refused', async () => {
  expect(await ask('GET /_mesocosm/keys/%zz')).toBe(400)
  expect(await ask('GET /_mesocosm//%zz')).toBe(400)
  expect(await ask(`PUT /_mesocosm/keys/${'k'.repeat(128)}`)).toBe(400)
  expect(await ask(`PUT /_mesocosm/keys/${'k'.repeat(127)}`)).toBe(204)
  expect(await ask(`DELETE /_mesocosm/keys/${'k'.repeat(127)}`)).toBe(204)
})

test('a request line in absolute form addresses the same object', async () => {
  await server
    .client()
    .send(new PutObjectCommand({ Bucket: 'bucket', Key: 'shown', Body: 'x', ACL: 'public-read' }))
  expect(await ask('GET http://localhost/bucket/shown')).toBe(200)
  expect(await ask('GET http://x:99999/bucket/shown')).toBe(200)
})

test('values that cannot be sent as a header are refused when they are stored', async () => {
  const s3 = server.client()
  const cors = (...ExposeHeaders: string[]) =>
    s3.send(
      new PutBucketCorsCommand({
        Bucket: 'bucket',
        CORSConfiguration: {
          CORSRules: [
            { AllowedOrigins: ['https://app.test'], AllowedMethods: ['GET'], ExposeHeaders },
          ],
        },
      }),
    )
  const exposed = async () =>
    (
      await fetch(`${server.url}/bucket/x`, { headers: { origin: 'https://app.test' } })
    ).headers.get('access-control-expose-headers')
  await cors('\n  ETag\n', 'x-a')
  expect(await exposed()).toBe('ETag, x-a')
  expect(await refusal(cors('a\nb'))).toBe('400 InvalidArgument')
  expect(await refusal(cors('☃'))).toBe('400 InvalidArgument')
  expect(await exposed()).toBe('ETag, x-a')
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'x' }))
  const get = new GetObjectCommand({ Bucket: 'bucket', Key: 'k', ResponseContentType: 'a\r\nb: c' })
  const response = await fetch(await getSignedUrl(s3, get))
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('<Code>InvalidArgument</Code>')
})

test('the server answers the next request after any odd one', { timeout: 60_000 }, async () => {
  const random = seeded(20_261_129)
  const paths = [
    ...['', '/bucket', '/bucket/key', '/nowhere'],
    ...['/_mesocosm/keys', '/_mesocosm/events', '/_mesocosm/ready', '/_mesocosm/s3/key/bucket'],
  ]
  const statuses = new Set<number>()
  const unhandled = await unhandledDuring(async () => {
    for (let count = 0; count < 400; count += 1)
      statuses.add(statusOf(await exchange(odd(), oddRequest(random, paths))))
  })
  expect(unhandled).toEqual([])
  expect(server.logged).toEqual([])
  expect(statuses).not.toContain(500)
  for (const status of [204, 400, 403, 404]) expect([...statuses]).toContain(status)
})
