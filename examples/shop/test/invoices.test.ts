import { call, expect, test } from './shop.ts'

test('a customer verifies the address, places an order and downloads the invoice', async ({
  api,
  files,
  lane,
  mail,
  worker,
}) => {
  const { url } = api.http
  const email = 'ann@example.test'
  // The test acts as a customer, so the links that the shop sends must work from here.
  await api.setEnv({ SIGNUP: 'open', PUBLIC_URL: url, S3_PUBLIC_ENDPOINT: files.url })

  const code = await lane.step('sign up', async () => {
    expect((await call(`${url}/signup`, 'POST', { email })).status).toBe(201)
    const message = await mail.waitForMessage({ to: email, subject: /welcome/i })
    expect(message.from.address).toBe('shop@example.test')
    return message.code(/\d{6}/)
  })
  await lane.step('verify', async () => {
    const order = () => call(`${url}/orders`, 'POST', { item: 'tea', email })
    expect((await order()).status).toBe(403)
    expect((await call(`${url}/verify`, 'POST', { email, code: 'wrong' })).status).toBe(403)
    expect(await call(`${url}/verify`, 'POST', { email, code })).toMatchObject({
      status: 200,
      body: { email, active: true },
    })
  })

  const { body: order } = await call(`${url}/orders`, 'POST', { item: 'tea', email })
  await worker.logs.waitFor(`order ${order.id} done`)
  const invoice = `${url}/orders/${order.id}/invoice`
  expect((await call(invoice)).status).toBe(404)
  const uploaded = files.waitForObject({ bucket: 'invoices', key: /\.pdf$/ })
  expect((await call(invoice, 'POST')).status).toBe(201)
  const { key } = await uploaded

  const { body: address } = await call(invoice)
  const download = await fetch(address.url ?? '')
  expect(download.headers.get('content-type')).toBe('application/pdf')
  const bytes = new Uint8Array(await download.arrayBuffer())
  const stored = await files.get('invoices', key)
  expect(Buffer.compare(bytes, stored.bytes)).toBe(0)
  expect(stored.text()).toMatch(/^%PDF-1\.4\n.*To: ann@example\.test.*tea: 3\.00 EUR.*%%EOF\n$/s)
})

test('the link in the mail verifies the address, and works once', async ({ api, mail }) => {
  const email = 'bob@example.test'
  await api.setEnv({ SIGNUP: 'open', PUBLIC_URL: api.http.url })
  await call(`${api.http.url}/signup`, 'POST', { email })
  const [link = ''] = (await mail.waitForMessage({ to: email })).links(/verify/)
  expect(await call(link)).toMatchObject({ status: 200, body: { email, active: true } })
  expect((await call(link)).status).toBe(403)
})

test('mail and files of the previous test are removed', async ({ files, mail }) => {
  expect(await mail.messages()).toEqual([])
  expect(await files.list('invoices')).toEqual([])
})

test('a sign-up that fails because the mail server refuses can be repeated', async ({
  api,
  mail,
}) => {
  const email = 'eve@example.test'
  const signUp = async () => (await call(`${api.http.url}/signup`, 'POST', { email })).status
  await api.setEnv({ SIGNUP: 'open' })
  {
    await using _ = await mail.chaos({ recipient: { code: 451 } })
    expect(await signUp()).toBe(503)
  }
  expect(await signUp()).toBe(201)
  await mail.waitForMessage({ to: email })
})
