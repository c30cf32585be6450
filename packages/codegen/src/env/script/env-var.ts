import { ts } from 'ts-morph'
import type { ValueType } from '../../model/value-type.ts'
import { type Field, typeOfLiterals } from './field.ts'
import { literalOf, literalsOf, textOf } from './literals.ts'
import type { Modules } from './modules.ts'
import type { SchemaReader } from './schema-call.ts'
import { bare, dressed } from './syntax.ts'
import { methodCall } from './zod-names.ts'

/** Reads `env.get('PORT').required().asPortNumber()` of env-var; returns no fields for a name computed at run time. */
export const readEnvVar: SchemaReader = (call, { modules }) => {
  if (!isGet(call, modules)) return isFrom(call, modules) ? ownerOf(call) : undefined
  const name = textOf(call.arguments[0], modules)
  if (name === undefined)
    return call.arguments.length === 0 ? undefined : { fields: undefined, isDynamic: true }
  return { fields: new Map([[name, { field: chained(call, modules), node: statementOf(call) }]]) }
}

const isGet = (call: ts.CallExpression, modules: Modules): boolean => {
  if (isOfPackage(call.expression, 'get', modules)) return true
  const method = methodCall(call)
  if (method?.method !== 'get') return false
  const owner = modules.resolved(method.object)
  return ts.isCallExpression(owner) && isFrom(owner, modules)
}

const isFrom = (call: ts.CallExpression, modules: Modules): boolean =>
  isOfPackage(call.expression, 'from', modules)

const isOfPackage = (callee: ts.Expression, name: string, modules: Modules): boolean => {
  const found = modules.foreignOf(callee)
  return found?.module === 'env-var' && found.path.at(-1) === name
}

/** `from(process.env)` accounts for the environment without reading any variable. */
const ownerOf = (call: ts.CallExpression) => {
  const [environment] = call.arguments
  return { fields: new Map(), ...(environment === undefined ? {} : { environment }) }
}

/** Reads the methods chained after `get`, in any order. */
const chained = (get: ts.CallExpression, modules: Modules): Field => {
  let field: Field = { required: false, hasDefault: false }
  for (let node = dressed(get); ; ) {
    const access = node.parent
    const call = access.parent
    if (!ts.isPropertyAccessExpression(access) || !ts.isCallExpression(call)) break
    if (bare(call.expression) !== access) break
    field = after(field, access.name.text, call.arguments, modules)
    node = dressed(call)
  }
  return field
}

const after = (
  field: Field,
  method: string,
  args: readonly ts.Expression[],
  modules: Modules,
): Field => {
  const [first] = args
  if (method === 'default') return { ...field, hasDefault: true }
  if (method === 'required')
    return {
      ...field,
      required: first === undefined || literalOf(first, modules)?.value === true,
    }
  const type = method === 'asEnum' ? typeOfLiterals(literalsOf(first, modules)) : kindOf(method)
  return type === undefined ? field : { ...field, type }
}

const kindOf = (method: string): ValueType | undefined => {
  if (/^as(Int|Float)(Positive|Negative)?$|^asPortNumber$/.test(method)) return { kind: 'number' }
  if (/^asBool(Strict)?$/.test(method)) return { kind: 'boolean' }
  return /^as(String|Url\w+|Email\w*|Json\w*|Array|Set|RegExp)$/.test(method)
    ? { kind: 'string' }
    : undefined
}

/** The property or constant that the call initializes, whose comments describe the variable. */
const statementOf = (call: ts.CallExpression): ts.Node =>
  ts.findAncestor(
    call,
    (node) =>
      ts.isPropertyAssignment(node) ||
      ts.isVariableStatement(node) ||
      ts.isPropertyDeclaration(node),
  ) ?? call
