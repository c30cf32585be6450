import type { Schema } from '../../model.ts'
import type { Schemas } from '../schemas.ts'

/**
 * Returns a value for a schema, the same one each time: its constant, its default or example if it is valid, its first
 * enum value, else the shortest value of its type. Optional properties are left out where the schema would contain itself.
 */
export const sampleOf = (schemas: Schemas, schema: Schema): unknown => sample(schemas, schema, [])

// ---

type Keywords = Readonly<Record<string, unknown>>

const sample = (schemas: Schemas, schema: Schema, within: readonly Schema[]): unknown => {
  const target = schemas.resolve(schema)
  if (typeof target !== 'object') return {}
  // A schema that requires itself has no finite value; the check of the answer reports it.
  if (within.filter((one) => one === target).length > 1) return null
  const inside = [...within, target]
  const part = (one: Schema) => sample(schemas, one, inside)
  const merged = mergeAll(schemas, target, 0)
  if ('const' in merged) return merged.const
  const isValid = (value: unknown) => schemas.check(target, value, 'response').length === 0
  // Documents have examples that their own schemas do not allow.
  const given = [
    ...('default' in merged ? [merged.default] : []),
    ...((merged.examples ?? []) as readonly unknown[]),
  ].filter(isValid)
  if (given.length > 0) return given[0]
  if (Array.isArray(merged.enum)) return merged.enum[0]
  const alternatives = ((merged.oneOf ?? merged.anyOf ?? []) as Schema[]).slice(0, mostAlternatives)
  if (alternatives.length > 0) {
    const rest = objectOf(schemas, merged, inside)
    const values = alternatives.map((alternative) => {
      const value = part(alternative)
      return isObject(value) && rest !== undefined ? { ...rest, ...value } : value
    })
    return values.length === 1 ? values[0] : (values.find(isValid) ?? values[0])
  }
  const type = [merged.type].flat()[0] ?? (merged.properties === undefined ? undefined : 'object')
  switch (type) {
    case 'object':
      return objectOf(schemas, merged, inside) ?? {}
    case 'array': {
      const items = (merged.items as Schema | undefined) ?? true
      const count = Math.max(Number(merged.minItems ?? 0), isWithin(schemas, items, inside) ? 0 : 1)
      const first = ((merged.prefixItems ?? []) as Schema[]).map(part)
      return [
        ...first,
        ...Array.from({ length: Math.max(0, count - first.length) }, () => part(items)),
      ]
    }
    case 'string':
      return textOf(merged)
    case 'integer':
    case 'number':
      return numberOf(merged, type === 'integer')
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return {}
  }
}

/** Alternatives that are tried; each may have alternatives itself. */
const mostAlternatives = 4

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isWithin = (schemas: Schemas, schema: Schema, within: readonly Schema[]): boolean =>
  within.includes(schemas.resolve(schema))

const objectOf = (
  schemas: Schemas,
  { properties, required }: Keywords,
  within: readonly Schema[],
): Record<string, unknown> | undefined => {
  if (properties === undefined) return undefined
  const needed = (required ?? []) as readonly string[]
  const known = properties as Readonly<Record<string, Schema>>
  // A name may be required without being described.
  const others = needed
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => [name, true] as const)
  return Object.fromEntries(
    [...Object.entries(known), ...others]
      .filter(([name, schema]) => {
        const target = schemas.resolve(schema)
        if (typeof target === 'object' && target.writeOnly === true) return false
        return needed.includes(name) || !isWithin(schemas, schema, within)
      })
      .map(([name, schema]) => [name, sample(schemas, schema, within)]),
  )
}

/** Returns a schema with those of its `allOf` as one; its own keywords win. */
const mergeAll = (schemas: Schemas, schema: Keywords, depth: number): Keywords => {
  const { allOf, ...own } = schema
  if (!Array.isArray(allOf) || depth > 16) return own
  const parts = (allOf as readonly Schema[]).flatMap((part) => {
    const target = schemas.resolve(part)
    return typeof target === 'object' ? [mergeAll(schemas, target, depth + 1)] : []
  })
  const all = [...parts.toReversed(), own]
  const properties = all.flatMap((part) => Object.entries((part.properties ?? {}) as object))
  const required = all.flatMap((part) => (part.required ?? []) as readonly string[])
  return {
    ...Object.assign({}, ...all),
    ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
    ...(required.length === 0 ? {} : { required }),
  }
}

const byFormat: Readonly<Record<string, string>> = {
  binary: '',
  byte: 'dGV4dA==',
  date: '2024-01-01',
  'date-time': '2024-01-01T00:00:00Z',
  duration: 'P1D',
  email: 'a@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  time: '00:00:00Z',
  uri: 'https://example.com/',
  'uri-reference': '/',
  url: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
}

const textOf = ({ format, minLength, maxLength, pattern }: Keywords): string => {
  const known = byFormat[String(format)]
  if (known !== undefined) return known
  if (typeof pattern === 'string') {
    const text = textOfPattern(pattern)
    if (text !== undefined) return text.padEnd(Number(minLength ?? 0), text.at(-1) ?? 'a')
  }
  const text = 'text'.padEnd(Number(minLength ?? 0), 't')
  return maxLength === undefined ? text : text.slice(0, Number(maxLength))
}

/**
 * Returns a text for a pattern of literals, classes and counts, which is what documents have for identifiers;
 * `undefined` for others.
 */
const textOfPattern = (pattern: string): string | undefined => {
  const parts = [
    ...pattern
      .replace(/^\^/, '')
      .replace(/\$$/, '')
      .matchAll(/(\[\^?(?:\\.|[^\]\\])+\]|\\.|[^\\[\](){}*+?|^$])(\*|\+|\?|\{\d+(?:,\d*)?\})?/gy),
  ]
  const text = parts
    .map(([, atom = '', times = '']) => {
      const count = times === '' || times === '+' ? 1 : Number(/\d+/.exec(times)?.[0] ?? 0)
      return charOf(atom).repeat(count)
    })
    .join('')
  return new RegExp(pattern).test(text) ? text : undefined
}

const charOf = (atom: string): string =>
  [atom.replace(/^\\/, ''), ...'a1A0-_ .'].find(
    (char) => char.length === 1 && new RegExp(`^${atom}$`).test(char),
  ) ?? ''

const numberOf = (
  { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: Keywords,
  isInteger: boolean,
): number => {
  const step = Number(multipleOf ?? (isInteger ? 1 : 0))
  const aligned = (value: number, round: (value: number) => number) =>
    step === 0 ? value : round(value / step) * step
  if (exclusiveMinimum !== undefined) {
    const above = Number(exclusiveMinimum)
    if (step !== 0) return aligned(above, Math.floor) + step
    const limit = Number(exclusiveMaximum ?? maximum ?? above + 2)
    return (above + limit) / 2
  }
  if (minimum !== undefined) return aligned(Number(minimum), Math.ceil)
  if (maximum !== undefined && Number(maximum) < 0) return aligned(Number(maximum), Math.floor)
  if (exclusiveMaximum !== undefined && Number(exclusiveMaximum) <= 0)
    return step === 0
      ? Number(exclusiveMaximum) - 1
      : aligned(Number(exclusiveMaximum), Math.ceil) - step
  return 0
}
