import { call, expect, test } from '../test/shop.ts'

// Fails: the address of the pricing service lacks its scheme. Run by `test/shop-failure.test.ts`, which shows that the
// error says so.

test('an order is priced by the server that the environment names', async ({
  api,
  lane,
  worker,
}) => {
  await worker.setEnv({ PRICING_URL: 'pricing:8000' })
  const { body: order } = await lane.step('place the order', () =>
    call(`${api.http.url}/orders`, 'POST', { item: 'tea' }),
  )
  await lane.step('wait for its price', async () => {
    const status = async () => (await call(`${api.http.url}/orders/${order.id}`)).body.status
    await expect.poll(status, { timeout: 3_000 }).toBe('done')
  })
})

test('an order is done when the worker says so', { timeout: 20_000 }, async ({
  api,
  lane,
  worker,
}) => {
  await worker.setEnv({ PRICING_URL: 'pricing:8000' })
  await lane.step('wait for an order', async () => {
    await call(`${api.http.url}/orders`, 'POST', { item: 'tea' })
    await worker.logs.waitFor(/order \d+ done/, { timeoutMs: 600_000 })
  })
})
