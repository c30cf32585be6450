import { ts } from 'ts-morph'
import { either, type Field, type Fields, optional } from './field.ts'
import type { Modules } from './modules.ts'
import { nameOf } from './syntax.ts'
import { readZodField } from './zod-field.ts'
import { methodCall, returnedBy, zodName } from './zod-names.ts'

type ReadField = (value: ts.Expression | undefined, modules: Modules) => Field

/** Returns the fields of a zod object schema; `undefined` if it could not be read. */
export const readZodObject = (
  expression: ts.Expression | undefined,
  modules: Modules,
  depth = 0,
): Fields | undefined => {
  if (expression === undefined || depth > deepest) return undefined
  const node = modules.resolved(expression)
  const again = (inner: ts.Expression | undefined) => readZodObject(inner, modules, depth + 1)
  if (ts.isConditionalExpression(node)) {
    const all = [again(node.whenTrue), again(node.whenFalse)]
    return all.every((fields) => fields !== undefined) ? oneOf(all) : undefined
  }
  if (!ts.isCallExpression(node)) return undefined
  const name = zodName(node.expression, modules)
  if (name !== undefined) return made(name[0] ?? '', node.arguments, again, modules)
  const call = methodCall(node)
  if (call === undefined) return undefined
  const own = again(call.object)
  return own && changed(own, call.method, call.args, again, modules)
}

/** Returns the fields of the literal that defines an object's shape, including spread shapes that can be read. */
export const readShape = (
  expression: ts.Expression | undefined,
  modules: Modules,
  readField: ReadField = readZodField,
  depth = 0,
): Fields | undefined => {
  if (expression === undefined || depth > deepest) return undefined
  const node = modules.resolved(expression)
  // `base.shape`, and zod 3's `base.shape()`
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'shape')
    return readZodObject(node.expression, modules, depth + 1)
  if (!ts.isObjectLiteralExpression(node)) return undefined
  const fields = new Map<string, { readonly field: Field; readonly node: ts.Node }>()
  for (const property of node.properties) {
    const name = nameOf(property.name)
    if (ts.isSpreadAssignment(property))
      for (const [key, field] of readShape(property.expression, modules, readField, depth + 1) ??
        [])
        fields.set(key, field)
    else if (name !== undefined && ts.isPropertyAssignment(property))
      fields.set(name, { field: readField(property.initializer, modules), node: property })
    else if (name !== undefined && ts.isShorthandPropertyAssignment(property))
      fields.set(name, { field: readField(property.name, modules), node: property })
  }
  return fields
}

type Again = (inner: ts.Expression | undefined) => Fields | undefined

const made = (
  name: string,
  args: readonly ts.Expression[],
  again: Again,
  modules: Modules,
): Fields | undefined => {
  const [first, second] = args
  switch (name) {
    case 'object':
    case 'strictObject':
    case 'looseObject':
    case 'interface':
      return readShape(first, modules)
    case 'lazy':
      return again(returnedBy(first))
    case 'preprocess':
      return again(second)
    case 'pipe':
    case 'codec':
    case 'optional':
    case 'nullable':
    case 'readonly':
    case 'catchall':
      return again(first)
    case 'intersection':
      return together(again(first), again(second))
    case 'union':
    case 'xor':
      return alternatives(first, again, modules)
    case 'discriminatedUnion':
      return alternatives(second, again, modules)
    default: {
      const own = again(first)
      return own && changed(own, name, args.slice(1), again, modules)
    }
  }
}

/** Applies a method of a schema; zod/mini has these as functions. */
const changed = (
  own: Fields,
  method: string,
  args: readonly ts.Expression[],
  again: Again,
  modules: Modules,
): Fields | undefined => {
  const [first] = args
  switch (method) {
    case 'extend':
    case 'safeExtend':
    case 'augment':
    case 'merge':
    case 'and':
      return together(own, again(first) ?? readShape(first, modules))
    case 'setKey': {
      const name = nameOf(first)
      return first === undefined || name === undefined
        ? own
        : new Map([...own, [name, { field: readZodField(args[1], modules), node: first }]])
    }
    case 'or': {
      const other = again(first)
      return other && oneOf([own, other])
    }
    case 'partial':
    case 'deepPartial':
      return mapped(own, maskOf(first, modules), optional)
    case 'required':
      return mapped(own, maskOf(first, modules), (field) => ({ ...field, required: true }))
    case 'pick':
    case 'omit': {
      const mask = maskOf(first, modules)
      return new Map(
        [...own].filter(([name]) => mask === undefined || mask.has(name) === (method === 'pick')),
      )
    }
    // The result is not an object any more.
    case 'keyof':
    case 'array':
      return undefined
    default:
      return own
  }
}

const deepest = 30

const together = (a: Fields | undefined, b: Fields | undefined): Fields | undefined =>
  a && b ? new Map([...a, ...b]) : (a ?? b)

const mapped = (
  fields: Fields,
  mask: ReadonlySet<string> | undefined,
  change: (field: Field) => Field,
): Fields =>
  new Map(
    [...fields].map(([name, { field, node }]) => [
      name,
      { field: mask === undefined || mask.has(name) ? change(field) : field, node },
    ]),
  )

/** Keys of `{ A: true }`; `undefined` for all of them. */
const maskOf = (
  expression: ts.Expression | undefined,
  modules: Modules,
): ReadonlySet<string> | undefined => {
  const node = expression === undefined ? undefined : modules.resolved(expression)
  return node !== undefined && ts.isObjectLiteralExpression(node)
    ? new Set(node.properties.flatMap((property) => nameOf(property.name) ?? []))
    : undefined
}

const alternatives = (
  members: ts.Expression | undefined,
  again: Again,
  modules: Modules,
): Fields | undefined => {
  const node = members === undefined ? undefined : modules.resolved(members)
  if (node === undefined || !ts.isArrayLiteralExpression(node)) return undefined
  const all = node.elements.map(again)
  return all.every((fields) => fields !== undefined) ? oneOf(all) : undefined
}

/** Joins alternatives: a field that one of them lacks is optional. */
const oneOf = (all: readonly Fields[]): Fields => {
  const sum = new Map<string, { readonly field: Field; readonly node: ts.Node }>()
  for (const fields of all)
    for (const [name, found] of fields) {
      const known = sum.get(name)
      sum.set(name, known ? { ...known, field: either(known.field, found.field) } : found)
    }
  return mapped(
    sum,
    new Set([...sum.keys()].filter((name) => !all.every((fields) => fields.has(name)))),
    optional,
  )
}
