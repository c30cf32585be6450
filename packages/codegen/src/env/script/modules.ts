import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ts } from 'ts-morph'
import { createScopes, type Declaration } from './scope.ts'
import { bare, isCallOf, nameOf } from './syntax.ts'

/** What a name refers to, followed through relative imports. */
export type Meaning =
  | { readonly kind: 'value'; readonly node: ts.Expression }
  | { readonly kind: 'declared'; readonly node: Declaration }
  /** A whole file: `import * as schemas from './schemas.ts'`. */
  | { readonly kind: 'file'; readonly file: ts.SourceFile }
  /** From a package: `import { z } from 'zod'` is `['z']`; a namespace or a `require` is `[]`. */
  | { readonly kind: 'foreign'; readonly module: string; readonly path: readonly string[] }

/** The files of a program, and lookups in them. */
export interface Modules {
  /** Parses a file, or returns it if it was parsed before. */
  readonly parse: (path: string, text: string) => ts.SourceFile
  /** Returns the declaration of a name in its file. */
  readonly declarationOf: (identifier: ts.Identifier) => Declaration | undefined
  /** Returns what a name refers to, across files. */
  readonly meaningOf: (identifier: ts.Identifier) => Meaning | undefined
  /** Returns the expression after looking up names and properties of constant objects. */
  readonly resolved: (expression: ts.Expression) => ts.Expression
  /** Returns the package and the path in it of an expression such as `z.coerce.number`. */
  readonly foreignOf: (
    expression: ts.Expression,
  ) => { readonly module: string; readonly path: readonly string[] } | undefined
}

/** Creates lookups without a type checker; parses each file once. Paths are absolute. */
export const createModules = (): Modules => {
  const files = new Map<string, ts.SourceFile>()
  const { namesIn, declarationOf } = createScopes()

  const parse = (path: string, text: string): ts.SourceFile => {
    const file = files.get(path) ?? ts.createSourceFile(path, text, parseOptions, true)
    files.set(path, file)
    return file
  }

  const meaningOf = (identifier: ts.Identifier, depth = 0): Meaning | undefined => {
    const declaration = declarationOf(identifier)
    return declaration === undefined ? undefined : meaningOfDeclaration(declaration, depth)
  }

  const meaningOfDeclaration = (node: Declaration, depth: number): Meaning | undefined => {
    if (depth > deepest) return undefined
    if (ts.isImportSpecifier(node))
      return imported(node, nameOf(node.propertyName ?? node.name) ?? '', depth)
    if (ts.isImportClause(node)) return imported(node, 'default', depth)
    if (ts.isNamespaceImport(node)) return imported(node, undefined, depth)
    if (ts.isVariableDeclaration(node) && node.initializer !== undefined) {
      const specifier = requiredBy(node.initializer)
      if (specifier !== undefined) return exported(node, specifier, undefined, depth)
      if (ts.isIdentifier(node.name)) return { kind: 'value', node: bare(node.initializer) }
    }
    if (ts.isBindingElement(node)) {
      const owner = node.parent.parent
      const specifier =
        ts.isVariableDeclaration(owner) && owner.initializer !== undefined
          ? requiredBy(owner.initializer)
          : undefined
      if (specifier !== undefined)
        return exported(node, specifier, nameOf(node.propertyName ?? node.name), depth)
    }
    return { kind: 'declared', node }
  }

  const imported = (node: ts.Node, name: string | undefined, depth: number) => {
    const declaration = ts.findAncestor(node, ts.isImportDeclaration)
    const specifier = nameOf(declaration?.moduleSpecifier)
    return specifier === undefined ? undefined : exported(node, specifier, name, depth)
  }

  /** @param name `undefined` for the whole module. */
  const exported = (
    from: ts.Node,
    specifier: string,
    name: string | undefined,
    depth: number,
  ): Meaning | undefined => {
    if (!specifier.startsWith('.'))
      return { kind: 'foreign', module: specifier, path: name === undefined ? [] : [name] }
    const path = fileOf(dirname(from.getSourceFile().fileName), specifier)
    if (path === undefined || depth > deepest) return undefined
    const file = files.get(path) ?? parse(path, readFileSync(path, 'utf8'))
    return name === undefined ? { kind: 'file', file } : exportOf(file, name, depth + 1)
  }

  const exportOf = (file: ts.SourceFile, name: string, depth: number): Meaning | undefined => {
    for (const node of file.statements) {
      if (ts.isExportAssignment(node) && name === 'default')
        return ofExpression(node.expression, depth)
      if (ts.isExportDeclaration(node)) {
        const specifier = nameOf(node.moduleSpecifier)
        if (node.exportClause === undefined) {
          const found = specifier?.startsWith('.')
            ? exported(node, specifier, name, depth)
            : undefined
          if (found !== undefined) return found
        } else if (ts.isNamedExports(node.exportClause)) {
          const element = node.exportClause.elements.find((one) => nameOf(one.name) === name)
          const local = element === undefined ? undefined : (element.propertyName ?? element.name)
          if (local === undefined) continue
          if (specifier !== undefined) return exported(node, specifier, nameOf(local), depth)
          return ts.isIdentifier(local) ? meaningOf(local, depth) : undefined
        } else if (nameOf(node.exportClause.name) === name && specifier !== undefined)
          return exported(node, specifier, undefined, depth)
      }
      const assigned = assignedExport(node, name)
      if (assigned !== undefined) return ofExpression(assigned, depth)
    }
    const declaration = namesIn(file).get(name)
    return declaration === undefined ? undefined : meaningOfDeclaration(declaration, depth)
  }

  const ofExpression = (expression: ts.Expression, depth: number): Meaning | undefined => {
    const node = bare(expression)
    return ts.isIdentifier(node) ? meaningOf(node, depth) : { kind: 'value', node }
  }

  const resolved = (expression: ts.Expression, depth = 0): ts.Expression => {
    const node = bare(expression)
    if (depth > deepest) return node
    if (ts.isIdentifier(node)) {
      const found = meaningOf(node)
      const meaning = found?.kind === 'file' ? exportOf(found.file, 'default', depth) : found
      return meaning?.kind === 'value' ? resolved(meaning.node, depth + 1) : node
    }
    if (ts.isPropertyAccessExpression(node)) {
      const inFile = exportAt(node)
      if (inFile !== undefined)
        return inFile.kind === 'value' ? resolved(inFile.node, depth + 1) : node
      const owner = resolved(node.expression, depth + 1)
      const value = ts.isObjectLiteralExpression(owner)
        ? propertyOf(owner, node.name.text)
        : undefined
      return value === undefined ? node : resolved(value, depth + 1)
    }
    return node
  }

  /** `schemas.env`, if `schemas` is another file. */
  const exportAt = (node: ts.PropertyAccessExpression): Meaning | undefined => {
    const owner = bare(node.expression)
    const meaning = ts.isIdentifier(owner) ? meaningOf(owner) : undefined
    return meaning?.kind === 'file' ? exportOf(meaning.file, node.name.text, 0) : undefined
  }

  const foreignOf: Modules['foreignOf'] = (expression) => {
    const node = bare(expression)
    if (ts.isPropertyAccessExpression(node)) {
      const inFile = exportAt(node)
      if (inFile?.kind === 'foreign') return inFile
      const owner = foreignOf(node.expression)
      return owner && { ...owner, path: [...owner.path, node.name.text] }
    }
    if (!ts.isIdentifier(node)) return undefined
    const meaning = meaningOf(node)
    if (meaning?.kind === 'foreign') return meaning
    // `const zod = z` and `const { object } = z` are too rare to follow.
    return meaning?.kind === 'value' && ts.isPropertyAccessExpression(meaning.node)
      ? foreignOf(meaning.node)
      : undefined
  }

  return { parse, declarationOf, meaningOf, resolved, foreignOf }
}

/** Returns the value of a property of an object literal; the last one wins, as at run time. */
export const propertyOf = (
  object: ts.ObjectLiteralExpression,
  name: string,
): ts.Expression | undefined => {
  const found = object.properties.findLast((property) => nameOf(property.name) === name)
  if (found === undefined) return undefined
  if (ts.isPropertyAssignment(found)) return found.initializer
  return ts.isShorthandPropertyAssignment(found) ? found.name : undefined
}

const deepest = 20

const parseOptions: ts.CreateSourceFileOptions = {
  languageVersion: ts.ScriptTarget.Latest,
  jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
}

const requiredBy = (expression: ts.Expression): string | undefined => {
  const node = bare(expression)
  return isCallOf(node, 'require') ? nameOf(node.arguments[0]) : undefined
}

/** `exports.name = …`, `module.exports = { name: … }`; the whole of `module.exports` is the default export. */
const assignedExport = (node: ts.Statement, name: string): ts.Expression | undefined => {
  if (!ts.isExpressionStatement(node) || !ts.isBinaryExpression(node.expression)) return undefined
  const { left, right, operatorToken } = node.expression
  if (operatorToken.kind !== ts.SyntaxKind.EqualsToken) return undefined
  const target = left.getText()
  if (target === `exports.${name}` || target === `module.exports.${name}`) return right
  if (target !== 'module.exports') return undefined
  if (name === 'default') return right
  const object = bare(right)
  return ts.isObjectLiteralExpression(object) ? propertyOf(object, name) : undefined
}

/** Resolves as a bundler does: `./env.js` can be `./env.ts`, and a folder has an `index`. */
const fileOf = (folder: string, specifier: string): string | undefined => {
  const base = join(folder, specifier)
  const stem = base.replace(/\.([cm]?)jsx?$/, '')
  const kind = /\.([cm]?)jsx?$/.exec(base)?.[1]
  const candidates = [
    ...(kind === undefined ? [] : [`${stem}.${kind}ts`, `${stem}.tsx`]),
    base,
    ...extensions.map((extension) => base + extension),
    ...extensions.map((extension) => join(base, `index${extension}`)),
  ]
  return candidates.find((path) => isScriptFile(path))
}

const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.jsx']

const isScriptFile = (path: string): boolean =>
  /\.[cm]?[jt]sx?$/.test(path) &&
  existsSync(path) &&
  statSync(path).isFile() &&
  statSync(path).size <= 1_000_000
