import { ts } from 'ts-morph'

/** A node that declares a name. */
export type Declaration =
  | ts.VariableDeclaration
  | ts.BindingElement
  | ts.ParameterDeclaration
  | ts.FunctionDeclaration
  | ts.ClassDeclaration
  | ts.EnumDeclaration
  | ts.ImportClause
  | ts.NamespaceImport
  | ts.ImportSpecifier
  | ts.ImportEqualsDeclaration

/** The declarations of one scope, by name. */
export type Names = ReadonlyMap<string, Declaration>

/**
 * Finds declarations by name, from the innermost scope outwards. A type checker would take seconds.
 * `var` is treated as block-scoped.
 */
export const createScopes = (): {
  readonly namesIn: (scope: ts.Node) => Names
  readonly declarationOf: (identifier: ts.Identifier) => Declaration | undefined
} => {
  const known = new WeakMap<ts.Node, Names>()

  const namesIn = (scope: ts.Node): Names => {
    const names = known.get(scope) ?? collect(scope)
    known.set(scope, names)
    return names
  }

  const declarationOf = (identifier: ts.Identifier): Declaration | undefined => {
    for (let scope: ts.Node = identifier.parent; scope !== undefined; scope = scope.parent) {
      const found = isScope(scope) ? namesIn(scope).get(identifier.text) : undefined
      if (found !== undefined) return found
    }
    return undefined
  }

  return { namesIn, declarationOf }
}

const isScope = (node: ts.Node): boolean =>
  ts.isSourceFile(node) ||
  ts.isBlock(node) ||
  ts.isModuleBlock(node) ||
  ts.isCaseBlock(node) ||
  ts.isFunctionLike(node) ||
  ts.isForStatement(node) ||
  ts.isForInStatement(node) ||
  ts.isForOfStatement(node)

const collect = (scope: ts.Node): Names => {
  const names = new Map<string, Declaration>()
  const bind = (name: ts.BindingName, declaration: Declaration): void => {
    if (ts.isIdentifier(name)) names.set(name.text, declaration)
    else
      for (const element of name.elements)
        if (ts.isBindingElement(element)) bind(element.name, element)
  }
  const list = (declarations: ts.VariableDeclarationList): void => {
    for (const declaration of declarations.declarations) bind(declaration.name, declaration)
  }
  const statement = (node: ts.Node): void => {
    if (ts.isVariableStatement(node)) list(node.declarationList)
    else if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) {
      if (node.name !== undefined) names.set(node.name.text, node)
    } else if (ts.isEnumDeclaration(node) || ts.isImportEqualsDeclaration(node))
      names.set(node.name.text, node)
    else if (ts.isImportDeclaration(node)) importClause(node.importClause)
  }
  const importClause = (clause: ts.ImportClause | undefined): void => {
    if (clause?.name !== undefined) names.set(clause.name.text, clause)
    const bindings = clause?.namedBindings
    if (bindings === undefined) return
    if (ts.isNamespaceImport(bindings)) names.set(bindings.name.text, bindings)
    else for (const element of bindings.elements) names.set(element.name.text, element)
  }
  if (ts.isFunctionLike(scope))
    for (const parameter of scope.parameters) {
      if (ts.isParameter(parameter)) bind(parameter.name, parameter)
    }
  else if (ts.isForStatement(scope) || ts.isForInStatement(scope) || ts.isForOfStatement(scope)) {
    if (scope.initializer !== undefined && ts.isVariableDeclarationList(scope.initializer))
      list(scope.initializer)
  } else if (ts.isCaseBlock(scope))
    for (const clause of scope.clauses) clause.statements.forEach(statement)
  else ts.forEachChild(scope, statement)
  return names
}
