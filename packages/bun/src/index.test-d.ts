import { defineTopology, type Lane } from 'mesocosm'
import { expectTypeOf } from 'vitest'
import { createTest } from './index.ts'

// Only types are checked here: nothing of this file runs, so its skips, todos and retries hide nothing.

const topology = defineTopology({
  name: 'types',
  services: { api: { image: 'api', ports: { http: 80 } }, db: { image: 'db' } },
})
const { test, it, describe } = createTest(topology, { lane: 'test', reset: 'none' })
expectTypeOf(it).toEqualTypeOf(test)

describe('suites', () => {
  test('tests and hooks have the services and the lane', async ({ api, lane }) => {
    expectTypeOf(api.http.url).toEqualTypeOf<string>()
    expectTypeOf(lane).toExtend<Lane<typeof topology>>()
  })
})
test.if(true)('so have all ways to declare them', async ({ db }) => db.run(['true']), { retry: 2 })
test.todo('no body')
test.beforeEach(async ({ api }) => void expectTypeOf(api.http.url).toEqualTypeOf<string>())
test.each([{ a: 1 }])('rows come after the fixtures', async ({ db }, { a }) => {
  expectTypeOf(a).toEqualTypeOf<number>()
  await db.run(['true'])
})

// @ts-expect-error: no such service
test('refuses other names', async ({ nothing }) => nothing)
// @ts-expect-error: no such scope
createTest(topology, { lane: 'file' })
