import { defineTopology, type Lane } from 'mesocosm'
import { expectTypeOf } from 'vitest'
import { createTest } from './index.ts'

const topology = defineTopology({
  name: 'types',
  services: { api: { image: 'api', ports: { http: 80 } }, db: { image: 'db' } },
})
const { test } = createTest(topology, { lane: 'test', reset: 'none', onRetry: 'light' })

test('tests and hooks have the services and the lane', async ({ api, lane, task }) => {
  expectTypeOf(api.http.url).toEqualTypeOf<string>()
  expectTypeOf(lane).toExtend<Lane<typeof topology>>()
  expectTypeOf(task.name).toEqualTypeOf<string>()
})
test.beforeAll(async ({ api, lane }) => {
  expectTypeOf(api.http.url).toEqualTypeOf<string>()
  expectTypeOf(lane).toExtend<Lane<typeof topology>>()
})
test.afterAll(async ({ db }) => {
  await db.run(['true'])
})
test.beforeEach(async ({ db }) => {
  await db.run(['true'])
})
// @ts-expect-error: no such service
test.beforeAll(async ({ nothing }) => nothing)
// @ts-expect-error: no such scope
createTest(topology, { lane: 'file' })
// @ts-expect-error: a retry is always reset
createTest(topology, { onRetry: 'none' })
