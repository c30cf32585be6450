import { call, expect, onProcesses, test } from './shop.ts'

test('the worker sets the price of an order', async ({ api, worker, lane }) => {
  const { body: order } = await lane.step('place the order', () =>
    call(`${api.http.url}/orders`, 'POST', { item: 'tea' }),
  )
  await worker.logs.waitFor(`order ${order.id} done`)
  expect((await call(`${api.http.url}/orders/${order.id}`)).body).toMatchObject({
    status: 'done',
    price_cents: 300,
  })
})

test('a discount restarts only the pricing service', async ({ api, pricing, worker }) => {
  const pidOf = async () => (await worker.run(['cat', '/proc/1/stat'])).stdout.split(' ')[21]
  const before = await pidOf()
  await pricing.withEnv({ DISCOUNT: 50 }, async () => {
    const { body: order } = await call(`${api.http.url}/orders`, 'POST', { item: 'tea' })
    await worker.logs.waitFor(`order ${order.id} done`)
    expect((await call(`${api.http.url}/orders/${order.id}`)).body.price_cents).toBe(150)
  })
  expect(await pidOf()).toBe(before)
})

test('orders wait while the worker is stopped, and are done after it starts', async ({
  api,
  worker,
}) => {
  await worker.stop()
  const { body: order } = await call(`${api.http.url}/orders`, 'POST', { item: 'milk' })
  expect((await call(`${api.http.url}/orders/${order.id}`)).body.status).toBe('open')

  await worker.start()
  await worker.logs.waitFor(`order ${order.id} done`)
})

test('a restarted worker does the orders that were placed after it was killed', async ({
  api,
  worker,
}) => {
  await worker.kill()
  await expect(worker.run(['true'])).rejects.toMatchObject({ code: 'SERVICE_NOT_RUNNING' })
  const { body: order } = await call(`${api.http.url}/orders`, 'POST', { item: 'bread' })
  await worker.restart()
  await worker.logs.waitFor(`order ${order.id} done`)
})

test('a paused service does not answer until it is unpaused', async ({ api, pricing }) => {
  await call(`${api.http.url}/orders`, 'POST', { item: 'salt' })
  await pricing.pause()
  expect((await call(`${api.http.url}/report`)).status).toBe(503)
  await pricing.unpause()
  expect((await call(`${api.http.url}/report`)).status).toBe(200)
})

// Processes of this machine share its network.
test.skipIf(onProcesses)(
  'a disconnected service cannot be reached until it is connected again',
  async ({ api, lane, pricing }) => {
    const ask = (withinMs = 30_000) =>
      api.run([
        'node',
        '-e',
        `fetch(process.env.PRICING_URL + '/health', { signal: AbortSignal.timeout(${withinMs}) })
        .then((answer) => process.exit(answer.ok ? 0 : 2), () => process.exit(1))`,
      ])
    expect((await ask()).exitCode).toBe(0)
    await lane.disconnect('pricing')
    expect((await ask(2_000)).exitCode).toBe(1)
    await lane.connect('pricing')
    expect((await ask()).exitCode).toBe(0)
    expect((await call(`${pricing.http.url}/health`)).status).toBe(200)
  },
)
