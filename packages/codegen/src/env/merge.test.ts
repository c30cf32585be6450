import { expect, test } from 'vitest'
import type { EnvUse } from '../model/env-key.ts'
import { merge } from './merge.ts'

const use = (given: Partial<EnvUse>): EnvUse => ({
  name: 'KEY',
  origin: 'use',
  file: 'a.ts',
  ...given,
})
const key = (...uses: readonly Partial<EnvUse>[]) => merge(uses.map(use)).env[0]
const number = { kind: 'number' } as const
const boolean = { kind: 'boolean' } as const
const low = { kind: 'enum', values: ['low', 'off'] } as const
const high = { kind: 'enum', values: ['high', 'off'] } as const

test('the type of a schema wins over an example, and an example over a use', () => {
  const types = [
    use({ type: boolean }),
    use({ origin: 'example', type: low }),
    use({ origin: 'schema', type: number }),
  ]
  expect(key(...types)?.type).toEqual(number)
  expect(key(...types.slice(0, 2))?.type).toEqual(low)
  expect(key(...types.slice(0, 1))?.type).toEqual(boolean)
  expect(key({})?.type).toEqual({ kind: 'string' })
})

test('a schema without a type takes the type of other files', () => {
  expect(key({ origin: 'schema', required: true }, { type: number })).toMatchObject({
    type: number,
    required: true,
  })
})

test('a variable is required if a schema requires it and nothing has a default', () => {
  const asked = { origin: 'schema', required: true } as const
  expect(key(asked)?.required).toBe(true)
  expect(key(asked, { origin: 'dockerfile', hasDefault: true })?.required).toBe(false)
  expect(key(asked, { origin: 'schema', hasDefault: true })?.required).toBe(false)
  expect(key({ required: true })?.required).toBe(false)
})

test('a value in .env.example is not a default', () => {
  expect(
    key({ origin: 'schema', required: true }, { origin: 'example', hasDefault: true })?.required,
  ).toBe(true)
})

test('two schemas that disagree are widened, with a warning for the second file', () => {
  const schema = (type: EnvUse['type'], file: string) =>
    use({ origin: 'schema', file, ...(type ? { type } : {}) })
  const enums = merge([schema(low, 'a.ts'), schema(high, 'b.ts')])
  expect(enums.env[0]?.type).toEqual({ kind: 'enum', values: ['low', 'off', 'high'] })
  expect(enums.troubles).toMatchObject([{ file: 'b.ts' }])
  const mixed = merge([schema(number, 'a.ts'), schema(low, 'b.ts')])
  expect(mixed.env[0]?.type).toEqual({ kind: 'string' })
  expect(mixed.troubles).toHaveLength(1)
  expect(merge([schema(number, 'a.ts'), schema(number, 'b.ts')]).troubles).toEqual([])
})

test('three schemas that disagree are widened', () => {
  const types = [number, low, number].map((type) => use({ origin: 'schema', type }))
  expect(merge(types).env[0]?.type).toEqual({ kind: 'string' })
})

test('the doc of a schema wins over an example', () => {
  expect(key({ origin: 'example', doc: 'b' }, { origin: 'schema', doc: 'a' })?.doc).toBe('a')
})

test('variables and their files are sorted by code unit, without duplicates', () => {
  const { env } = merge([
    use({ name: 'a', file: 'z.ts' }),
    use({ name: 'B', file: 'b.ts' }),
    use({ name: 'B', file: 'B.ts' }),
    use({ name: 'B', file: 'b.ts' }),
  ])
  expect(env.map(({ name }) => name)).toEqual(['B', 'a'])
  expect(env[0]?.files).toEqual(['B.ts', 'b.ts'])
})

test('variables of the system and of image builds are left out', () => {
  const names = (uses: readonly EnvUse[]) => merge(uses).env.map(({ name }) => name)
  const all = ['PATH', 'HOME', 'LC_ALL', 'npm_package_name', 'NODE_ENV', 'TZ', 'CI', 'not a name']
  expect(names(all.map((name) => use({ name })))).toEqual(['CI', 'NODE_ENV', 'TZ'])
  const image = ['NODE_VERSION', 'GPG_KEY', 'PG_MAJOR', 'JAVA_HOME', 'PORT'].map((name) =>
    use({ name, origin: 'dockerfile' }),
  )
  expect(names(image)).toEqual(['PORT'])
  expect(names([...image, use({ name: 'NODE_VERSION' })])).toEqual(['NODE_VERSION', 'PORT'])
})
