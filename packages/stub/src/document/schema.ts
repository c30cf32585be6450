import { basename } from 'node:path'
import { definitions, type Schema } from '../model.ts'
import { child, elementsOf, fieldsOf, keyOfPlace, membersOf, type Place } from './place.ts'
import type { Reader } from './reader.ts'

/** Version of the document: 3.0 has a dialect of its own, 3.1 is JSON Schema. */
export type Version = '3.0' | '3.1'

/** Compiles schemas of a document. */
export interface SchemaCompiler {
  /** Returns the schema at a place, with references to {@link schemas}. */
  compile(place: Place): Schema
  /** Schemas that are referred to, by name. */
  readonly schemas: Readonly<Record<string, Schema>>
}

/** Makes a compiler, which adds what it cannot compile to the faults of the reader. */
export const createSchemaCompiler = (reader: Reader, version: Version): SchemaCompiler => {
  const schemas: Record<string, Schema> = Object.create(null)
  const names = new Map<string, string>()

  const named = (target: Place): string => {
    const key = keyOfPlace(target)
    const known = names.get(key)
    if (known !== undefined) return known
    const wanted = String(
      target.keys.at(-1) ?? basename(target.source.path).replace(/\.\w+$/, ''),
    ).replaceAll(/\W+/g, '_')
    let name = wanted
    for (let count = 2; name in schemas; count += 1) name = `${wanted}${count}`
    names.set(key, name)
    // Reserved before it is compiled, because it may refer to itself.
    schemas[name] = true
    schemas[name] = compile(target)
    return name
  }

  const compile = (place: Place): Schema => {
    const { value } = place
    if (typeof value === 'boolean') return value
    const fields = fieldsOf(value)
    if (fields === undefined) {
      reader.fault(place, 'must be a schema')
      return true
    }
    const siblings = version === '3.0' && '$ref' in fields ? {} : compileKeywords(place)
    if (!('$ref' in fields)) return siblings
    const target = reader.follow(place)
    if (target === undefined) return true
    return { ...siblings, $ref: `${definitions}${named(target)}` }
  }

  const compileKeywords = (place: Place): { [keyword: string]: unknown } => {
    const schema: { [keyword: string]: unknown } = {}
    for (const [keyword, at] of membersOf(place)) {
      const { value } = at
      if (inner.has(keyword)) schema[keyword] = compile(at)
      else if (lists.has(keyword)) {
        if (!Array.isArray(value)) reader.fault(at, 'must be an array of schemas')
        schema[keyword] = elementsOf(at).map(compile)
      } else if (maps.has(keyword)) {
        const members = fieldsOf(value)
        if (members === undefined) reader.fault(at, 'must be an object of schemas')
        // Names of properties may start with `x-`.
        schema[keyword] = Object.fromEntries(
          Object.keys(members ?? {}).map((name) => [name, compile(child(at, name))]),
        )
      } else if (keyword in plain) {
        const expected = plain[keyword as keyof typeof plain]
        if (expected(value)) schema[keyword] = value
        else reader.fault(at, `must be ${expected.words}`)
      } else if (keyword === 'type') schema.type = typeOf(at)
      else if (keyword === 'pattern') schema.pattern = patternOf(at)
      else if (keyword === 'example') schema.examples = [value]
      else if (keyword === 'exclusiveMinimum' || keyword === 'exclusiveMaximum') {
        if (typeof value === 'number') schema[keyword] = value
        else if (typeof value !== 'boolean') reader.fault(at, 'must be a number')
      } else if (keyword.startsWith('$dynamic') || keyword.startsWith('$recursive'))
        reader.fault(at, 'is not supported; use $ref')
    }
    return version === '3.0' ? modern(schema, fieldsOf(place.value) ?? {}) : schema
  }

  const typeOf = (place: Place): unknown => {
    const listed = Array.isArray(place.value) && version === '3.1' ? place.value : [place.value]
    const wrong = listed.filter((name) => !types.has(name))
    if (wrong.length > 0 || listed.length === 0)
      reader.fault(
        place,
        `must be ${[...types].filter((type) => version === '3.1' || type !== 'null').join(', ')}, not ${JSON.stringify(place.value)}`,
      )
    return wrong.length > 0 || listed.length === 0 ? undefined : place.value
  }

  const patternOf = (place: Place): unknown => {
    try {
      if (typeof place.value !== 'string') throw new Error('must be a string')
      new RegExp(place.value)
      return place.value
    } catch (error) {
      reader.fault(place, (error as Error).message)
      return undefined
    }
  }

  return { compile, schemas }
}

// ---

const types = new Set<unknown>([
  'string',
  'number',
  'integer',
  'boolean',
  'array',
  'object',
  'null',
])

const inner = new Set([
  'items',
  'additionalProperties',
  'not',
  'contains',
  'propertyNames',
  'if',
  'then',
  'else',
  'unevaluatedItems',
  'unevaluatedProperties',
])
const lists = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems'])
const maps = new Set(['properties', 'patternProperties', 'dependentSchemas'])

interface Expected {
  (value: unknown): boolean
  readonly words: string
}
const expected = (words: string, test: (value: unknown) => boolean): Expected =>
  Object.assign((value: unknown) => test(value), { words })
const count = expected(
  'an integer from 0',
  (value) => Number.isInteger(value) && Number(value) >= 0,
)
const number = expected('a number', (value) => typeof value === 'number')
const flag = expected('a boolean', (value) => typeof value === 'boolean')
const text = expected('a string', (value) => typeof value === 'string')
const values = expected('an array', Array.isArray)
const anything = expected('a value', () => true)
const names = expected(
  'an array of different strings',
  (value) =>
    Array.isArray(value) &&
    value.every((name) => typeof name === 'string') &&
    new Set(value).size === value.length,
)
const nameLists = expected('an object of arrays', (value) => fieldsOf(value) !== undefined)

const plain = {
  const: anything,
  default: anything,
  dependentRequired: nameLists,
  deprecated: flag,
  description: text,
  enum: values,
  examples: values,
  format: text,
  maxContains: count,
  maximum: number,
  maxItems: count,
  maxLength: count,
  maxProperties: count,
  minContains: count,
  minimum: number,
  minItems: count,
  minLength: count,
  minProperties: count,
  multipleOf: expected('a number above 0', (value) => typeof value === 'number' && value > 0),
  readOnly: flag,
  required: names,
  title: text,
  uniqueItems: flag,
  writeOnly: flag,
} satisfies Readonly<Record<string, Expected>>

/** Returns a schema of OpenAPI 3.0 as JSON Schema: `nullable`, and exclusive limits, which were booleans. */
const modern = (
  schema: { [keyword: string]: unknown },
  written: Readonly<Record<string, unknown>>,
): { [keyword: string]: unknown } => {
  for (const [exclusive, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const)
    if (written[exclusive] === true && schema[limit] !== undefined) {
      schema[exclusive] = schema[limit]
      delete schema[limit]
    }
  if (written.nullable !== true) return schema
  if (typeof schema.type === 'string') {
    const nulls = Array.isArray(schema.enum) && !schema.enum.includes(null)
    return {
      ...schema,
      type: [schema.type, 'null'],
      ...(nulls ? { enum: [...(schema.enum as unknown[]), null] } : {}),
    }
  }
  return { anyOf: [schema, { type: 'null' }] }
}
