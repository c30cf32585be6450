import { expect } from '@jest/globals'
import { defineTopology, type Lane } from 'mesocosm'
import { expectTypeOf } from 'vitest'
import { createTest } from './index.ts'

// Only types are checked here: nothing of this file runs, so its skips, todos and retries hide nothing.

const topology = defineTopology({
  name: 'types',
  services: { api: { image: 'api', ports: { http: 80 } }, db: { image: 'db' } },
})
const { test, it } = createTest(topology, { lane: 'test', reset: 'none', onRetry: 'light' })
expectTypeOf(it).toEqualTypeOf(test)

test('tests and hooks have the services and the lane', async ({ api, lane }) => {
  expectTypeOf(api.http.url).toEqualTypeOf<string>()
  expectTypeOf(lane).toExtend<Lane<typeof topology>>()
})
test.only.failing('so have all ways to declare them', async ({ db }) => db.run(['true']), 5_000)
test.concurrent
  .skip('also these', async ({ db }) => db.run(['true']))
test.skip(class Api {}, async ({ api }) => api.http.url)
test.todo('no body')
test.beforeAll(async ({ api }) => void expectTypeOf(api.http.url).toEqualTypeOf<string>())
test.afterEach(async ({ lane }) => void expectTypeOf(lane.name).toEqualTypeOf<string>(), 5_000)

test.each([
  [1, 'one'],
  [2, 'two'],
])('rows come after the fixtures', async ({ api }, number, name) => {
  expectTypeOf(api.http.url).toEqualTypeOf<string>()
  expectTypeOf(number).toEqualTypeOf<1 | 2>()
  expectTypeOf(name).toEqualTypeOf<'one' | 'two'>()
})
test.each([{ a: 1 }, { a: 2 }])('values, too', async ({ db }, { a }) => {
  expectTypeOf(a).toEqualTypeOf<number>()
  await db.run(['true'])
})
test.each<{ a: number }>`
  a
  ${1}
`('and tables', async (_, { a }) => {
  expectTypeOf(a).toEqualTypeOf<number>()
})

test('the matchers take what can be waited for', async ({ api }) => {
  expectTypeOf(expect(api.logs).toContainLine(/listening/)).toEqualTypeOf<Promise<void>>()
  // @ts-expect-error: a string has no lines
  await expect('text').toContainLine(/listening/)
})

// @ts-expect-error: no such service
test('refuses other names', async ({ nothing }) => nothing)
// @ts-expect-error: no such service
test.beforeAll(async ({ nothing }) => nothing)
// @ts-expect-error: no such scope
createTest(topology, { lane: 'file' })
