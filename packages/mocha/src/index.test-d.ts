import { defineTopology, type Lane } from 'mesocosm'
import type { Context, Test } from 'mocha'
import { expectTypeOf } from 'vitest'
import { createTest } from './index.ts'

const topology = defineTopology({
  name: 'types',
  services: { api: { image: 'api', ports: { http: 80 } }, db: { image: 'db' } },
})
const { test, it: ours } = createTest(topology, { lane: 'test', reset: 'none', onRetry: 'light' })

const declared = test('tests have the services, the lane and the context', async function ({
  api,
  lane,
}) {
  expectTypeOf(api.http.url).toEqualTypeOf<string>()
  expectTypeOf(lane).toExtend<Lane<typeof topology>>()
  expectTypeOf(this).toEqualTypeOf<Context>()
})
expectTypeOf(declared).toEqualTypeOf<Test>()
ours.skip('is skipped', async ({ db }) => {
  await db.run(['true'])
})
ours.only('needs no function')
test.before(async ({ api, lane }) => [api, lane])
test.afterEach(async function ({ db }) {
  this.timeout(1)
  await db.run(['true'])
})
// @ts-expect-error: no such service
test('unknown', async ({ nothing }) => nothing)
// @ts-expect-error: no such scope
createTest(topology, { lane: 'file' })
