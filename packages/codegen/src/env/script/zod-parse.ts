import { ts } from 'ts-morph'
import { type Kit, type SchemaReader, throughMapping, variableOf } from './schema-call.ts'
import { bare } from './syntax.ts'
import { methodCall, zodName } from './zod-names.ts'
import { readZodObject } from './zod-shape.ts'

/** Reads `schema.parse(process.env)`, `z.parse(schema, process.env)`, `schema.parse({ port: process.env.PORT })`. */
export const readZodParse: SchemaReader = (call, kit) => {
  const method = methodCall(call)
  if (method === undefined || !/^(safeP|p)arse(Async)?$|^spa$/.test(method.method)) return undefined
  const isFunction = zodName(call.expression, kit.modules)?.length === 1
  const [schema, data] = isFunction
    ? [call.arguments[0], call.arguments[1]]
    : [method.object, call.arguments[0]]
  if (schema === undefined || data === undefined) return undefined
  const isWhole = kit.isEnv(data)
  if (!isWhole && !hasVariables(data, kit)) return undefined
  const fields = readZodObject(schema, kit.modules)
  // Not a schema, but another object with a method `parse`, such as `querystring`.
  if (fields === undefined && !isWhole) return undefined
  return {
    fields: fields && throughMapping(fields, data, kit),
    ...(isWhole ? { environment: data } : {}),
  }
}

const hasVariables = (data: ts.Expression, kit: Kit): boolean => {
  const node = kit.modules.resolved(bare(data))
  return (
    ts.isObjectLiteralExpression(node) &&
    node.properties.some(
      (property) =>
        ts.isPropertyAssignment(property) && containsVariable(property.initializer, kit),
    )
  )
}

const containsVariable = (node: ts.Node, kit: Kit): boolean =>
  (ts.isExpression(node) && variableOf(node, kit) !== undefined) ||
  ts.forEachChild(node, (child) => containsVariable(child, kit) || undefined) === true
