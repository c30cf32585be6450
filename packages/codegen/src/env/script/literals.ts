import { ts } from 'ts-morph'
import { type Modules, propertyOf } from './modules.ts'
import { bare } from './syntax.ts'

/** The value of a literal. */
export type Literal = string | number | boolean | null | undefined

/** Returns the value of a literal, or of a constant with one; `undefined` for anything else. */
export const literalOf = (
  expression: ts.Expression | undefined,
  modules: Modules,
): { readonly value: Literal } | undefined => {
  if (expression === undefined) return undefined
  const node = modules.resolved(expression)
  if (ts.isStringLiteralLike(node)) return { value: node.text }
  if (ts.isNumericLiteral(node)) return { value: Number(node.text) }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken)
    return ts.isNumericLiteral(node.operand) ? { value: -Number(node.operand.text) } : undefined
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { value: true }
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { value: false }
  if (node.kind === ts.SyntaxKind.NullKeyword) return { value: null }
  return ts.isIdentifier(node) && node.text === 'undefined' ? { value: undefined } : undefined
}

/** Returns the value of a string literal; `undefined` for anything else. */
export const textOf = (
  expression: ts.Expression | undefined,
  modules: Modules,
): string | undefined => {
  const value = literalOf(expression, modules)?.value
  return typeof value === 'string' ? value : undefined
}

/** Returns the elements of an array of literals, including spread arrays; `undefined` for anything else. */
export const literalsOf = (
  expression: ts.Expression | undefined,
  modules: Modules,
): readonly Literal[] | undefined => {
  if (expression === undefined) return undefined
  const node = modules.resolved(expression)
  if (!ts.isArrayLiteralExpression(node)) return undefined
  const found: Literal[] = []
  for (const element of node.elements) {
    const parts = ts.isSpreadElement(element)
      ? literalsOf(element.expression, modules)
      : wrap(literalOf(element, modules))
    if (parts === undefined) return undefined
    found.push(...parts)
  }
  return found
}

/** Returns an object literal, directly or by name; `undefined` for anything else. */
export const objectOf = (
  expression: ts.Expression | undefined,
  modules: Modules,
): ts.ObjectLiteralExpression | undefined => {
  const node = expression === undefined ? undefined : modules.resolved(expression)
  if (node === undefined) return undefined
  if (ts.isObjectLiteralExpression(node)) return node
  // `Object.freeze({ … })`
  const inner = ts.isCallExpression(node) ? node.arguments[0] : undefined
  return inner !== undefined && /^Object\.freeze\b/.test(node.getText())
    ? objectOf(bare(inner), modules)
    : undefined
}

/** Returns the value of a key of an object literal; `undefined` if it has none. */
export const optionOf = (
  object: ts.Expression | undefined,
  name: string,
  modules: Modules,
): ts.Expression | undefined => {
  const literal = objectOf(object, modules)
  return literal === undefined ? undefined : propertyOf(literal, name)
}

const wrap = (literal: { readonly value: Literal } | undefined): readonly Literal[] | undefined =>
  literal && [literal.value]
