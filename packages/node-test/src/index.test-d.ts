import type { TestContext } from 'node:test'
import { defineTopology, type Lane } from 'mesocosm'
import { expectTypeOf } from 'vitest'
import { createTest } from './index.ts'

const topology = defineTopology({
  name: 'types',
  services: { api: { image: 'api', ports: { http: 80 } }, db: { image: 'db' } },
})
const { test, it } = createTest(topology, { lane: 'test', reset: 'none', onRetry: 'light' })

test('tests have the services, the lane and the context', async ({ api, lane, t }) => {
  expectTypeOf(api.http.url).toEqualTypeOf<string>()
  expectTypeOf(lane).toExtend<Lane<typeof topology>>()
  expectTypeOf(t).toEqualTypeOf<TestContext>()
})
it.skip('has options', { timeout: 1, concurrency: true, todo: 'later' }, async ({ db }) => {
  await db.run(['true'])
})
it.only('needs no function')
test.before(async ({ api, lane }) => [api, lane])
test.afterEach(async ({ db, t }) => [db, t.name])
// @ts-expect-error: no such service
test('unknown', async ({ nothing }) => nothing)
// @ts-expect-error: a hook of a suite has no test
test.before(async ({ t }) => t)
// @ts-expect-error: no such scope
createTest(topology, { lane: 'file' })
