import { mailhog } from '@mesocosm/mailhog'
import { redis } from '@mesocosm/redis'
import { s3Mock } from '@mesocosm/s3-mock'
import { stub } from '@mesocosm/stub'
import { defineTopology } from 'mesocosm'
import { expectTypeOf } from 'vitest'
import { createTest } from './index.ts'

const topology = defineTopology({
  name: 'types',
  services: {
    api: { image: 'api', ports: { http: 80 } },
    mail: mailhog(),
    files: s3Mock(),
    cache: redis(),
    partner: stub({ openapi: 'partner.yaml' }),
  },
})
const { test, expect } = createTest(topology)

test('matchers take what the value knows, and return a promise', async (services) => {
  const { api, mail, files, cache, partner } = services
  expectTypeOf(expect(mail).toHaveReceived({ to: 'a@b.c' })).toEqualTypeOf<Promise<void>>()
  await expect(mail).toHaveReceived()
  await expect(mail).not.toHaveReceived({ to: /a/ }, { duringMs: 100 })
  await expect.soft(mail).toHaveReceived({ to: expect.stringMatching(/a/) }, { timeoutMs: 1 })
  await expect(mail).toHaveReceived(expect.objectContaining({ subject: 'a' }))
  await expect(api.logs).toContainLine(/listening/)
  await expect(files).toHaveObject('invoices', 'a.pdf', { timeoutMs: 1 })
  await expect(files).toHaveObject('invoices')
  await using news = await cache.subscribe('news')
  await expect(news).toHaveReceived('a')
  await expect(partner).toHaveReceived({ route: 'POST /charges', body: { amount: 1 } })
  await expect(partner).toHaveReceived('POST /charges')
  // @ts-expect-error: no such key
  await expect(mail).toHaveReceived({ too: 'a@b.c' })
  // @ts-expect-error: the bucket is missing
  await expect(files).toHaveObject()
  // @ts-expect-error: the logs have lines
  await expect(api).toContainLine(/listening/)
  // @ts-expect-error: files receive nothing
  await expect(files).toHaveReceived()
  // @ts-expect-error: a pattern, not a number
  await expect(api.logs).toContainLine(1)
})
