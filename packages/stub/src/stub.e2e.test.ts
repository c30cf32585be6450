import { join } from 'node:path'
import { defineTopology, http, lease, ref } from 'mesocosm'
import type { Sandbox } from '../../../test/lib/sandbox.ts'
import { expect, test } from '../../../test/lib/test.ts'
import { stub } from './index.ts'

const declare = (
  { folder }: Sandbox,
  { share = 'lane', strict = false }: { share?: 'lane' | 'run'; strict?: boolean } = {},
) =>
  defineTopology({
    name: `stub-${share}-${strict}`,
    root: folder,
    services: {
      payments: stub({ openapi: '../test/documents/payments.openapi.yaml', share, strict }),
      shop: {
        image: 'node:24-trixie-slim',
        command: ['node', '/shop.cjs'],
        files: [{ from: join(import.meta.dirname, '../test/shop.cjs'), to: '/shop.cjs' }],
        ports: { http: 3000 },
        env: { PAYMENTS_URL: ref('payments.url') },
        ready: http('/health'),
      },
    },
  })

type Shop = { readonly http: { readonly url: string } }
const buy = async ({ http: { url } }: Shop, query = '') => {
  const response = await fetch(`${url}/buy${query}`, { signal: AbortSignal.timeout(60_000) })
  const answer = (await response.json()) as { status?: number; body?: string; failed?: string }
  return (
    answer.failed ?? { status: answer.status, body: JSON.parse(answer.body ?? 'null') as unknown }
  )
}

test('a service is answered by the document, by a handler of the test, and by the document again', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox))
  const { payments, shop } = lane.services
  expect(payments.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/)
  expect(await buy(shop)).toMatchObject({ status: 201, body: { id: 'ch_1' } })
  {
    // #region handle
    await using _ = await payments.on('createCharge', ({ body }) => ({
      status: 201,
      body: { id: 'ch_9', status: 'paid', ...(body as object) },
    }))
    // #endregion
    expect(await buy(shop, '?amount=7')).toEqual({
      status: 201,
      body: { id: 'ch_9', status: 'paid', amount: 7, currency: 'eur' },
    })
  }
  expect(await buy(shop)).toMatchObject({ body: { id: 'ch_1' } })
  expect(await payments.received('POST /charges')).toMatchObject([
    { body: { amount: 1200 }, answeredBy: 'example' },
    { body: { amount: 7 }, answeredBy: 'handler', status: 201 },
    { body: { amount: 1200 }, answeredBy: 'example' },
  ])
  await payments.on('createCharge', () => ({ status: 402, body: { title: 'no' } }))
  expect(await buy(shop)).toMatchObject({ status: 402 })
  await lane.reset()
  expect(await payments.received()).toEqual([])
  expect(await buy(shop)).toMatchObject({ status: 201 })
})

test('an answer of a handler that the document does not allow fails the test', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox))
  const { payments, shop } = lane.services
  const wrong = async () => {
    await using _ = await payments.on('createCharge', () => ({ status: 201, body: { id: 1 } }))
    expect(await buy(shop)).toMatchObject({ status: 500 })
  }
  await expect(wrong()).rejects.toMatchObject({
    code: 'STUB_HANDLER_FAILED',
    details: expect.arrayContaining(['body /id: must be string']),
  })
  const threw = payments.on(
    'createCharge',
    () => {
      throw new Error('not now')
    },
    () => buy(shop),
  )
  await expect(threw).rejects.toMatchObject({
    code: 'STUB_HANDLER_FAILED',
    summary: 'the handler of POST /charges in payments threw: not now',
  })
  await payments.on('createCharge', () => ({ status: 418 }))
  await buy(shop)
  await expect(payments.received()).rejects.toMatchObject({
    details: ['status: must be one of 201, 402, not 418'],
  })
  await expect(payments.on('buy', () => ({}))).rejects.toMatchObject({
    code: 'ARGUMENT_INVALID',
    details: expect.arrayContaining(['POST /charges (createCharge)']),
  })
})

test('requests fail while a failure is declared', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox))
  const { payments, shop } = lane.services
  {
    // #region fail
    await using _ = await payments.fail('POST /charges', { status: 503, times: 1 })
    // #endregion
    expect(await buy(shop)).toMatchObject({ status: 503 })
    expect(await buy(shop)).toMatchObject({ status: 201 })
  }
  {
    await using _ = await payments.fail('*', { drop: 'connection' })
    expect(await buy(shop)).toMatch(/ECONNRESET|UND_ERR_SOCKET/)
  }
  const during = payments.fail('createCharge', { drop: 'mid-body' }, () => buy(shop))
  expect(await during).toMatch(/ECONNRESET|UND_ERR_SOCKET|terminated/)
  expect(await buy(shop)).toMatchObject({ status: 201 })
})

test('a test waits for a request, and the error of one that does not come lists the others', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox))
  const { payments, shop } = lane.services
  const waiting = payments.waitForRequest({ route: 'createCharge', body: { amount: 7 } })
  await buy(shop)
  await buy(shop, '?amount=7')
  expect(await waiting).toMatchObject({ body: { amount: 7, currency: 'eur' } })
  const never = payments.waitForRequest(
    { route: 'createCharge', body: { amount: 8 } },
    { timeoutMs: 3_000 },
  )
  await expect(never).rejects.toMatchObject({
    code: 'TIMEOUT',
    summary: expect.stringMatching(
      /^waiting for a request POST \/charges, body \{"amount":8\} to payments took .*: 2 other requests arrived$/,
    ),
    details: [
      'POST /charges 201 by example {"amount":1200,"currency":"eur"}',
      'POST /charges 201 by example {"amount":7,"currency":"eur"}',
    ],
  })
})

test('requests that the document does not allow are refused, and fail the test of a strict stub', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox, { strict: true }))
  const { payments, shop } = lane.services
  expect(await buy(shop, '?amount=0')).toMatchObject({ status: 400 })
  expect(await payments.violations()).toMatchObject([
    { route: 'POST /charges', faults: [{ in: 'body', at: '/amount', message: 'must be >= 1' }] },
  ])
  await expect(payments.waitForRequest('createCharge')).rejects.toMatchObject({
    code: 'STUB_REQUEST_INVALID',
    details: [
      'POST /charges 400 by refusal {"amount":0,"currency":"eur"} ✗ body /amount: must be >= 1',
    ],
  })
  await payments.clear()
  await buy(shop, '?currency=chf')
  await expect(lane.reset()).rejects.toMatchObject({
    errors: [expect.objectContaining({ code: 'STUB_REQUEST_INVALID' })],
  })
  await lane.reset()
})

test('a webhook of the document reaches a service of the lane', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox))
  const { payments, shop } = lane.services
  const to = 'http://shop:3000/events'
  const charge = { id: 'ch_1', amount: 5, currency: 'eur', status: 'paid' }
  expect(await payments.send('charge.paid', { to, body: { charge } })).toEqual({
    status: 200,
    body: 'seen',
  })
  const seen = await fetch(`${shop.http.url}/events`)
  expect(await seen.json()).toEqual([{ charge }])
  await expect(payments.send('charge.paid', { to, body: {} })).rejects.toMatchObject({
    code: 'SERVICE_CLIENT_FAILED',
    details: ["body: must have required property 'charge'"],
  })
})

test('lanes on a shared server do not see the requests, handlers and failures of each other', async ({
  sandbox,
}) => {
  const topology = declare(sandbox, { share: 'run' })
  await using one = await lease(topology, { key: 'one' })
  await using two = await lease(topology, { key: 'two' })
  expect(one.services.payments.url).toMatch(/\/@[^/]+\/v1$/)
  await using _ = await one.services.payments.fail('createCharge', { status: 503 })
  expect(await buy(one.services.shop)).toMatchObject({ status: 503 })
  expect(await buy(two.services.shop)).toMatchObject({ status: 201 })
  expect(await one.services.payments.received()).toHaveLength(1)
  expect(await two.services.payments.received()).toMatchObject([{ path: '/charges', status: 201 }])
  await one.reset()
  expect(await buy(one.services.shop)).toMatchObject({ status: 201 })
  expect(await two.services.payments.received()).toHaveLength(1)
})
