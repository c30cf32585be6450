import { expect, test } from 'vitest'
import { sendRequest } from './send-request.ts'

const words = { service: 'mail', request: 'GET /x', facts: { url: 'http://a/x' } }
const broken = () => Promise.reject(new TypeError('fetch failed'))

test('sendRequest returns the response, also of a refusal', async () => {
  const refused = async () => new Response('', { status: 500 })
  expect((await sendRequest(words, refused)).status).toBe(500)
})

test('sendRequest sends again when the connection broke', async () => {
  let sent = 0
  const flaky = () => (++sent === 1 ? broken() : Promise.resolve(new Response('ok')))
  expect(await (await sendRequest(words, flaky)).text()).toBe('ok')
})

test('sendRequest names a service that does not answer', async () => {
  await expect(sendRequest(words, broken)).rejects.toMatchObject({
    code: 'SERVICE_CLIENT_FAILED',
    summary: 'mail does not answer GET /x',
    remedy: expect.stringContaining('mail.logs'),
    facts: { service: 'mail', url: 'http://a/x' },
    cause: { message: 'fetch failed' },
  })
})

test('sendRequest neither repeats nor explains what its caller aborted', async () => {
  let sent = 0
  const send = () => {
    sent++
    return broken()
  }
  await expect(sendRequest(words, send, AbortSignal.abort())).rejects.toThrow(TypeError)
  expect(sent).toBe(1)
})
