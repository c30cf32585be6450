import { createTransport } from 'nodemailer'
import { expect, test } from 'vitest'
import { openMailPlace } from '../../test/mail-place.ts'
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
  await using place = await openMailPlace()
  for (const subject of ['one', 'two', 'three']) await place.send({ subject, text: 'hello' })
  const page = (await ask(`${place.url}/api/v1/messages?start=1&limit=1`)) as ApiPage
  expect(page).toMatchObject({ total: 3, unread: 3, count: 1, messages_count: 3, start: 1 })
  expect(page.messages[0]).toMatchObject({
    Subject: 'two',
    From: { Address: 'shop@example.test' },
    To: [{ Address: 'ann@example.test' }],
    Read: false,
    Snippet: 'hello',
  })
})

test('a message is shown with its parts, its headers and its source, and counts as read then', async () => {
  await using place = await openMailPlace()
  await place.send({
    subject: 'Grüße ✓',
    text: 'plain',
    html: '<b>rich</b>',
    headers: { 'X-Campaign': 'spring' },
    attachments: [{ filename: 'a.bin', content: Buffer.from([0, 255, 10, 13]) }],
  })
  const at = `${place.url}/api/v1/message/latest`
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
  expect(await ask(`${place.url}/api/v1/messages`)).toMatchObject({ unread: 0 })
  expect(await ask(`${at}/part/99`)).toBe(404)
})

test('search understands filters, quotes and negation', async () => {
  await using place = await openMailPlace()
  await place.send({ subject: 'Welcome to the shop', text: 'sign in' })
  await place.send({ subject: 'Your order', text: 'the shop thanks', to: 'Bob <bob@example.test>' })
  await place.send({ subject: 'Secret', bcc: 'eve@example.test', text: '-' })
  const found = async (query: string) => {
    const page = await ask(`${place.url}/api/v1/search?query=${encodeURIComponent(query)}`)
    return (page as ApiPage).messages.map(({ Subject }) => Subject)
  }
  expect(await found('to:bob@example.test')).toEqual(['Your order'])
  expect(await found('from:shop@example.test subject:welcome')).toEqual(['Welcome to the shop'])
  expect(await found('"the shop"')).toEqual(['Your order', 'Welcome to the shop'])
  expect(await found('shop -to:bob@example.test subject:"to the"')).toEqual(['Welcome to the shop'])
  expect(await found('bcc:eve@example.test')).toEqual(['Secret'])
  expect(await found('has:attachment')).toEqual([])
  expect(await ask(`${place.url}/api/v1/search?query=`)).toBe(400)
})

test('mail is deleted by id, by search, or all at once', async () => {
  await using place = await openMailPlace()
  for (const subject of ['one', 'two', 'three', 'four']) await place.send({ subject })
  const at = `${place.url}/api/v1/messages`
  const subjects = async () => ((await ask(at)) as ApiPage).messages.map(({ Subject }) => Subject)
  const { messages } = (await ask(at)) as ApiPage
  await ask(at, 'DELETE', { IDs: [messages[0]?.ID] })
  expect(await subjects()).toEqual(['three', 'two', 'one'])
  await ask(`${place.url}/api/v1/search?query=subject:two`, 'DELETE')
  expect(await subjects()).toEqual(['three', 'one'])
  await ask(at, 'DELETE')
  expect(await subjects()).toEqual([])
})

test('chaos refuses at the point of the session it was set for, with the code it was given', async () => {
  await using place = await openMailPlace()
  const at = `${place.url}/api/v1/chaos`
  await ask(at, 'PUT', { Recipient: { ErrorCode: 550, Probability: 100 } })
  await expect(place.send({ subject: 'no' })).rejects.toMatchObject({ responseCode: 550 })
  await ask(at, 'PUT', { Sender: { Probability: 100 } })
  await expect(place.send({ subject: 'no' })).rejects.toMatchObject({ responseCode: 451 })
  await ask(at, 'PUT', { Authentication: { Probability: 100 } })
  await place.send({ subject: 'yes' })
  const login = createTransport({
    host: '127.0.0.1',
    port: place.server.smtpPort,
    auth: { user: 'ann', pass: 'any' },
  })
  await expect(login.verify()).rejects.toMatchObject({ responseCode: 535 })
  expect(await ask(at, 'PUT', { Sender: { ErrorCode: 200, Probability: 1 } })).toBe(400)
  await ask(at, 'PUT', {})
  await login.sendMail({ from: 'a@example.test', to: 'b@example.test', subject: 'now' })
  expect(await ask(`${place.url}/api/v1/messages`)).toMatchObject({
    messages: [{ Subject: 'now', Username: 'ann' }, { Subject: 'yes' }],
  })
})

test('events come over a WebSocket, long ones and answers to pings too', async () => {
  await using place = await openMailPlace()
  const socket = new WebSocket(`ws://127.0.0.1:${place.server.httpPort}/api/events`)
  const events: { Type: string; Data: { Subject?: string } }[] = []
  socket.addEventListener('message', ({ data }) => events.push(JSON.parse(String(data))))
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  const subject = 'long '.repeat(30).trim()
  const to = Array.from(
    { length: 2_500 },
    (_, index) => `someone-with-a-name-${index}@example.test`,
  )
  await place.send({ subject: 'short' })
  await place.send({ subject, to })
  await expect.poll(() => events.length).toBe(2)
  expect(events.map(({ Type, Data }) => [Type, Data.Subject])).toEqual([
    ['new', 'short'],
    ['new', subject],
  ])
  const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve))
  socket.close(1000)
  expect((await closed).wasClean).toBe(true)
})

test('what it does not know is not found', async () => {
  await using place = await openMailPlace()
  expect(await ask(`${place.url}/api/v1/tags`)).toBe(404)
  expect(await ask(`${place.url}/api/v1/message/none`)).toBe(404)
  expect(await ask(`${place.url}/api/v1/messages`, 'DELETE', 'nonsense')).toBe('ok')
  expect(await ask(`${place.url}/readyz`)).toBe('ok')
})
