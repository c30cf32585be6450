import { ts } from 'ts-morph'
import type { EnvUse } from '../../model/env-key.ts'
import { textOf } from './literals.ts'
import type { Kit } from './schema-call.ts'
import { bare, dressed, nameOf } from './syntax.ts'

/** What one expression does with the environment. */
export interface EnvRead {
  /** Variables that it reads. */
  readonly names?: readonly Named[]
  /** Whether it also reads names that are only known at run time. */
  readonly isDynamic?: true
  /** The call that the environment is passed to, with the index of the argument. */
  readonly passed?: {
    readonly call: ts.CallExpression | ts.NewExpression
    readonly index: number
  }
}

/**
 * Returns what an expression does with the environment.
 *
 * @param environment an expression for which `isEnv` is true.
 */
export const readsOf = (environment: ts.Expression, kit: Kit): EnvRead => {
  const node = dressed(environment)
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return accessed(parent, parent.name.text, kit)
  if (ts.isElementAccessExpression(parent) && parent.expression === node) {
    const name = textOf(parent.argumentExpression, kit.modules)
    return name === undefined ? dynamic : accessed(parent, name, kit)
  }
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) return destructured(parent.name)
  if (ts.isBinaryExpression(parent)) return inBinary(parent, node, kit)
  if (ts.isForInStatement(parent) || ts.isForOfStatement(parent)) return dynamic
  return ts.isCallExpression(parent) || ts.isNewExpression(parent)
    ? asArgument(parent, node, kit)
    : {}
}

/** Returns the names that a pattern destructures: `const { A, B: b = 'x', ...rest } = process.env`. */
export const destructured = (pattern: ts.BindingName): EnvRead => {
  if (!ts.isObjectBindingPattern(pattern)) return {}
  const isRest = (element: ts.BindingElement) => element.dotDotDotToken !== undefined
  const keys = pattern.elements
    .filter((element) => !isRest(element))
    .map((element) => ({
      name: nameOf(element.propertyName ?? element.name),
      hasDefault: element.initializer !== undefined,
    }))
  return {
    names: keys.flatMap(({ name, hasDefault }) =>
      name === undefined ? [] : [{ name, hasDefault }],
    ),
    ...(keys.some(({ name }) => name === undefined) || pattern.elements.some(isRest)
      ? dynamic
      : {}),
  }
}

type Named = Required<Pick<EnvUse, 'name' | 'hasDefault'>>

const dynamic: EnvRead = { isDynamic: true }

const named = (name: string, hasDefault = false): EnvRead => ({ names: [{ name, hasDefault }] })

/** Constants of Vite, not environment variables. */
const viteConstants = /^(MODE|DEV|PROD|SSR|BASE_URL)$/

const accessed = (
  access: ts.PropertyAccessExpression | ts.ElementAccessExpression,
  name: string,
  kit: Kit,
): EnvRead => {
  if (viteConstants.test(name) && access.expression.getText().startsWith('import.meta')) return {}
  const node = dressed(access)
  const { parent } = node
  if (name in Object.prototype) {
    const asked = ts.isCallExpression(parent) ? textOf(parent.arguments[0], kit.modules) : undefined
    return name === 'hasOwnProperty' && asked !== undefined ? named(asked) : {}
  }
  if (ts.isDeleteExpression(parent)) return {}
  if (!ts.isBinaryExpression(parent) || parent.left !== node) return named(name)
  const operator = parent.operatorToken.getText()
  if (operator === '=') return {}
  const isFallback = /^(\?\?|\|\|)$/.test(operator) && isConstant(parent.right)
  return named(name, isFallback || /^(\?\?|\|\|)=$/.test(operator))
}

const isConstant = (expression: ts.Expression): boolean => {
  const node = bare(expression)
  return (
    ts.isLiteralExpression(node) ||
    ts.isTemplateExpression(node) ||
    ts.isPrefixUnaryExpression(node) ||
    node.kind === ts.SyntaxKind.TrueKeyword ||
    node.kind === ts.SyntaxKind.FalseKeyword
  )
}

const inBinary = (parent: ts.BinaryExpression, node: ts.Node, kit: Kit): EnvRead => {
  if (parent.right !== node) return {}
  if (parent.operatorToken.kind === ts.SyntaxKind.InKeyword) {
    const name = textOf(parent.left, kit.modules)
    return name === undefined ? dynamic : named(name)
  }
  // `({ A } = process.env)`
  const target = bare(parent.left)
  if (
    parent.operatorToken.kind !== ts.SyntaxKind.EqualsToken ||
    !ts.isObjectLiteralExpression(target)
  )
    return {}
  const names = target.properties.flatMap((property) => nameOf(property.name) ?? [])
  return {
    names: names.map((name) => ({ name, hasDefault: false })),
    ...(names.length < target.properties.length ? dynamic : {}),
  }
}

const asArgument = (
  call: ts.CallExpression | ts.NewExpression,
  node: ts.Expression,
  kit: Kit,
): EnvRead => {
  const callee = call.expression.getText()
  const index = call.arguments?.indexOf(node) ?? -1
  if (index < 0 || harmless.test(callee)) return {}
  if (/^(Object|Reflect)\.(hasOwn|has)$|\bhasOwnProperty\.call$/.test(callee)) {
    const name = textOf(call.arguments?.[index + 1], kit.modules)
    return name === undefined ? dynamic : named(name)
  }
  return /^(Object\.(keys|values|entries|getOwnPropertyNames)|Reflect\.ownKeys)$/.test(callee)
    ? dynamic
    : { passed: { call, index } }
}

/** Functions that only copy or print the environment, or convert it. */
const harmless =
  /^(Object\.(assign|freeze|fromEntries)|structuredClone|JSON\.stringify|console\.\w+|Boolean|String|expect)$/
