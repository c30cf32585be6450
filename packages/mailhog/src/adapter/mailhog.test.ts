import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createMailClient } from '../client/mail-client.ts'

/** Starts a server with the documented API of MailHog 1.0: version 2 lists and searches, version 1 deletes and streams. */
const openFake = async () => {
  let items: object[] = []
  const listeners = new Set<ServerResponse>()
  const followed = Promise.withResolvers<void>()
  const answer = (url: URL): object | undefined => {
    const start = Number(url.searchParams.get('start') ?? 0)
    const limit = Math.min(Number(url.searchParams.get('limit') ?? 50), 250)
    const query = url.searchParams.get('query')
    const found = items.filter((item) => query === null || JSON.stringify(item).includes(query))
    const page = found.slice(start, start + limit)
    if (!/^\/api\/v2\/(?:messages|search)$/.test(url.pathname)) return undefined
    return { total: found.length, count: page.length, start, items: page }
  }
  const http = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://mailhog')
    if (url.pathname === '/api/v1/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      listeners.add(response)
      followed.resolve()
    } else if (request.method === 'DELETE' && url.pathname === '/api/v1/messages') {
      items = []
      response.writeHead(200, { 'content-type': 'text/json' }).end()
    } else {
      const found = answer(url)
      response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'text/json' })
      response.end(JSON.stringify(found))
    }
  })
  http.listen(0, '127.0.0.1')
  await new Promise((resolve) => http.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    /** Resolves when a client listens to events. */
    followed: followed.promise,
    deliver(subject: string) {
      const Data = `From: shop@example.test\r\nTo: ann@example.test\r\nSubject: ${subject}\r\n\r\nhello\r\n`
      const Raw = { From: 'shop@example.test', To: ['ann@example.test', 'eve@example.test'], Data }
      const item = { ID: `${items.length}@mailhog.example`, Created: new Date().toISOString(), Raw }
      items.unshift(item)
      for (const listener of listeners) listener.write(`data: ${JSON.stringify(item)}\n\n`)
    },
    async [Symbol.asyncDispose]() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

test('mail of MailHog is listed, searched and cleared', async () => {
  await using fake = await openFake()
  const mail = createMailClient('mail', () => fake.url)
  for (let index = 0; index < 201; index++) fake.deliver(`mail ${index}`)
  const messages = await mail.messages()
  expect(messages.map(({ subject }) => subject)).toEqual(
    messages.map((_, index) => `mail ${index}`),
  )
  expect(messages[200]).toMatchObject({
    to: [{ address: 'ann@example.test' }],
    bcc: [{ address: 'eve@example.test' }],
    text: 'hello\n',
  })
  expect((await mail.search('mail 200')).map(({ subject }) => subject)).toEqual(['mail 200'])
  await mail.clear()
  expect(await mail.messages()).toEqual([])
})

test('a new mail of MailHog is found by its event, not by a timer', async () => {
  await using fake = await openFake()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const mail = createMailClient('mail', () => fake.url)
  const waiting = mail.waitForMessage({ subject: 'late' })
  await fake.followed
  fake.deliver('late')
  expect((await waiting).subject).toBe('late')
})

test('MailHog cannot refuse mail on demand', async () => {
  await using fake = await openFake()
  const mail = createMailClient('mail', () => fake.url)
  await expect(mail.chaos({ sender: {} })).rejects.toMatchObject({
    code: 'SERVICE_CLIENT_FAILED',
    facts: { server: 'MailHog' },
  })
})
