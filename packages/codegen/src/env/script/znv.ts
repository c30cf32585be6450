import type { ts } from 'ts-morph'
import { defaulted, described, type Field } from './field.ts'
import { objectOf, optionOf, textOf } from './literals.ts'
import type { Modules } from './modules.ts'
import type { SchemaReader } from './schema-call.ts'
import { readZodField } from './zod-field.ts'
import { methodCall } from './zod-names.ts'
import { readShape } from './zod-shape.ts'

/** Reads `parseEnv(process.env, { PORT: { schema: port(), defaults: { _: 80 } } })` of znv. */
export const readZnv: SchemaReader = (call, { modules }) => {
  const callee = modules.foreignOf(call.expression)
  if (callee?.module !== 'znv' || callee.path.at(-1) !== 'parseEnv') return undefined
  const [environment, schemas] = call.arguments
  return {
    fields: readShape(schemas, modules, readSpec),
    ...(environment === undefined ? {} : { environment }),
  }
}

const readSpec = (value: ts.Expression | undefined, modules: Modules): Field => {
  if (objectOf(value, modules) === undefined) return readSchema(value, modules)
  const inner = readSchema(optionOf(value, 'schema', modules), modules)
  const hasDefaults = optionOf(value, 'defaults', modules) !== undefined
  return described(
    hasDefaults ? defaulted(inner) : inner,
    textOf(optionOf(value, 'description', modules), modules),
  )
}

/** Reads zod schemas, and znv's own `port()`, also with zod's methods chained. */
const readSchema = (value: ts.Expression | undefined, modules: Modules): Field => {
  const field = readZodField(value, modules)
  return field.type === undefined && value !== undefined && isPort(value, modules)
    ? { ...field, type: { kind: 'number' }, required: isBare(value, modules) }
    : field
}

const isBare = (value: ts.Expression, modules: Modules): boolean =>
  methodCall(modules.resolved(value)) === undefined

const isPort = (value: ts.Expression, modules: Modules): boolean => {
  const node = modules.resolved(value)
  const call = methodCall(node)
  if (call !== undefined) return isPort(call.object, modules)
  const callee = 'expression' in node ? (node.expression as ts.Expression) : undefined
  const found = callee && modules.foreignOf(callee)
  return found?.module === 'znv' && found.path.at(-1) === 'port'
}
