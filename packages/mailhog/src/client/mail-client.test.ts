import type { MesocosmError } from 'mesocosm'
import { expect, test } from 'vitest'
import { openMailPlace } from '../../test/mail-place.ts'
import { createMailClient } from './mail-client.ts'

const failure = (promise: Promise<unknown>): Promise<MesocosmError> =>
  promise.then(
    () => expect.unreachable('it was to fail'),
    (error: unknown) => error as MesocosmError,
  )

test('a mail that has come already is found, the first of several', async () => {
  await using place = await openMailPlace()
  await place.send({ subject: 'Welcome!', text: 'one' })
  await place.send({ subject: 'Welcome again', text: 'two' })
  const message = await place.mail.waitForMessage({ to: 'ANN@example.test', subject: /welcome/gi })
  expect(message).toMatchObject({ subject: 'Welcome!', from: { address: 'shop@example.test' } })
})

test('a mail that comes while it is waited for wakes the waiter', async () => {
  await using place = await openMailPlace()
  const waiting = place.mail.waitForMessage({ subject: 'late' }, { timeoutMs: 3_000 })
  await place.send({ subject: 'another' })
  await new Promise((resolve) => setTimeout(resolve, 150))
  const sentAt = performance.now()
  await place.send({ subject: 'late' })
  expect((await waiting).subject).toBe('late')
  // By the event: the poll beside it looks once a second.
  expect(performance.now() - sentAt).toBeLessThan(500)
})

test('a predicate sees the whole message, and what it throws is thrown', async () => {
  await using place = await openMailPlace()
  await place.send({ subject: 'one', text: 'a' })
  await place.send({ subject: 'two', text: 'b' })
  const { subject } = await place.mail.waitForMessage(async ({ text }) => text.startsWith('b'))
  expect(subject).toBe('two')
  await expect(
    place.mail.waitForMessage(() => {
      throw new RangeError('mine')
    }),
  ).rejects.toThrow('mine')
})

test('on timeout the error tells what did come', async () => {
  await using place = await openMailPlace()
  await place.send({ subject: 'Your order', to: 'bob@example.test', bcc: 'eve@example.test' })
  const error = await failure(
    place.mail.waitForMessage({ to: 'ann@example.test', subject: /welcome/i }, { timeoutMs: 100 }),
  )
  expect(error).toMatchObject({
    code: 'TIMEOUT',
    facts: { service: 'mail', arrived: [{ subject: 'Your order' }] },
  })
  expect(error.message).toMatch('with to "ann@example.test", subject /welcome/i')
  expect(error.details).toEqual([
    expect.stringMatching(
      /^"Your order" from shop@example.test to bob@example.test \(and eve@example.test\) at /,
    ),
  ])
})

test('a wait can be called off', async () => {
  await using place = await openMailPlace()
  const reason = new Error('enough')
  const signal = AbortSignal.abort(reason)
  expect(await failure(place.mail.waitForMessage({}, { signal }))).toMatchObject({
    code: 'ABORTED',
    cause: reason,
  })
  const later = new AbortController()
  const waiting = failure(place.mail.waitForMessage({ subject: 'x' }, { signal: later.signal }))
  setTimeout(() => later.abort(reason), 50)
  expect(await waiting).toMatchObject({ code: 'ABORTED', cause: reason })
})

test('mail before the mark is not seen; clear deletes it', async () => {
  await using place = await openMailPlace()
  const { mail, send } = place
  await send({ subject: 'Code 1' })
  await mail.mark()
  expect(await mail.messages()).toEqual([])
  expect((await mail.search('subject:code')).map(({ subject }) => subject)).toEqual(['Code 1'])
  await send({ subject: 'Code 2' })
  expect((await mail.waitForMessage({ subject: 'Code' })).subject).toBe('Code 2')
  expect((await mail.messages({ subject: /2$/ })).length).toBe(1)
  await mail.clear()
  expect(await mail.messages()).toEqual([])
  expect(await mail.search('subject:code')).toEqual([])
})

test('more mail than a page holds comes in its order', async () => {
  await using place = await openMailPlace()
  for (let index = 0; index < 210; index++) await place.send({ subject: String(index) })
  const messages = await place.mail.messages()
  expect(messages.map(({ subject }) => Number(subject))).toEqual(
    Array.from({ length: 210 }, (_, index) => index),
  )
})

test('refusals end where their block ends', async () => {
  await using place = await openMailPlace()
  const { mail, send } = place
  await mail.chaos({ recipient: { code: 550 } }, async () => {
    await expect(send({ subject: 'no' })).rejects.toMatchObject({ responseCode: 550 })
  })
  await send({ subject: 'yes' })
  {
    await using _ = await mail.chaos({ sender: {} })
    await expect(send({ subject: 'no' })).rejects.toMatchObject({ responseCode: 451 })
  }
  await send({ subject: 'yes' })
  expect((await mail.messages()).map(({ subject }) => subject)).toEqual(['yes', 'yes'])
})

test('a server that is away is waited for, and named when it does not come', async () => {
  const place = await openMailPlace()
  await place.mail.messages()
  await place[Symbol.asyncDispose]()
  const error = await failure(place.mail.waitForMessage({}, { timeoutMs: 200 }))
  expect(error).toMatchObject({ code: 'TIMEOUT', cause: { code: 'SERVICE_CLIENT_FAILED' } })
  expect(await failure(place.mail.messages())).toMatchObject({
    code: 'SERVICE_CLIENT_FAILED',
    facts: { service: 'mail', url: expect.stringContaining(place.url) },
  })
})

test('a server that is something else is not taken for a mail server', async () => {
  const { createServer } = await import('node:http')
  const other = createServer((_, response) => response.end('<html></html>')).listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  const mail = createMailClient('mail', () => `http://127.0.0.1:${port}`)
  expect(await failure(mail.messages())).toMatchObject({ code: 'SERVICE_CLIENT_FAILED' })
  other.closeAllConnections()
  await new Promise((resolve) => other.close(resolve))
})
