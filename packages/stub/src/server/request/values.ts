import type { Schema } from '../../model.ts'
import type { Schemas } from '../schemas.ts'

/** Returns the types that a schema allows, also those of its alternatives; none if any. */
export const typesOf = (schemas: Schemas, schema: Schema, depth = 0): ReadonlySet<string> => {
  const target = schemas.resolve(schema)
  if (typeof target !== 'object' || depth > 8) return new Set()
  const { type } = target
  if (type !== undefined) return new Set([type].flat() as string[])
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((key) => (target[key] ?? []) as Schema[])
  if (parts.length === 0 && target.properties !== undefined) return new Set(['object'])
  return new Set(parts.flatMap((part) => [...typesOf(schemas, part, depth + 1)]))
}

/** Returns the schema of a property or, without a name, of elements. */
export const partOf = (schemas: Schemas, schema: Schema, name?: string): Schema => {
  const target = schemas.resolve(schema)
  if (typeof target !== 'object') return true
  if (name === undefined) return (target.items as Schema | undefined) ?? true
  const { properties, additionalProperties, allOf } = target
  const own = (properties as Record<string, Schema> | undefined) ?? {}
  if (Object.hasOwn(own, name)) return own[name] ?? true
  for (const part of (allOf ?? []) as Schema[]) {
    const found = partOf(schemas, part, name)
    if (found !== true) return found
  }
  return (additionalProperties as Schema | undefined) ?? true
}

/** Returns a text as the value that its schema wants; as it is if that is not possible, for the check to report. */
export const readValue = (schemas: Schemas, schema: Schema, text: string): unknown => {
  const types = typesOf(schemas, schema)
  if (types.has('string') || types.size === 0) return text
  if ((types.has('integer') || types.has('number')) && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text))
    return Number(text)
  if (types.has('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  if (types.has('null') && text === '') return null
  return text
}

/** A value of a form or of a query in brackets: text, or more of them. */
export type Tree = string | Tree[] | { [name: string]: Tree }

/** Returns the values of a tree of texts as a schema wants them. */
export const treeOf = (schemas: Schemas, schema: Schema, tree: Tree): unknown => {
  const types = typesOf(schemas, schema)
  if (typeof tree === 'string') {
    const value = types.has('array') && !types.has('string') ? [tree] : tree
    return Array.isArray(value)
      ? value.map((item) => readValue(schemas, partOf(schemas, schema), item))
      : readValue(schemas, schema, value)
  }
  if (Array.isArray(tree)) return tree.map((item) => treeOf(schemas, partOf(schemas, schema), item))
  if (types.has('array') && Object.keys(tree).every((key) => /^\d+$/.test(key)))
    return Object.values(tree).map((item) => treeOf(schemas, partOf(schemas, schema), item))
  return Object.fromEntries(
    Object.entries(tree).map(([name, item]) => [
      name,
      treeOf(schemas, partOf(schemas, schema, name), item),
    ]),
  )
}

/** Reads pairs with names in brackets: `card[number]=1`, `tags[]=a`; a repeated name is an array. */
export const readTree = (pairs: Iterable<readonly [string, string]>): { [name: string]: Tree } => {
  const root = empty()
  for (const [name, text] of pairs) {
    const keys = [
      /^[^[]*/.exec(name)?.[0] ?? '',
      ...[...name.matchAll(/\[([^\]]*)\]/g)].map(([, key = '']) => key),
    ]
    const isList = keys.at(-1) === '' && keys.length > 1
    if (isList) keys.pop()
    const last = keys.pop() ?? ''
    let at = root
    for (const key of keys) {
      const next = at[key]
      if (typeof next === 'object' && !Array.isArray(next)) at = next
      else {
        const made = empty()
        at[key] = made
        at = made
      }
    }
    const before = at[last]
    if (before === undefined) at[last] = isList ? [text] : text
    else at[last] = Array.isArray(before) ? [...before, text] : [before, text]
  }
  return root
}

// ---

/** Without a prototype: names come from clients. */
const empty = (): { [name: string]: Tree } => Object.create(null)
