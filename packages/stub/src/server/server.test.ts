import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../../test/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
beforeEach(() => server.control('POST', ''))
afterAll(() => server[Symbol.asyncDispose]())

const authorization = 'Bearer x'
const json = { authorization, 'content-type': 'application/json' }
const ask = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(server.url + path, {
    ...init,
    headers: { authorization, ...(init.headers as Record<string, string>) },
  })
  const text = await response.text()
  return { status: response.status, body: /^[[{]/.test(text) ? JSON.parse(text) : text, response }
}
const charge = (body: unknown, headers = {}) =>
  ask('/charges', { method: 'POST', body: JSON.stringify(body), headers: { ...json, ...headers } })
const valid = { amount: 1200, currency: 'eur' }

test('a request is answered by the first example of the success response', async () => {
  expect(await charge(valid)).toMatchObject({
    status: 201,
    body: { id: 'ch_1', status: 'paid' },
  })
  expect(await server.received()).toMatchObject([
    {
      route: 'POST /charges',
      operationId: 'createCharge',
      body: valid,
      status: 201,
      answeredBy: 'example',
      faults: [],
    },
  ])
})

test('a request can prefer another example, or another status', async () => {
  expect(await charge(valid, { prefer: 'example=refused' })).toMatchObject({ body: { id: 'ch_2' } })
  expect(await charge(valid, { prefer: 'code=402' })).toMatchObject({
    status: 402,
    body: { title: 'text' },
  })
  expect(await charge(valid, { prefer: 'code=418' })).toMatchObject({ status: 400 })
  expect(await charge(valid, { prefer: 'example=none' })).toMatchObject({
    status: 400,
    body: { title: 'POST /charges has no example none: paid, refused' },
  })
})

test('without an example the answer is made from the schema, the same each time', async () => {
  const first = await ask('/charges/ch_1')
  expect(first).toMatchObject({
    status: 200,
    body: { id: 'text', amount: 1, currency: 'eur', status: 'paid' },
  })
  expect((await ask('/charges/ch_1')).body).toEqual(first.body)
  expect((await server.received()).map(({ answeredBy }) => answeredBy)).toEqual([
    'schema',
    'schema',
  ])
})

test('all faults of a request are in one problem', async () => {
  const refused = await charge({ amount: 0.5, card: {}, extra: 1 }, { 'idempotency-key': 'x' })
  expect(refused.status).toBe(400)
  expect(refused.response.headers.get('content-type')).toBe('application/problem+json')
  expect(refused.body.detail.split('\n').toSorted()).toEqual([
    'body /amount: must be >= 1',
    'body /amount: must be integer',
    "body /card: must have required property 'number'",
    "body: must have required property 'currency'",
    'body: must not have the property "extra"',
    'header idempotency-key: must NOT have fewer than 4 characters',
  ])
})

test('a path or method that the document does not have is refused, and kept', async () => {
  expect(await ask('/refunds')).toMatchObject({
    status: 404,
    body: { title: 'the document has no path for /refunds' },
  })
  const wrong = await ask('/charges', { method: 'DELETE' })
  expect(wrong).toMatchObject({ status: 405 })
  expect(wrong.response.headers.get('allow')).toBe('POST, GET')
  const outside = await fetch(`${server.origin}/charges`)
  expect(outside.status).toBe(404)
  expect(await server.received()).toMatchObject([
    { path: '/refunds', status: 404, answeredBy: 'refusal', faults: [{ in: 'route' }] },
    { method: 'DELETE', status: 405 },
    { path: '/charges', faults: [{ message: expect.stringContaining('not below /v1') }] },
  ])
})

test('a request must identify its sender; what it says is not checked', async () => {
  const anonymous = await fetch(`${server.url}/charges/ch_1`)
  expect(anonymous.status).toBe(401)
  expect(anonymous.headers.get('www-authenticate')).toBe('Bearer')
  expect((await fetch(`${server.url}/health`)).status).toBe(200)
  expect((await server.received())[0]?.faults).toEqual([
    { in: 'security', message: 'needs the header authorization with bearer' },
  ])
})

test('parameters of path and query have the values that their schemas describe', async () => {
  expect(
    await ask('/charges?limit=5&status=paid&status=refused&filter[currency]=eur&x=1'),
  ).toMatchObject({
    status: 200,
  })
  expect(await ask('/charges?status=paid')).toMatchObject({ status: 200 })
  expect(await ask('/charges?limit=many&status=lost')).toMatchObject({
    status: 400,
    body: {
      detail: 'query limit: must be integer\nquery status/0: must be one of "paid", "refused"',
    },
  })
  expect(await ask('/charges/no%20id')).toMatchObject({ status: 400 })
  expect((await server.received()).map(({ query, params }) => ({ query, params }))).toEqual([
    {
      query: {
        limit: 5,
        status: ['paid', 'refused'],
        filter: { currency: 'eur' },
        'filter[currency]': 'eur',
        x: '1',
      },
      params: {},
    },
    { query: { status: ['paid'] }, params: {} },
    { query: { limit: 'many', status: ['lost'] }, params: {} },
    { query: {}, params: { id: 'no id' } },
  ])
})

test('bodies are JSON or forms, with values as the schema describes them', async () => {
  const form = (body: string, type = 'application/x-www-form-urlencoded') =>
    ask('/charges', { method: 'POST', body, headers: { 'content-type': type } })
  expect(await form('amount=5&currency=eur&card[number]=4242')).toMatchObject({ status: 201 })
  expect((await server.received())[0]?.body).toEqual({
    amount: 5,
    currency: 'eur',
    card: { number: '4242' },
  })
  expect(await form('amount=5&currency=eur&__proto__[x]=1')).toMatchObject({ status: 400 })
  expect(await form('{"amount"', 'application/json')).toMatchObject({
    status: 400,
    body: { detail: expect.stringMatching(/^body: is not valid JSON/) },
  })
  expect(await form('<a/>', 'application/xml')).toMatchObject({
    status: 415,
    body: {
      detail:
        'content-type: must be application/json or application/x-www-form-urlencoded, not application/xml',
    },
  })
  expect(await ask('/charges', { method: 'POST' })).toMatchObject({
    status: 400,
    body: { detail: 'body: is required' },
  })
})

test('an answer is in a type that the client accepts', async () => {
  expect(await ask('/charges/ch_1', { headers: { accept: 'text/html, */*;q=0.1' } })).toMatchObject(
    {
      status: 200,
    },
  )
  expect(await ask('/charges/ch_1', { headers: { accept: 'text/html' } })).toMatchObject({
    status: 406,
  })
  const head = await ask('/charges/ch_1', { method: 'HEAD' })
  expect(head).toMatchObject({ status: 200, body: '' })
  expect(await ask('/charges/ch_1', { method: 'DELETE' })).toMatchObject({ status: 204, body: '' })
})

test('a declared failure answers its number of requests, the newest first', async () => {
  await server.fail({ route: 'POST /charges', status: 402 })
  await server.fail({ status: 503, headers: { 'retry-after': '1' }, times: 1 })
  const unavailable = await charge(valid)
  expect(unavailable).toMatchObject({ status: 503, body: { title: 'declared failure' } })
  expect(unavailable.response.headers.get('retry-after')).toBe('1')
  expect(await charge(valid)).toMatchObject({ status: 402, body: { title: 'text' } })
  expect(await ask('/charges/ch_1')).toMatchObject({ status: 200 })
  await server.fail({ route: 'POST /charges', status: 500, body: { own: true } })
  expect(await charge(valid)).toMatchObject({ status: 500, body: { own: true } })
  await server.control('POST', '')
  expect(await charge(valid)).toMatchObject({ status: 201 })
})

test('a declared failure drops the connection, also in the middle of a body', async () => {
  const causeOf = (request: Promise<unknown>) =>
    request.then(
      () => 'answered',
      (error: Error) => (error.cause as { code?: string } | undefined)?.code,
    )
  await server.fail({ drop: 'connection', times: 1 })
  expect(await causeOf(charge(valid))).toMatch(/ECONNRESET|UND_ERR_SOCKET/)
  await server.fail({ drop: 'mid-body', times: 1 })
  const cut = await fetch(`${server.url}/charges/ch_1`, { headers: { authorization } })
  expect(cut.status).toBe(200)
  expect(await causeOf(cut.text())).toMatch(/ECONNRESET|UND_ERR_SOCKET/)
  expect((await server.received()).map(({ status, answeredBy }) => [status, answeredBy])).toEqual([
    [undefined, 'failure'],
    [200, 'schema'],
  ])
})

test('control requests that make no sense are refused', async () => {
  const status = async (method: string, path: string, body?: unknown) =>
    (await server.control(method, path, body)).status
  expect(await status('POST', '/handlers', { route: 'GET /none' })).toBe(400)
  expect(await status('POST', '/handlers', [])).toBe(400)
  expect(await status('DELETE', '/handlers/99')).toBe(404)
  expect(await status('POST', '/answers/99', {})).toBe(404)
  expect(await status('POST', '/failures', null)).toBe(400)
  expect(await status('GET', '/nothing')).toBe(404)
  expect((await fetch(`${server.origin}/_mesocosm/lanes/other/requests`)).status).toBe(404)
  expect((await fetch(`${server.origin}/_mesocosm/%zz`)).status).toBe(400)
})

test('the newest handler answers; requests of a handler whose test is gone are refused', async () => {
  const open = async () => {
    const end = new AbortController()
    const response = await fetch(`${server.origin}/_mesocosm/lanes/lane/handlers`, {
      method: 'POST',
      body: JSON.stringify({ route: 'POST /charges' }),
      signal: end.signal,
    })
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    const next = async () => JSON.parse(Buffer.from((await reader.read()).value ?? []).toString())
    return { end, next, handler: (await next()).handler as number }
  }
  const older = await open()
  const newer = await open()
  const body = { id: 'ch_9', amount: 1, currency: 'eur', status: 'paid' }
  const first = charge(valid)
  const { call, request } = await newer.next()
  expect(request).toMatchObject({ route: 'POST /charges', body: valid })
  expect(await (await server.control('POST', `/answers/${call}`, { body })).json()).toEqual({
    faults: [],
  })
  expect(await first).toMatchObject({ status: 201, body })
  expect((await server.control('DELETE', `/handlers/${newer.handler}`)).status).toBe(204)
  const second = charge(valid)
  await older.next()
  older.end.abort()
  expect(await second).toMatchObject({
    status: 500,
    body: { title: 'the handler of the test failed: the test ended before its handler answered' },
  })
  expect(await charge(valid)).toMatchObject({ status: 201, body: { id: 'ch_1' } })
})
