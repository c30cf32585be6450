import { afterAll, beforeAll, expect, test } from 'vitest'
import { exchange, oddRequest, seeded, unhandledDuring } from '../../../../test/lib/odd-requests.ts'
import { startTestServer, type TestServer } from '../../test/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const ready = async () => {
  const response = await fetch(`${server.origin}/_mesocosm/ready`)
  if (response.status !== 204) throw new Error(`status ${response.status}`)
}
const odd = () => ({ port: Number(new URL(server.origin).port), check: ready })

test('the server answers the next request after any odd one', { timeout: 120_000 }, async () => {
  const random = seeded(20_261_129)
  const paths = [
    '',
    '/v1/charges',
    '/v1/charges/ch_1',
    '/v1/health',
    '/_mesocosm/lanes/lane/requests',
    '/_mesocosm/lanes/lane/handlers',
    '/_mesocosm/lanes/lane/failures',
    '/_mesocosm/lanes/lane/events',
    '/@lane/v1/charges',
  ]
  const statuses = new Set<number>()
  const unhandled = await unhandledDuring(async () => {
    for (let count = 0; count < 400; count += 1) {
      const received = await exchange(odd(), oddRequest(random, paths))
      statuses.add(Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1]))
    }
  })
  expect(unhandled).toEqual([])
  expect(server.logged).toEqual([])
  expect(statuses).not.toContain(500)
  for (const status of [200, 400, 401, 404]) expect([...statuses]).toContain(status)
})
