import type { MesocosmError } from 'mesocosm'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openMailFixture } from '../../test/mail-fixture.ts'
import { capturedMail } from './captured-mail.ts'
import { createMailClient } from './mail-client.ts'

const failure = (promise: Promise<unknown>): Promise<MesocosmError> =>
  promise.then(
    () => expect.unreachable('the call did not fail'),
    (error: unknown) => error as MesocosmError,
  )

/** No timer fires from here on until the test ends. */
const stopClock = () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}

test('waitForMessage returns the first match of the mail that has arrived', async () => {
  await using fixture = await openMailFixture()
  await fixture.send({ subject: 'Welcome!', text: 'one' })
  await fixture.send({ subject: 'Welcome again', text: 'two' })
  const message = await fixture.mail.waitForMessage({
    to: 'ANN@example.test',
    subject: /welcome/gi,
  })
  expect(message).toMatchObject({ subject: 'Welcome!', from: { address: 'shop@example.test' } })
})

test('a mail that arrives during a wait is found by its event, not by a timer', async () => {
  await using fixture = await openMailFixture()
  stopClock()
  const seen = Promise.withResolvers<void>()
  const waiting = fixture.mail.waitForMessage(({ subject }) => {
    if (subject === 'other') seen.resolve()
    return subject === 'late'
  })
  await fixture.send({ subject: 'other' })
  await seen.promise
  await fixture.send({ subject: 'late' })
  expect((await waiting).subject).toBe('late')
})

test('waitForMessage passes the message to its predicate, and throws what that throws', async () => {
  await using fixture = await openMailFixture()
  await fixture.send({ subject: 'one', text: 'a' })
  await fixture.send({ subject: 'two', text: 'b' })
  const { subject } = await fixture.mail.waitForMessage(async ({ text }) => text.startsWith('b'))
  expect(subject).toBe('two')
  await expect(
    fixture.mail.waitForMessage(() => {
      throw new RangeError('mine')
    }),
  ).rejects.toThrow('mine')
})

test('the error of a timeout lists the mail that did arrive', async () => {
  await using fixture = await openMailFixture()
  await fixture.send({ subject: 'Your order', to: 'bob@example.test', bcc: 'eve@example.test' })
  const error = await failure(
    fixture.mail.waitForMessage(
      { to: 'ann@example.test', subject: /welcome/i },
      { timeoutMs: 2_000 },
    ),
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

test('waitForMessage ends when its caller aborts, before or during the wait', async () => {
  await using fixture = await openMailFixture()
  const reason = new Error('enough')
  const signal = AbortSignal.abort(reason)
  expect(await failure(fixture.mail.waitForMessage({}, { signal }))).toMatchObject({
    code: 'ABORTED',
    cause: reason,
  })
  const later = new AbortController()
  const looked = Promise.withResolvers<void>()
  const look = () => {
    looked.resolve()
    return false
  }
  await fixture.send({ subject: 'x' })
  const waiting = failure(fixture.mail.waitForMessage(look, { signal: later.signal }))
  await looked.promise
  later.abort(reason)
  expect(await waiting).toMatchObject({ code: 'ABORTED', cause: reason })
})

test('mail before the mark does not count, and clear deletes it', async () => {
  await using fixture = await openMailFixture()
  const { mail, send } = fixture
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

test('messages of several pages are in the order of arrival', async () => {
  await using fixture = await openMailFixture()
  for (let index = 0; index < 210; index++) await fixture.send({ subject: String(index) })
  const messages = await fixture.mail.messages()
  expect(messages.map(({ subject }) => Number(subject))).toEqual(
    Array.from({ length: 210 }, (_, index) => index),
  )
})

test('mails that are too large for one response are all read', async () => {
  await using fixture = await openMailFixture()
  for (let index = 0; index < 12; index++)
    await fixture.send({ subject: String(index), text: 'x'.repeat(1024 * 1024), bcc: 'eve@x.test' })
  const messages = await fixture.mail.messages({ bcc: 'eve@x.test' })
  expect(messages.map(({ subject }) => Number(subject))).toEqual([...Array(12).keys()])
  expect(new Set(messages.map(({ text }) => text.trim().length))).toEqual(new Set([1024 * 1024]))
})

test('waitForMessage with a timeout of 0 looks once', async () => {
  await using fixture = await openMailFixture()
  const now = { timeoutMs: 0 }
  expect(await failure(fixture.mail.waitForMessage({}, now))).toMatchObject({ code: 'TIMEOUT' })
  await fixture.send({ subject: 'here' })
  expect((await fixture.mail.waitForMessage({ subject: 'here' }, now)).subject).toBe('here')
  expect(
    (await failure(fixture.mail.waitForMessage({ subject: 'not' }, now))).details,
  ).toHaveLength(1)
})

test('a match with a key that no mail has is refused, and does not match every mail', async () => {
  await using fixture = await openMailFixture()
  await fixture.send({ subject: 'x' })
  const wrong = { sbject: 'x', to: 1, from: undefined, cc: /x/, Bcc: 'y' } as object
  for (const call of [fixture.mail.waitForMessage(wrong), fixture.mail.messages(wrong)])
    expect(await failure(call)).toMatchObject({
      code: 'ARGUMENT_INVALID',
      facts: { faults: ['unknown key "sbject"', 'to is 1', 'unknown key "Bcc"'] },
    })
  for (const odd of ['x', /x/, null, [], 1])
    expect(await failure(fixture.mail.messages(odd as object)), String(odd)).toMatchObject({
      code: 'ARGUMENT_INVALID',
    })
  expect(await fixture.mail.messages({ from: undefined } as object)).toHaveLength(1)
})

test('refusals end when their callback ends or their object is disposed', async () => {
  await using fixture = await openMailFixture()
  const { mail, send } = fixture
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

test('the error for a server that does not answer has its service and URL', async () => {
  const fixture = await openMailFixture()
  await fixture.mail.messages()
  await fixture[Symbol.asyncDispose]()
  const error = await failure(fixture.mail.waitForMessage({}, { timeoutMs: 200 }))
  expect(error).toMatchObject({ code: 'TIMEOUT', cause: { code: 'SERVICE_CLIENT_FAILED' } })
  expect(await failure(fixture.mail.messages())).toMatchObject({
    code: 'SERVICE_CLIENT_FAILED',
    facts: { service: 'mail', url: expect.stringContaining(fixture.url) },
  })
})

test('a server that is not a mail server is refused', async () => {
  const { createServer } = await import('node:http')
  const other = createServer((_, response) => response.end('<html></html>')).listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  const mail = createMailClient('mail', () => `http://127.0.0.1:${port}`)
  expect(await failure(mail.messages())).toMatchObject({ code: 'SERVICE_CLIENT_FAILED' })
  other.closeAllConnections()
  await new Promise((resolve) => other.close(resolve))
})

test('a mail is captured with its addresses, bodies and the names of its attachments', async () => {
  await using fixture = await openMailFixture()
  await fixture.send({
    subject: 'Your invoice',
    cc: 'bob@example.test',
    bcc: 'eve@example.test',
    text: 'as text',
    html: '<b>as html</b>',
    attachments: [{ filename: 'a.pdf', content: 'paid', contentType: 'application/pdf' }],
  })
  const [mail] = await fixture.mail.messages()
  if (mail === undefined) throw new Error('no mail')
  expect(capturedMail(mail)).toEqual({
    kind: 'mail',
    id: mail.id,
    at: mail.receivedAt,
    from: 'shop@example.test',
    to: ['ann@example.test'],
    cc: ['bob@example.test'],
    bcc: ['eve@example.test'],
    subject: 'Your invoice',
    bytes: mail.rawBytes().length,
    text: expect.stringContaining('as text'),
    html: expect.stringContaining('<b>as html</b>'),
    attachments: [{ name: 'a.pdf', type: 'application/pdf', bytes: 4 }],
  })
})

test('mail is captured before it is deleted, and before a mark hides it', async () => {
  await using fixture = await openMailFixture()
  const seen: number[] = []
  const mail = createMailClient(
    'mail',
    () => fixture.url,
    async () => void seen.push((await fixture.mail.messages()).length),
  )
  await fixture.send({ subject: 'one' })
  await mail.mark()
  await fixture.send({ subject: 'two' })
  await mail.clear()
  expect(seen).toEqual([1, 2])
})
