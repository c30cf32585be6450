import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  exchange,
  oddRequest,
  pick,
  seeded,
  unhandledDuring,
} from '../../../../test/lib/odd-requests.ts'
import { type MailFixture, openMailFixture } from '../../test/mail-fixture.ts'
import type { ApiMessage, ApiPage } from '../mailpit-api.ts'

let fixture: MailFixture
beforeAll(async () => {
  fixture = await openMailFixture()
})
afterAll(() => fixture[Symbol.asyncDispose]())

const http = () => ({
  port: fixture.server.httpPort,
  check: async () => {
    const response = await fetch(`${fixture.url}/readyz`)
    if (response.status !== 200) throw new Error(`status ${response.status}`)
  },
})
const smtp = () => ({
  port: fixture.server.smtpPort,
  greets: true,
  check: async () => {
    const socket = connect({ port: fixture.server.smtpPort, host: '127.0.0.1' })
    const [greeting] = await once(socket, 'data')
    socket.destroy()
    if (!String(greeting).startsWith('220 ')) throw new Error(String(greeting))
  },
})
const statusOf = (received: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1])
const ask = async (line: string) => {
  const bytes = Buffer.from(`${line} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  return statusOf(await exchange(http(), { bytes, until: /^HTTP/ }))
}

test('a path that cannot be parsed as a URL is not found', async () => {
  for (const target of ['//', '//:', '/\\', '///api', 'http://x:99999/', '*'])
    expect([target, await ask(`GET ${target}`)]).toEqual([target, 404])
  expect(await ask('GET /api/v1/message/%zz')).toBe(400)
})

test('a request line in absolute form is answered like its path', async () => {
  expect(await ask('GET http://localhost:8025/readyz')).toBe(200)
  expect(await ask('GET http://x:99999/api/v1/messages?limit=1')).toBe(200)
})

test('an attachment whose content type cannot be sent as a header is returned without it', async () => {
  await fixture.send({
    subject: 'odd',
    raw: [
      'Subject: odd',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/\x01plain',
      'Content-Disposition: attachment; filename=a.txt',
      '',
      'data',
      '--b--',
      '',
    ].join('\r\n'),
  })
  const answer = await fetch(`${fixture.url}/api/v1/message/latest`)
  const message = (await answer.json()) as ApiMessage
  const id = message.Attachments[0]?.PartID
  const part = await fetch(`${fixture.url}/api/v1/message/latest/part/${id}`)
  expect([part.status, (await part.text()).trim()]).toEqual([200, 'data'])
})

test('the HTTP server answers the next request after any odd one', {
  timeout: 60_000,
}, async () => {
  const random = seeded(20_261_129)
  const paths = [
    '',
    '/api/v1/messages',
    '/api/v1/message/latest',
    '/api/v1/message/latest/part/2',
    '/api/v1/search?query=',
    '/api/v1/chaos',
    '/api/v1/send',
    '/api/v1/tags',
    '/api/v1/tags/x',
    '/api/v1/sources',
    '/api/v1/messages?before=',
    '/view/latest',
    '/view/latest.html',
    '/api/events',
  ]
  const statuses = new Set<number>()
  const unhandled = await unhandledDuring(async () => {
    for (let count = 0; count < 400; count += 1)
      statuses.add(statusOf(await exchange(http(), oddRequest(random, paths))))
  })
  expect(unhandled).toEqual([])
  expect(statuses).not.toContain(500)
  for (const status of [200, 400, 404]) expect([...statuses]).toContain(status)
})

const commands = [
  'EHLO localhost',
  'EHLO',
  'HELO \xff',
  'LHLO x',
  'STARTTLS',
  'AUTH PLAIN',
  'AUTH PLAIN %%%',
  'AUTH LOGIN =',
  'AUTH XOAUTH2 x',
  'AUTH CRAM-MD5',
  'MAIL FROM:<>',
  'MAIL FROM:<a@example.test> SIZE=99999999999',
  'MAIL FROM:<a@example.test> SIZE=x BODY=8BITMIME SMTPUTF8',
  'MAIL FROM:<"a\r\nb"@example.test>',
  'MAIL FROM:a',
  'RCPT TO:<b@example.test>',
  'RCPT TO:<b@[127.0.0.1]>',
  'RCPT TO:<\0>',
  'RCPT TO:<@@@>',
  'DATA',
  'BDAT 5 LAST',
  'VRFY x',
  'HELP',
  'NOOP',
  'RSET',
  'XCLIENT ADDR=x',
  'XFORWARD NAME=%zz',
  'PROXY TCP4 x',
  'GET / HTTP/1.1',
  '',
  '\0\x01\xff',
  'x'.repeat(100_000),
]
const lines = [
  'Subject: =?UTF-8?B?%%%?=',
  'Subject',
  'To: a: b@c, ;, <',
  'From: <<>>',
  'Date: never',
  'Content-Type: multipart/mixed; boundary=',
  'Content-Type: multipart/mixed; boundary="b"',
  'Content-Type: text/html; charset=none',
  'Content-Transfer-Encoding: base64',
  "Content-Disposition: attachment; filename*=UTF-8''%zz",
  'Content-ID: <',
  '',
  '--b',
  '--b--',
  '..',
  '%%%=?',
  '\xff\xfe\0',
]

test('the SMTP server greets the next client after any odd session', {
  timeout: 60_000,
}, async () => {
  const random = seeded(20_261_129)
  const unhandled = await unhandledDuring(async () => {
    for (let count = 0; count < 200; count += 1) {
      const opening = random() < 0.6 ? ['EHLO x', 'MAIL FROM:<a@x.test>', 'RCPT TO:<b@x.test>'] : []
      const some = (from: readonly string[], most: number) =>
        Array.from({ length: Math.floor(random() * most) }, () => pick(random, from))
      const data = random() < 0.6 ? ['DATA', ...some(lines, 12), '.'] : []
      const session = [...opening, ...some(commands, 5), ...data]
      const text = session.join(pick(random, ['\r\n', '\r\n', '\r\n', '\n', '\r']))
      // Several, because a login may be under way and take them as its answers.
      const quit = '\r\n.\r\nQUIT\r\nQUIT\r\nQUIT\r\n'
      await exchange(smtp(), { bytes: Buffer.from(text + quit, 'latin1'), until: /^221 /m })
    }
  })
  expect(unhandled).toEqual([])
  await fixture.send({ subject: 'after' })
  const page = (await (await fetch(`${fixture.url}/api/v1/messages?limit=1000`)).json()) as ApiPage
  expect(page.messages[0]?.Subject).toBe('after')
  expect(page.total).toBeGreaterThan(30)
  for (const { ID } of page.messages)
    for (const view of ['', '/headers', '/raw', '/part/2']) {
      const { status } = await fetch(`${fixture.url}/api/v1/message/${ID}${view}`)
      expect([view, [200, 404].includes(status)]).toEqual([view, true])
    }
})
