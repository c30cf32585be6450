import { expect, test } from 'vitest'
import { destructured, mentioned } from './parameters.ts'

interface Any {
  readonly api?: unknown
  readonly db: { readonly url?: unknown }
  readonly lane?: unknown
}

test('the names of a function are those that its first parameter destructures', () => {
  expect(destructured(async ({ api, db: { url: _ }, lane = {} }: Any) => lane ?? api)).toEqual([
    'api',
    'db',
    'lane',
  ])
  expect(
    destructured(function named({ api }: { api: unknown }) {
      return { not: api }
    }),
  ).toEqual(['api'])
  expect(destructured(() => ({ api: 1 }))).toEqual([])
  expect(destructured((suite: unknown, { api }: { api: unknown }) => [suite, api])).toEqual([])
  expect(destructured('no function')).toEqual([])
})

test('services are mentioned in any parameter, as whole words, not in the body or a comment', () => {
  const services = ['api', 'ap', 'db', 'mail-1']
  expect(mentioned(([_row]: never[], { api }: { api: unknown }) => api, services)).toEqual(['api'])
  expect(mentioned(({ other }: { other: { db: unknown } }) => other.db, services)).toEqual([])
  expect(mentioned((/* db */ { api }: { api: unknown }) => api, services)).toEqual(['api'])
  expect(mentioned(({ 'mail-1': mail }: never) => mail, services)).toEqual(['mail-1'])
})
