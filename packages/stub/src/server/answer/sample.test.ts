import { expect, test } from 'vitest'
import type { Schema } from '../../model.ts'
import { createSchemas } from '../schemas.ts'
import { sampleOf } from './sample.ts'

const tree: Schema = {
  type: 'object',
  required: ['name', 'children'],
  properties: {
    name: { type: 'string' },
    parent: { $ref: 'defs#/$defs/Tree' },
    children: { type: 'array', items: { $ref: 'defs#/$defs/Tree' } },
  },
}
const schemas = createSchemas({ Tree: tree })

test.for<[string, Schema]>([
  ['text', { type: 'string' }],
  ['long text', { type: 'string', minLength: 10 }],
  ['short text', { type: 'string', maxLength: 2 }],
  ['a pattern', { type: 'string', pattern: '^ch_[a-z0-9]{8}$' }],
  ['a pattern without ends', { type: 'string', pattern: '\\d{3}-\\d+', minLength: 8 }],
  ['a date', { type: 'string', format: 'date-time' }],
  ['an id', { type: 'string', format: 'uuid' }],
  ['a limited integer', { type: 'integer', minimum: 3, multipleOf: 5 }],
  ['an integer above a limit', { type: 'integer', exclusiveMinimum: 3 }],
  ['a number between limits', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.1 }],
  ['a negative integer', { type: 'integer', maximum: -3 }],
  ['a number below zero', { type: 'number', exclusiveMaximum: 0 }],
  ['null', { type: 'null' }],
  ['a constant', { const: { a: 1 } }],
  ['an enum', { enum: ['a', 'b'] }],
  ['several items', { type: 'array', minItems: 2, items: { type: 'boolean' } }],
  ['a tuple', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'null' }], items: false }],
  ['a schema within itself', { $ref: 'defs#/$defs/Tree' }],
  [
    'all of several',
    {
      allOf: [
        { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
        { $ref: 'defs#/$defs/Tree' },
      ],
      required: ['b'],
      properties: { b: { type: 'integer' } },
    },
  ],
  [
    'one of several, with common properties',
    {
      type: 'object',
      required: ['kind'],
      properties: { kind: { const: 'a' } },
      oneOf: [
        { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
        { type: 'object', required: ['z'] },
      ],
    },
  ],
])('the sample of %s is valid, and the same each time', ([, schema]) => {
  const value = sampleOf(schemas, schema)
  expect(schemas.check(schema, value, 'response'), JSON.stringify(value)).toEqual([])
  expect(sampleOf(schemas, schema)).toEqual(value)
})

test('a default or example that its own schema does not allow is not used', () => {
  expect(sampleOf(schemas, { type: 'string', default: 1, examples: [2, 'e'] })).toBe('e')
  expect(sampleOf(schemas, { type: 'integer', examples: ['e'] })).toBe(0)
})

test('a sample is the default or example of its schema, if there is one', () => {
  expect(sampleOf(schemas, { type: 'string', default: 'd', examples: ['e'] })).toBe('d')
  expect(sampleOf(schemas, { type: 'string', examples: ['e'] })).toBe('e')
})
