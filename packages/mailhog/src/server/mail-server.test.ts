import { createTransport } from 'nodemailer'
import { expect, test } from 'vitest'
import { openMailFixture } from '../../test/mail-fixture.ts'
import type { ApiMessage, ApiPage } from '../mailpit-api.ts'

const ask = async (url: string, method = 'GET', body?: unknown): Promise<unknown> => {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const said = await response.text()
  if (!response.ok) return response.status
  return response.headers.get('content-type')?.startsWith('application/json')
    ? JSON.parse(said)
    : said
}

test('mail is listed newest first, a page at a time', async () => {
  await using fixture = await openMailFixture()
  for (const subject of ['one', 'two', 'three']) await fixture.send({ subject, text: 'hello' })
  const page = (await ask(`${fixture.url}/api/v1/messages?start=1&limit=1`)) as ApiPage
  expect(page).toMatchObject({ total: 3, unread: 3, count: 1, messages_count: 3, start: 1 })
  expect(page.messages[0]).toMatchObject({
    Subject: 'two',
    From: { Address: 'shop@example.test' },
    To: [{ Address: 'ann@example.test' }],
    Read: false,
    Snippet: 'hello',
  })
})

test('a message is returned with its parts, headers and source, and is read after that', async () => {
  await using fixture = await openMailFixture()
  await fixture.send({
    subject: 'Grüße ✓',
    text: 'plain',
    html: '<b>rich</b>',
    headers: { 'X-Campaign': 'spring' },
    attachments: [{ filename: 'a.bin', content: Buffer.from([0, 255, 10, 13]) }],
  })
  const at = `${fixture.url}/api/v1/message/latest`
  const message = (await ask(at)) as ApiMessage
  expect(message).toMatchObject({
    Subject: 'Grüße ✓',
    Text: 'plain\n',
    HTML: '<b>rich</b>\n',
    ReturnPath: 'shop@example.test',
    Attachments: [{ FileName: 'a.bin', ContentType: 'application/octet-stream', Size: 4 }],
  })
  const part = await fetch(`${at}/part/${message.Attachments[0]?.PartID}`)
  expect([...new Uint8Array(await part.arrayBuffer())]).toEqual([0, 255, 10, 13])
  expect(await ask(`${at}/headers`)).toMatchObject({ 'X-Campaign': ['spring'] })
  expect(await ask(`${at}/raw`)).toMatch(/^X-Campaign: spring\r\n/m)
  expect(await ask(`${fixture.url}/api/v1/messages`)).toMatchObject({ unread: 0 })
  expect(await ask(`${at}/part/99`)).toBe(404)
})

test('search supports filters, quotes and negation', async () => {
  await using fixture = await openMailFixture()
  await fixture.send({ subject: 'Welcome to the shop', text: 'sign in' })
  await fixture.send({
    subject: 'Your order',
    text: 'the shop thanks',
    to: 'Bob <bob@example.test>',
  })
  await fixture.send({ subject: 'Secret', bcc: 'eve@example.test', text: '-' })
  const found = async (query: string) => {
    const page = await ask(`${fixture.url}/api/v1/search?query=${encodeURIComponent(query)}`)
    return (page as ApiPage).messages.map(({ Subject }) => Subject)
  }
  expect(await found('to:bob@example.test')).toEqual(['Your order'])
  expect(await found('from:shop@example.test subject:welcome')).toEqual(['Welcome to the shop'])
  expect(await found('"the shop"')).toEqual(['Your order', 'Welcome to the shop'])
  expect(await found('shop -to:bob@example.test subject:"to the"')).toEqual(['Welcome to the shop'])
  expect(await found('bcc:eve@example.test')).toEqual(['Secret'])
  expect(await found('has:attachment')).toEqual([])
  expect(await ask(`${fixture.url}/api/v1/search?query=`)).toBe(400)
})

test('mail is deleted by id, by search, or all of it', async () => {
  await using fixture = await openMailFixture()
  for (const subject of ['one', 'two', 'three', 'four']) await fixture.send({ subject })
  const at = `${fixture.url}/api/v1/messages`
  const subjects = async () => ((await ask(at)) as ApiPage).messages.map(({ Subject }) => Subject)
  const { messages } = (await ask(at)) as ApiPage
  await ask(at, 'DELETE', { IDs: [messages[0]?.ID] })
  expect(await subjects()).toEqual(['three', 'two', 'one'])
  await ask(`${fixture.url}/api/v1/search?query=subject:two`, 'DELETE')
  expect(await subjects()).toEqual(['three', 'one'])
  await ask(at, 'DELETE')
  expect(await subjects()).toEqual([])
})

test('chaos refuses at the chosen point of a session, with the chosen code', async () => {
  await using fixture = await openMailFixture()
  const at = `${fixture.url}/api/v1/chaos`
  await ask(at, 'PUT', { Recipient: { ErrorCode: 550, Probability: 100 } })
  await expect(fixture.send({ subject: 'no' })).rejects.toMatchObject({ responseCode: 550 })
  await ask(at, 'PUT', { Sender: { Probability: 100 } })
  await expect(fixture.send({ subject: 'no' })).rejects.toMatchObject({ responseCode: 451 })
  await ask(at, 'PUT', { Authentication: { Probability: 100 } })
  await fixture.send({ subject: 'yes' })
  const login = createTransport({
    host: '127.0.0.1',
    port: fixture.server.smtpPort,
    auth: { user: 'ann', pass: 'any' },
  })
  await expect(login.verify()).rejects.toMatchObject({ responseCode: 535 })
  expect(await ask(at, 'PUT', { Sender: { ErrorCode: 200, Probability: 1 } })).toBe(400)
  await ask(at, 'PUT', {})
  await login.sendMail({ from: 'a@example.test', to: 'b@example.test', subject: 'now' })
  expect(await ask(`${fixture.url}/api/v1/messages`)).toMatchObject({
    messages: [{ Subject: 'now', Username: 'ann' }, { Subject: 'yes' }],
  })
})

test('events arrive over a WebSocket, including those over 64 KiB', async () => {
  await using fixture = await openMailFixture()
  const socket = new WebSocket(`ws://127.0.0.1:${fixture.server.httpPort}/api/events`)
  const events: { Type: string; Data: { Subject?: string } }[] = []
  socket.addEventListener('message', ({ data }) => events.push(JSON.parse(String(data))))
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  const subject = 'long '.repeat(30).trim()
  const to = Array.from(
    { length: 2_500 },
    (_, index) => `someone-with-a-name-${index}@example.test`,
  )
  await fixture.send({ subject: 'short' })
  await fixture.send({ subject, to })
  await expect.poll(() => events.length).toBe(2)
  expect(events.map(({ Type, Data }) => [Type, Data.Subject])).toEqual([
    ['new', 'short'],
    ['new', subject],
  ])
  const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
  socket.close(1000)
  expect((await closed).wasClean).toBe(true)
})

test('the server answers 404 to requests that it does not have, and 400 to those it does not understand', async () => {
  await using fixture = await openMailFixture()
  expect(await ask(`${fixture.url}/api/v1/swagger.json`)).toBe(404)
  expect(await ask(`${fixture.url}/api/v1/message/none`)).toBe(404)
  for (const body of ['nonsense', { Id: [] }, { ids: 'x' }, [], 1])
    expect(await ask(`${fixture.url}/api/v1/messages`, 'DELETE', body)).toBe(400)
  expect(await ask(`${fixture.url}/readyz`)).toBe('ok')
})
