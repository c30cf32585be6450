import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { definitions, type Schema, type StubModel } from '../model.ts'

/** Who sends a value: `readOnly` properties are not required in requests, `writeOnly` ones not in responses. */
export type Direction = 'request' | 'response'

/** A value that a schema does not allow. */
export interface SchemaFault {
  /** JSON pointer. */
  readonly at: string
  readonly message: string
}

/** Schemas of a document, ready to check values. */
export interface Schemas {
  /** Returns all faults of a value. */
  check(schema: Schema, value: unknown, direction: Direction): readonly SchemaFault[]
  /** Returns the schema that a reference leads to. */
  resolve(schema: Schema): Schema
}

/** Prepares the schemas of a document. Each is compiled when it is first used. */
export const createSchemas = (defs: StubModel['schemas']): Schemas => {
  const resolve = (schema: Schema): Schema => {
    let at = schema
    for (let steps = 0; typeof at === 'object' && typeof at.$ref === 'string'; steps += 1) {
      const next = defs[at.$ref.slice(definitions.length)]
      if (next === undefined || steps > 100) return true
      at = next
    }
    return at
  }

  const directed = (value: unknown, flag: 'readOnly' | 'writeOnly'): unknown => {
    if (Array.isArray(value)) return value.map((item) => directed(item, flag))
    if (typeof value !== 'object' || value === null) return value
    const copy = Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        unchecked.has(key) ? item : directed(item, flag),
      ]),
    )
    const { required, properties } = copy
    if (!Array.isArray(required) || typeof properties !== 'object') return copy
    const isMissing = (name: string) => {
      const property = (properties as Record<string, Schema>)[name]
      if (property === undefined) return false
      const target = resolve(property)
      return [property, target].some((one) => typeof one === 'object' && one[flag] === true)
    }
    return { ...copy, required: required.filter((name: string) => !isMissing(name)) }
  }

  const open = (flag: 'readOnly' | 'writeOnly') => {
    const ajv = new Ajv2020({
      allErrors: true,
      strict: false,
      logger: false,
      // Documents have patterns that are valid only without it, such as `\-`.
      unicodeRegExp: false,
      validateSchema: false,
      addUsedSchema: false,
    })
    formats.default(ajv)
    ajv.addSchema({ $id: 'defs', $defs: directed(defs, flag) as Record<string, object> })
    const compiled = new Map<Schema, ValidateFunction>()
    return (schema: Schema): ValidateFunction => {
      const known = compiled.get(schema)
      if (known !== undefined) return known
      const check = ajv.compile(directed(schema, flag) as object)
      compiled.set(schema, check)
      return check
    }
  }
  const opened = new Map<Direction, ReturnType<typeof open>>()
  const of = (direction: Direction) => {
    const known = opened.get(direction)
    if (known !== undefined) return known
    const made = open(direction === 'request' ? 'readOnly' : 'writeOnly')
    opened.set(direction, made)
    return made
  }

  return {
    resolve,
    check(schema, value, direction) {
      if (schema === true) return []
      const check = of(direction)(schema)
      return check(value) ? [] : distinct((check.errors ?? []).map(faultOf))
    },
  }
}

// ---

/** Keywords whose values are data, not schemas. */
const unchecked = new Set(['const', 'default', 'enum', 'examples', 'required'])

const faultOf = ({ instancePath, message = 'is invalid', keyword, params }: ErrorObject) => ({
  at: instancePath,
  message:
    keyword === 'enum'
      ? `must be one of ${(params.allowedValues as unknown[]).map((value) => JSON.stringify(value)).join(', ')}`
      : keyword === 'additionalProperties'
        ? `must not have the property ${JSON.stringify(params.additionalProperty)}`
        : keyword === 'const'
          ? `must be ${JSON.stringify(params.allowedValue)}`
          : message,
})

const distinct = (faults: readonly SchemaFault[]): readonly SchemaFault[] => [
  ...new Map(faults.map((fault) => [`${fault.at} ${fault.message}`, fault])).values(),
]
