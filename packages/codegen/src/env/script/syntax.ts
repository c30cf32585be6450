import { ts } from 'ts-morph'

/** What is left of an expression without brackets and without what only the type checker reads. */
export const bare = (node: ts.Expression): ts.Expression =>
  ts.isParenthesizedExpression(node) ||
  ts.isAsExpression(node) ||
  ts.isSatisfiesExpression(node) ||
  ts.isNonNullExpression(node) ||
  ts.isTypeAssertionExpression(node) ||
  ts.isAwaitExpression(node)
    ? bare(node.expression)
    : node

/** The way back: the outermost node that is the same value. */
export const dressed = (node: ts.Expression): ts.Expression => {
  const { parent } = node
  return parent !== undefined && ts.isExpression(parent) && bare(parent) === bare(node)
    ? dressed(parent)
    : node
}

/** Name of a property, a binding or an import; `undefined` when it is computed. */
export const nameOf = (node: ts.Node | undefined): string | undefined => {
  if (node === undefined) return undefined
  if (ts.isIdentifier(node) || ts.isStringLiteralLike(node) || ts.isNumericLiteral(node))
    return node.text
  return ts.isComputedPropertyName(node) && ts.isStringLiteralLike(node.expression)
    ? node.expression.text
    : undefined
}

/** Whether an identifier stands for a value here, and does not name a declaration, a property or a label. */
export const isReference = (node: ts.Identifier): boolean => {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  if (ts.isBindingElement(parent) || ts.isVariableDeclaration(parent) || ts.isParameter(parent))
    return parent.initializer === node
  if (ts.isShorthandPropertyAssignment(parent) || ts.isExportAssignment(parent)) return true
  return ts.isExpression(parent) || ts.isStatement(parent) || ts.isSpreadAssignment(parent)
}

export const isCallOf = (node: ts.Node, name: string): node is ts.CallExpression =>
  ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === name

/** Every literal and property name of a file. */
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
