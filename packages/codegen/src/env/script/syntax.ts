import { ts } from 'ts-morph'

/** Returns an expression without parentheses, type assertions and `await`. */
export const bare = (node: ts.Expression): ts.Expression =>
  ts.isParenthesizedExpression(node) ||
  ts.isAsExpression(node) ||
  ts.isSatisfiesExpression(node) ||
  ts.isNonNullExpression(node) ||
  ts.isTypeAssertionExpression(node) ||
  ts.isAwaitExpression(node)
    ? bare(node.expression)
    : node

/** Returns the outermost node with the same value; the inverse of {@link bare}. */
export const dressed = (node: ts.Expression): ts.Expression => {
  const { parent } = node
  return parent !== undefined && ts.isExpression(parent) && bare(parent) === bare(node)
    ? dressed(parent)
    : node
}

/** Returns the name of a property, binding or import; `undefined` if it is computed. */
export const nameOf = (node: ts.Node | undefined): string | undefined => {
  if (node === undefined) return undefined
  if (ts.isIdentifier(node) || ts.isStringLiteralLike(node) || ts.isNumericLiteral(node))
    return node.text
  return ts.isComputedPropertyName(node) && ts.isStringLiteralLike(node.expression)
    ? node.expression.text
    : undefined
}

/** Returns whether an identifier is a value here, rather than the name of a declaration, property or label. */
export const isReference = (node: ts.Identifier): boolean => {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  if (ts.isBindingElement(parent) || ts.isVariableDeclaration(parent) || ts.isParameter(parent))
    return parent.initializer === node
  if (ts.isShorthandPropertyAssignment(parent) || ts.isExportAssignment(parent)) return true
  return ts.isExpression(parent) || ts.isStatement(parent) || ts.isSpreadAssignment(parent)
}

/** Returns whether a node calls the named function. */
export const isCallOf = (node: ts.Node, name: string): node is ts.CallExpression =>
  ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === name

/** Returns all string literals and property names of a file. */
export const textsIn = (file: ts.SourceFile): readonly string[] => {
  const texts: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text)
    else if (ts.isIdentifier(node) && !isReference(node)) texts.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return texts
}
