import { definitions, type Schema } from '../model.ts'

/** Returns TypeScript for schemas. @param nameOf returns the name of a referred schema. */
export const createTypeWriter = (nameOf: (definition: string) => string) => {
  const typeOf = (schema: Schema): string => {
    if (typeof schema === 'boolean') return schema ? 'unknown' : 'never'
    const { $ref, allOf, anyOf, oneOf, ...own } = schema
    const parts = [
      ...(typeof $ref === 'string' ? [nameOf($ref.slice(definitions.length))] : []),
      ...listOf(allOf).map(typeOf),
      ...[anyOf, oneOf]
        .map(listOf)
        .filter((alternatives) => alternatives.length > 0)
        .map((alternatives) => union(alternatives.map(typeOf))),
      ...ownType(own),
    ].filter((part) => part !== 'unknown')
    if (parts.length === 0) return 'unknown'
    return parts.length === 1 ? (parts[0] ?? 'unknown') : parts.map(bracketed).join(' & ')
  }

  const ownType = (schema: Readonly<Record<string, unknown>>): readonly string[] => {
    if ('const' in schema) return [literal(schema.const)]
    if (Array.isArray(schema.enum)) return [union(schema.enum.map(literal))]
    const types = [schema.type ?? (schema.properties === undefined ? [] : 'object')].flat()
    return types.length === 0 ? [] : [union(types.map((type) => typeFor(String(type), schema)))]
  }

  const typeFor = (type: string, schema: Readonly<Record<string, unknown>>): string => {
    switch (type) {
      case 'integer':
      case 'number':
        return 'number'
      case 'array': {
        const first = listOf(schema.prefixItems).map(typeOf)
        const items = typeOf((schema.items ?? true) as Schema)
        if (first.length === 0) return `readonly ${bracketed(items)}[]`
        return `readonly [${[...first, ...(items === 'never' ? [] : [`...${bracketed(items)}[]`])].join(', ')}]`
      }
      case 'object':
        return objectOf(schema)
      default:
        return type
    }
  }

  const objectOf = ({
    properties = {},
    required,
    additionalProperties,
  }: Readonly<Record<string, unknown>>): string => {
    const needed = new Set(required as readonly string[] | undefined)
    const members = Object.entries(properties as Readonly<Record<string, Schema>>).map(
      ([name, schema]) => {
        // Required in one direction only: that of the other one would not compile.
        const isNeeded = needed.has(name) && !isOneWay(schema)
        const type = typeOf(schema)
        return `${commentOf(schema)}${keyOf(name)}${isNeeded ? `: ${type}` : `?: ${bracketed(type)} | undefined`}`
      },
    )
    const rest =
      typeof additionalProperties === 'object' || additionalProperties === true
        ? typeOf(additionalProperties as Schema)
        : undefined
    if (members.length === 0)
      return additionalProperties === false
        ? 'Record<string, never>'
        : `{ readonly [name: string]: ${rest ?? 'unknown'} }`
    // The type of an index must fit all members.
    return `{ ${[...members, ...(rest === undefined ? [] : ['[name: string]: unknown'])].join('; ')} }`
  }

  return typeOf
}

/** Returns a doc comment before a member; empty without a text. */
export const commentText = (text: unknown): string => {
  if (typeof text !== 'string') return ''
  const line = text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replaceAll('*/', '*\\/')
    .trim()
  return line === '' ? '' : `/** ${line} */ `
}

/** Returns a name as the key of a type, quoted if necessary. */
export const keyOf = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name)

/** Returns alternatives as one type. */
export const union = (types: readonly string[]): string => {
  const different = [...new Set(types)]
  if (different.includes('unknown')) return 'unknown'
  return different.length === 1 ? (different[0] ?? 'never') : different.map(bracketed).join(' | ')
}

// ---

const listOf = (value: unknown): readonly Schema[] => (Array.isArray(value) ? value : [])

const isOneWay = (schema: Schema): boolean =>
  typeof schema === 'object' && (schema.readOnly === true || schema.writeOnly === true)

const commentOf = (schema: Schema): string =>
  typeof schema === 'object' ? commentText(schema.description) : ''

const bracketed = (type: string): string =>
  /[ |&]/.test(type) && !/^\{[^}]*\}$/.test(type) ? `(${type})` : type

const literal = (value: unknown): string => {
  if (typeof value === 'string')
    return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'").replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
  if (Array.isArray(value)) return `readonly [${value.map(literal).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, item]) => `${keyOf(key)}: ${literal(item)}`)
      .join('; ')} }`
  return String(value)
}
