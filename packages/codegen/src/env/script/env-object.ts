import { ts } from 'ts-morph'
import type { Modules } from './modules.ts'
import { bare, isReference, nameOf } from './syntax.ts'

/** Recognizes expressions that are the environment. */
export interface EnvObjects {
  /** Returns whether an expression is the environment: `process.env`, an alias or a copy of it. */
  readonly isEnv: (expression: ts.Node) => boolean
  /** Returns whether an expression is the `process` of Node.js. */
  readonly isProcess: (expression: ts.Expression) => boolean
  /** Marks a parameter that receives the environment; returns false if it was marked before. */
  readonly learn: (parameter: ts.ParameterDeclaration) => boolean
}

/** Creates the recognizer for the given files. */
export const createEnvObjects = (modules: Modules): EnvObjects => {
  const learned = new Set<ts.Node>()
  // Ends the recursion of `const env = env`.
  const asked = new Set<ts.Node>()

  const isEnv = (candidate: ts.Node): boolean => {
    if (!ts.isExpression(candidate)) return false
    const node = bare(candidate)
    if (ts.isPropertyAccessExpression(node))
      return node.name.text === 'env' && isEnvOwner(node.expression)
    if (ts.isElementAccessExpression(node))
      return nameOf(node.argumentExpression) === 'env' && isProcess(node.expression)
    if (ts.isIdentifier(node)) return isReference(node) && once(node, () => isEnvName(node))
    if (ts.isBinaryExpression(node)) return isFallback(node.operatorToken.kind) && isEnv(node.left)
    if (ts.isObjectLiteralExpression(node))
      return node.properties.some((one) => ts.isSpreadAssignment(one) && isEnv(one.expression))
    return (
      ts.isCallExpression(node) &&
      /^(Object\.(assign|freeze)|structuredClone)$/.test(node.expression.getText()) &&
      node.arguments.some((argument) => isEnv(argument))
    )
  }

  const isEnvOwner = (owner: ts.Expression): boolean =>
    isProcess(owner) ||
    (ts.isMetaProperty(owner) && owner.keywordToken === ts.SyntaxKind.ImportKeyword) ||
    (ts.isIdentifier(owner) && owner.text === 'Bun' && modules.declarationOf(owner) === undefined)

  const isProcess = (expression: ts.Expression): boolean => {
    const node = bare(expression)
    if (ts.isPropertyAccessExpression(node))
      return node.name.text === 'process' && /^(globalThis|global)$/.test(node.expression.getText())
    if (!ts.isIdentifier(node) || isOfFile(node, /^process$/)) return false
    const meaning = modules.meaningOf(node)
    if (meaning === undefined) return node.text === 'process'
    if (meaning.kind === 'value')
      return ts.isPropertyAccessExpression(meaning.node) && isProcess(meaning.node)
    return (
      meaning.kind === 'foreign' &&
      isProcessModule(meaning.module) &&
      (meaning.path.length === 0 || meaning.path[0] === 'default')
    )
  }

  /** Follows relative imports only for names that match, to open few files. */
  const isOfFile = (identifier: ts.Identifier, relevant: RegExp): boolean => {
    const declaration = modules.declarationOf(identifier)
    const from = declaration && ts.findAncestor(declaration, ts.isImportDeclaration)
    return (
      from !== undefined &&
      nameOf(from.moduleSpecifier)?.startsWith('.') === true &&
      !relevant.test(identifier.text)
    )
  }

  const isEnvName = (identifier: ts.Identifier): boolean => {
    if (isOfFile(identifier, /env/i)) return false
    const meaning = modules.meaningOf(identifier)
    if (meaning?.kind === 'foreign')
      return isProcessModule(meaning.module) && meaning.path.join('.') === 'env'
    if (meaning?.kind === 'value') {
      const declaration = modules.declarationOf(identifier)
      return isEnv(meaning.node) || (declaration !== undefined && isAnnotated(declaration))
    }
    if (meaning?.kind !== 'declared') return false
    const { node } = meaning
    if (ts.isParameter(node))
      return (
        learned.has(node) ||
        isAnnotated(node) ||
        (node.initializer !== undefined && isEnv(node.initializer))
      )
    return ts.isBindingElement(node) && isBoundEnv(node)
  }

  /** `const { env } = process`, `const { A, ...rest } = process.env`. */
  const isBoundEnv = (node: ts.BindingElement): boolean => {
    const owner = node.parent.parent
    if (!ts.isVariableDeclaration(owner) && !ts.isParameter(owner)) return false
    if (node.dotDotDotToken !== undefined)
      return (
        learned.has(owner) ||
        isAnnotated(owner) ||
        (owner.initializer !== undefined && isEnv(owner.initializer))
      )
    return (
      owner.initializer !== undefined &&
      nameOf(node.propertyName ?? node.name) === 'env' &&
      isProcess(owner.initializer)
    )
  }

  const once = (node: ts.Node, answer: () => boolean): boolean => {
    if (asked.has(node)) return false
    asked.add(node)
    try {
      return answer()
    } finally {
      asked.delete(node)
    }
  }

  const learn = (parameter: ts.ParameterDeclaration): boolean => {
    const isNew = !learned.has(parameter) && !isAnnotated(parameter)
    learned.add(parameter)
    return isNew
  }

  return { isEnv, isProcess, learn }
}

/** Returns whether a declaration has the type `NodeJS.ProcessEnv`; such values count as the environment. */
export const isAnnotated = (node: ts.Node): boolean =>
  (ts.isParameter(node) || ts.isVariableDeclaration(node)) &&
  node.type !== undefined &&
  /^(Readonly<|Partial<)?(NodeJS\.)?ProcessEnv\b/.test(node.type.getText())

const isProcessModule = (name: string): boolean => name === 'process' || name === 'node:process'

const isFallback = (kind: ts.SyntaxKind): boolean =>
  kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.BarBarToken
