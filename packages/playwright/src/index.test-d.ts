import type { Page } from '@playwright/test'
import { defineTopology, type Lane } from 'mesocosm'
import { expectTypeOf } from 'vitest'
import { createTest } from './index.ts'

const topology = defineTopology({
  name: 'types',
  services: {
    api: {
      image: 'api',
      ports: { http: 80 },
      exec: { seed: (rows: number) => ['seed', `${rows}`] },
    },
    db: { image: 'db' },
  },
})
const { test, expect } = createTest(topology, { lane: 'test', reset: 'none', onRetry: 'light' })

test('tests and hooks have the services, the lane and what Playwright has', async ({
  api,
  lane,
  page,
}, info) => {
  expectTypeOf(api.http.url).toEqualTypeOf<string>()
  expectTypeOf(api.exec.seed).parameter(0).toEqualTypeOf<number>()
  expectTypeOf(lane).toExtend<Lane<typeof topology>>()
  expectTypeOf(page).toEqualTypeOf<Page>()
  expectTypeOf(info.retry).toEqualTypeOf<number>()
  await expect(page).toHaveTitle('title')
})
test.beforeAll(async ({ api, lane }) => {
  expectTypeOf(api.http.url).toEqualTypeOf<string>()
  expectTypeOf(lane).toExtend<Lane<typeof topology>>()
})
test.afterAll(async ({ db }) => {
  await db.run(['true'])
})
test.extend<{ seeded: number }>({
  seeded: async ({ api }, use) => {
    expectTypeOf(api.http.url).toEqualTypeOf<string>()
    await use(1)
  },
})('tests of an extended `test` have both', async ({ api, seeded }) => {
  expectTypeOf(api.http.port).toEqualTypeOf<number>()
  expectTypeOf(seeded).toEqualTypeOf<number>()
})
// @ts-expect-error: no such service
test.beforeAll(async ({ nothing }) => nothing)
// @ts-expect-error: no such scope
createTest(topology, { lane: 'file' })
// @ts-expect-error: a retry is always reset
createTest(topology, { onRetry: 'none' })
