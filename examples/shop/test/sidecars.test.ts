import { mailhog } from '@mesocosm/mailhog'
import { s3Mock } from '@mesocosm/s3-mock'
import { call, expect, reachedBy, test } from './shop.ts'

test('a mail server is added to a running lane, receives a mail, and is removed', async ({
  api,
  lane,
  mail,
}) => {
  const signUp = (email: string) => call(`${api.http.url}/signup`, 'POST', { email })
  await api.setEnv({ SIGNUP: 'open' })

  const outbox = await lane.add('outbox', mailhog({ server: 'bundled' }))
  const address = reachedBy('smtp://outbox:1025', outbox.smtp.url)
  await api.withEnv({ SMTP_URL: address }, async () => {
    await signUp('ann@example.test')
    const message = await outbox.waitForMessage({ to: 'ann@example.test' })
    expect(message.code(/\d{6}/)).toMatch(/^\d{6}$/)
  })
  await lane.remove('outbox')
  expect(await mail.messages()).toEqual([])

  await signUp('bob@example.test')
  await mail.waitForMessage({ to: 'bob@example.test' })
})

test('an S3 server is added to a running lane, stores an upload, and is removed', async ({
  api,
  files,
  lane,
  worker,
}) => {
  const { body: order } = await call(`${api.http.url}/orders`, 'POST', { item: 'milk' })
  await worker.logs.waitFor(`order ${order.id} done`)
  const invoice = `${api.http.url}/orders/${order.id}/invoice`
  {
    await using archive = await lane.add('archive', s3Mock({ buckets: ['kept'] }))
    await using _ = await api.withEnv({
      S3_ENDPOINT: reachedBy('http://archive:9000', archive.url),
      S3_PUBLIC_ENDPOINT: archive.url,
      S3_BUCKET: archive.bucket,
    })
    expect((await call(invoice, 'POST')).status).toBe(201)
    const { key } = await archive.waitForObject({ bucket: 'kept' })
    expect((await archive.get('kept', key)).text()).toContain('milk')
    const { body: address } = await call(invoice)
    expect((await fetch(address.url ?? '')).status).toBe(200)
  }
  expect(await files.list('invoices')).toEqual([])

  expect((await call(invoice, 'POST')).status).toBe(201)
  expect(await files.list('invoices')).toMatchObject([{ key: `${order.id}.pdf` }])
})
