import { ts } from 'ts-morph'
import type { Modules } from './modules.ts'
import { bare } from './syntax.ts'

/**
 * Returns the path in zod of a called function: `['object']`, `['coerce', 'number']`.
 * An export named `z` of any package counts as zod: znv, astro and in-house packages re-export it.
 */
export const zodName = (callee: ts.Expression, modules: Modules): readonly string[] | undefined => {
  const found = modules.foreignOf(callee)
  if (found === undefined) return undefined
  const [first, ...rest] = found.path
  if (first === 'z') return rest
  if (!/^zod($|[/-])|^@zod\//.test(found.module)) return undefined
  return first === 'default' || first === 'zod' ? withoutZ(rest) : found.path
}

/** `zod.z.object` of a default import or a `require` is `z.object`. */
const withoutZ = (path: readonly string[]): readonly string[] =>
  path[0] === 'z' ? path.slice(1) : path

/** Returns object, method and arguments of `object.method(…)`; `undefined` for other expressions. */
export const methodCall = (
  expression: ts.Expression,
):
  | {
      readonly object: ts.Expression
      readonly method: string
      readonly args: readonly ts.Expression[]
    }
  | undefined => {
  const node = bare(expression)
  if (!ts.isCallExpression(node)) return undefined
  const callee = bare(node.expression)
  return ts.isPropertyAccessExpression(callee)
    ? { object: callee.expression, method: callee.name.text, args: node.arguments }
    : undefined
}

/** Returns the expression that a function returns: the schema of `z.lazy`. */
export const returnedBy = (expression: ts.Expression | undefined): ts.Expression | undefined => {
  const node = expression === undefined ? undefined : bare(expression)
  if (node === undefined || !(ts.isArrowFunction(node) || ts.isFunctionExpression(node)))
    return undefined
  if (!ts.isBlock(node.body)) return node.body
  const last = node.body.statements.at(-1)
  return last !== undefined && ts.isReturnStatement(last) ? last.expression : undefined
}
