import { ts } from 'ts-morph'
import type { EnvObjects } from './env-object.ts'
import { defaulted, type Field, type Fields, optional } from './field.ts'
import { textOf } from './literals.ts'
import type { Modules } from './modules.ts'
import { bare, nameOf } from './syntax.ts'

/** The context of schema readers. */
export interface Kit {
  readonly modules: Modules
  readonly isEnv: EnvObjects['isEnv']
}

/** A call that validates the environment with a schema. */
export interface SchemaCall {
  /** `undefined` if the schema could not be read. */
  readonly fields: Fields | undefined
  /** The argument that is the environment, so that it is not reported as unread. */
  readonly environment?: ts.Expression
  /** Whether names are computed at run time. */
  readonly isDynamic?: true
}

/** Reads a call; returns `undefined` if it is not of the reader's kind. */
export type SchemaReader = (call: ts.CallExpression, kit: Kit) => SchemaCall | undefined

/**
 * Returns the fields of a schema by the variables that provide them: `parse({ port: process.env.PORT })`.
 * Fields with other values need no variable.
 */
export const throughMapping = (fields: Fields, source: ts.Expression, kit: Kit): Fields => {
  const node = kit.modules.resolved(source)
  if (!ts.isObjectLiteralExpression(node)) return fields
  const rest = kit.isEnv(node) ? new Map(fields) : new Map<string, Entry>()
  const mapped = new Map<string, Entry>()
  for (const property of node.properties) {
    const name = nameOf(property.name)
    const entry = name === undefined ? undefined : fields.get(name)
    if (name === undefined || entry === undefined) continue
    rest.delete(name)
    if (!ts.isPropertyAssignment(property)) continue
    const read = readIn(property.initializer, kit)
    if (read !== undefined) mapped.set(read.name, { ...entry, field: read.change(entry.field) })
  }
  return new Map([...rest, ...mapped])
}

/** Returns the name of the variable that an expression reads directly: `process.env.X`. */
export const variableOf = (expression: ts.Expression, kit: Kit): string | undefined => {
  const node = bare(expression)
  if (ts.isPropertyAccessExpression(node))
    return kit.isEnv(node.expression) ? node.name.text : undefined
  return ts.isElementAccessExpression(node) && kit.isEnv(node.expression)
    ? textOf(node.argumentExpression, kit.modules)
    : undefined
}

type Entry = Fields extends ReadonlyMap<string, infer E> ? E : never

const readIn = (
  expression: ts.Expression,
  kit: Kit,
): { readonly name: string; readonly change: (field: Field) => Field } | undefined => {
  const direct = variableOf(expression, kit)
  if (direct !== undefined) return { name: direct, change: (field) => field }
  const node = bare(expression)
  if (ts.isBinaryExpression(node)) {
    const left = variableOf(node.left, kit)
    const isFallback = /^(\?\?|\|\|)$/.test(node.operatorToken.getText())
    if (left !== undefined && isFallback) return { name: left, change: defaulted }
  }
  // `Number(process.env.PORT)`, `process.env.DEBUG === 'true'`: the schema sees only the converted value.
  const inside = variablesIn(node, kit)
  const [name] = inside
  return name !== undefined && inside.size === 1 ? { name, change: optional } : undefined
}

const variablesIn = (root: ts.Node, kit: Kit): ReadonlySet<string> => {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    const name = ts.isExpression(node) ? variableOf(node, kit) : undefined
    if (name !== undefined) names.add(name)
    ts.forEachChild(node, visit)
  }
  visit(root)
  return names
}
