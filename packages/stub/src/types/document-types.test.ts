import { join } from 'node:path'
import { generate } from '@mesocosm/codegen'
import { loadTopology } from 'mesocosm/operate'
import { expect, test } from 'vitest'
import type { StubModel } from '../model.ts'
import { typesOfDocument } from './document-types.ts'

const typed = join(import.meta.dirname, '../../test/typed/topology.ts')

test('mesocosm gen writes the committed types of a document', async () => {
  const generated = await generate(await loadTopology(typed), { file: typed, check: true })
  expect(generated.diff).toBeUndefined()
})

const model = (schemas: StubModel['schemas']): StubModel => ({
  title: '',
  basePath: '',
  operations: [],
  events: [],
  schemas,
  securitySchemes: {},
})
const typeOf = (schema: StubModel['schemas'][string]) =>
  typesOfDocument(model({ a: schema }), 'X').declarations[0]?.replace('type XA = ', '')

test('each kind of schema has a type', () => {
  expect(typeOf(true)).toBe('unknown')
  expect(typeOf(false)).toBe('never')
  expect(typeOf({ type: ['string', 'null'] })).toBe('string | null')
  expect(typeOf({ enum: ["it's", 1, null] })).toBe("'it\\'s' | 1 | null")
  expect(typeOf({ const: { a: [1] } })).toBe('{ a: readonly [1] }')
  expect(typeOf({ type: 'array', items: { type: ['string', 'null'] } })).toBe(
    'readonly (string | null)[]',
  )
  expect(typeOf({ type: 'array', prefixItems: [{ type: 'string' }], items: false })).toBe(
    'readonly [string]',
  )
  expect(typeOf({ type: 'object', additionalProperties: { type: 'integer' } })).toBe(
    '{ readonly [name: string]: number }',
  )
  expect(
    typeOf({ allOf: [{ $ref: 'defs#/$defs/a' }, { type: 'object', properties: { b: true } }] }),
  ).toBe('XA & { b?: unknown | undefined }')
  expect(typeOf({ oneOf: [{ type: 'string' }, { type: 'number' }] })).toBe('string | number')
})

test('names that differ only in characters that types cannot have get different types', () => {
  const { declarations } = typesOfDocument(model({ 'a-b': true, a_b: true, '': true }), 'X')
  expect(declarations).toEqual(['type XAB = unknown', 'type XAB2 = unknown', 'type X = unknown'])
})

test('a description cannot end its comment', () => {
  const [text] = typesOfDocument(
    model({ a: { description: 'x */ evil()\nnext', type: 'string' } }),
    'X',
  ).declarations
  expect(text).toBe('/** x *\\/ evil() next */ type XA = string')
})
