import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  accessKeyId,
  secretAccessKey,
  startTestServer,
  type TestServer,
} from '../../test/server.ts'
import { sign, signingKey } from './auth/canonical.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(async () => {
  expect(server.logged).toEqual([])
  await server[Symbol.asyncDispose]()
})

interface Post {
  readonly conditions?: readonly unknown[]
  readonly fields?: Readonly<Record<string, string>>
  readonly content?: string
  readonly expires?: number
}

/** Returns the form of a page, with a policy for keys below `up/` of at most 100 bytes. */
const post = async ({ conditions = [], fields = {}, content = 'posted\r\n--', expires }: Post) => {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const text = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`
  const signed = {
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': `${accessKeyId}/${text}`,
    'x-amz-date': date,
  }
  const policy = Buffer.from(
    JSON.stringify({
      expiration: new Date(expires ?? Date.now() + 60_000).toISOString(),
      conditions: [
        { bucket: 'bucket' },
        ['starts-with', '$key', 'up/'],
        ['content-length-range', 1, 100],
        ...Object.entries(signed).map(([name, value]) => ({ [name]: value })),
        ...conditions,
      ],
    }),
  ).toString('base64')
  const key = signingKey(secretAccessKey, { date: date.slice(0, 8), region: 'us-east-1', text })
  const form = new FormData()
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder of S3's forms
  const all = { key: 'up/${filename}', ...signed, policy, 'x-amz-signature': sign(key, policy) }
  for (const [name, value] of Object.entries({ ...all, ...fields })) form.append(name, value)
  form.append('file', new Blob([content], { type: 'text/plain' }), 'page.txt')
  return fetch(`${server.url}/bucket`, { method: 'POST', body: form, redirect: 'manual' })
}

const codeOf = async (response: Response) =>
  `${response.status} ${/<Code>(\w+)/.exec(await response.text())?.[1]}`

test('a form stores its file as its policy allows', async () => {
  const response = await post({
    conditions: [
      { 'Content-Type': 'text/plain' },
      { 'x-amz-meta-who': 'me' },
      ['eq', '$success_action_status', '201'],
    ],
    fields: {
      'Content-Type': 'text/plain',
      'x-amz-meta-who': 'me',
      success_action_status: '201',
    },
  })
  expect(response.status).toBe(201)
  expect(await response.text()).toContain('<Key>up/page.txt</Key>')
  const read = await server
    .client()
    .send(new GetObjectCommand({ Bucket: 'bucket', Key: 'up/page.txt' }))
  expect(await read.Body?.transformToString()).toBe('posted\r\n--')
  expect(read).toMatchObject({ ContentType: 'text/plain', Metadata: { who: 'me' } })
})

test('a form is answered with 204, or with a redirection', async () => {
  expect((await post({})).status).toBe(204)
  const success_action_redirect = 'http://app.test/done'
  const response = await post({
    conditions: [{ success_action_redirect }],
    fields: { success_action_redirect },
  })
  expect(response.status).toBe(303)
  expect(response.headers.get('location')).toMatch(/^http:\/\/app.test\/done\?bucket=bucket&key=up/)
})

test('a form is refused if its policy does not allow it', async () => {
  expect(await codeOf(await post({ fields: { key: 'elsewhere' } }))).toBe('403 AccessDenied')
  expect(await codeOf(await post({ fields: { acl: 'public-read' } }))).toBe('403 AccessDenied')
  expect(await codeOf(await post({ expires: Date.now() - 1000 }))).toBe('403 AccessDenied')
  expect(await codeOf(await post({ content: 'x'.repeat(101) }))).toBe('400 EntityTooLarge')
  expect(await codeOf(await post({ content: '' }))).toBe('400 EntityTooSmall')
  expect(await codeOf(await post({ fields: { 'x-amz-signature': 'no' } }))).toBe(
    '403 SignatureDoesNotMatch',
  )
})

test('a form without policy needs a public bucket', async () => {
  const form = new FormData()
  form.append('key', 'k')
  form.append('file', new Blob(['x']), 'x')
  const response = await fetch(`${server.url}/bucket`, { method: 'POST', body: form })
  expect(await codeOf(response)).toBe('403 AccessDenied')
})

test('a form with a file that is much too large is answered, and stores nothing', async () => {
  const response = await post({ content: 'x'.repeat(8 * 1024 * 1024) })
  expect(await codeOf(response)).toBe('400 EntityTooLarge')
  expect(await codeOf(await post({}))).toBe('204 undefined')
})

test('a file of a form is encrypted as the form says', async () => {
  const encryption = {
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': 'the-key',
  }
  const response = await post({
    conditions: Object.entries(encryption).map(([name, value]) => ({ [name]: value })),
    fields: { ...encryption, key: 'up/encrypted' },
  })
  expect(Object.fromEntries(response.headers)).toMatchObject(encryption)
  const head = new HeadObjectCommand({ Bucket: 'bucket', Key: 'up/encrypted' })
  expect(await server.client().send(head)).toMatchObject({
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: 'the-key',
  })
})
