import { mailhog } from '@mesocosm/mailhog'
import { s3Mock } from '@mesocosm/s3-mock'
import { defineTopology } from 'mesocosm'
import { expectTypeOf } from 'vitest'
import { createTest } from './index.ts'

const topology = defineTopology({
  name: 'types',
  services: { api: { image: 'api', ports: { http: 80 } }, mail: mailhog(), files: s3Mock() },
})
const { test, expect } = createTest(topology)

test('matchers take what the value knows, and return a promise', async ({ api, mail, files }) => {
  expectTypeOf(expect(mail).toHaveReceived({ to: 'a@b.c' })).toEqualTypeOf<Promise<void>>()
  await expect(mail).not.toHaveReceived({ to: /a/ }, { duringMs: 100 })
  await expect.soft(mail).toHaveReceived({ to: expect.stringMatching(/a/) }, { timeoutMs: 1 })
  await expect(api.logs).toContainLine(/listening/)
  await expect(files).toHaveObject('invoices', 'a.pdf', { timeoutMs: 1 })
  // @ts-expect-error: no such key
  await expect(mail).toHaveReceived({ too: 'a@b.c' })
  // @ts-expect-error: the logs have lines
  await expect(api).toContainLine(/listening/)
})
