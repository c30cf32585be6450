import { relative, sep } from 'node:path'
import { ts } from 'ts-morph'
import type { EnvUse } from '../../model/env-key.ts'
import { dynamicNames, type Reading, type Trouble } from '../reading.ts'
import { createEnvObjects, isAnnotated } from './env-object.ts'
import { destructured, type EnvRead, readsOf } from './env-reads.ts'
import { readEnvVar } from './env-var.ts'
import { readEnvalid } from './envalid.ts'
import { usesOf } from './field.ts'
import { textOf } from './literals.ts'
import { createModules } from './modules.ts'
import type { Kit, SchemaReader } from './schema-call.ts'
import { bare, nameOf, textsIn } from './syntax.ts'
import { readT3Env } from './t3-env.ts'
import { readZnv } from './znv.ts'
import { readZodParse } from './zod-parse.ts'

/** Schema readers, each with a pattern for the files it applies to: looking up names is slow. */
const schemaReaders: readonly (readonly [mark: RegExp, reader: SchemaReader])[] = [
  [/\bcreateEnv\b/, readT3Env],
  [/\b(?:cleanEnv|customCleanEnv)\b/, readEnvalid],
  [/\bparseEnv\b/, readZnv],
  [/['"]env-var['"]/, readEnvVar],
  [/parse(?:Async)?\b|\bspa\b/i, readZodParse],
]

/** Creates a reader for the JavaScript and TypeScript files of one folder; it also follows relative imports. */
export const createScriptReader = (folder: string): ((path: string, text: string) => Reading) => {
  const modules = createModules()
  const { isEnv, isProcess, learn } = createEnvObjects(modules)
  const kit: Kit = { modules, isEnv }
  const fileName = (file: ts.SourceFile) => relative(folder, file.fileName).split(sep).join('/')

  return (path, text) => {
    const uses: EnvUse[] = []
    const troubles: Trouble[] = []
    const dynamicIn = new Set<ts.SourceFile>()
    const accounted = new Set<ts.Node>()
    const readers = schemaReaders.filter(([mark]) => mark.test(text)).map(([, reader]) => reader)

    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node)) call(node)
      if (ts.isObjectBindingPattern(node)) pattern(node)
      if (ts.isExpression(node) && bare(node) === node && isEnv(node) && !accounted.has(node))
        read(readsOf(node, kit), node)
      ts.forEachChild(node, visit)
    }

    const call = (node: ts.CallExpression): void => {
      for (const reader of readers) {
        const found = reader(node, kit)
        if (found === undefined) continue
        if (found.environment !== undefined) accounted.add(bare(found.environment))
        if (found.fields !== undefined) uses.push(...usesOf(found.fields, fileName))
        else if (found.isDynamic) dynamicIn.add(node.getSourceFile())
        else troubles.push(unread(node, fileName(node.getSourceFile())))
        return
      }
      const isOfDeno = /^Deno\.env\.(get|has)$/.test(node.expression.getText())
      if (!isOfDeno) return
      const name = textOf(node.arguments[0], modules)
      read(
        name === undefined ? { isDynamic: true } : { names: [{ name, hasDefault: false }] },
        node,
      )
    }

    /** Patterns without an initializer that is the environment: of a parameter, or nested in one of `process`. */
    const pattern = (node: ts.ObjectBindingPattern): void => {
      const { parent } = node
      if (ts.isParameter(parent) && isAnnotated(parent)) read(destructured(node), node)
      if (!ts.isBindingElement(parent)) return
      const owner = parent.parent.parent
      if (
        nameOf(parent.propertyName) === 'env' &&
        ts.isVariableDeclaration(owner) &&
        owner.initializer !== undefined &&
        isProcess(owner.initializer)
      )
        read(destructured(node), node)
    }

    const read = ({ names = [], isDynamic, passed }: EnvRead, node: ts.Node): void => {
      const file = node.getSourceFile()
      for (const { name, hasDefault } of names)
        uses.push({
          name,
          origin: 'use',
          file: fileName(file),
          ...(hasDefault ? { hasDefault } : {}),
        })
      if (isDynamic) dynamicIn.add(file)
      if (passed !== undefined) follow(passed.call, passed.index)
    }

    /** Reads the function that the environment is passed to, if its source is available. */
    const follow = (node: ts.CallExpression | ts.NewExpression, index: number): void => {
      const callable = callableOf(node)
      const parameter = callable?.parameters[index]
      if (callable === undefined || parameter === undefined) {
        troubles.push(passedOn(node, fileName(node.getSourceFile())))
        return
      }
      if (!learn(parameter)) return
      read(destructured(parameter.name), parameter)
      if (callable.body !== undefined) visit(callable.body)
    }

    const callableOf = (node: ts.CallExpression | ts.NewExpression) => {
      const callee = modules.resolved(node.expression)
      if (ts.isArrowFunction(callee) || ts.isFunctionExpression(callee)) return callee
      if (!ts.isIdentifier(callee)) return undefined
      const meaning = modules.meaningOf(callee)
      if (meaning?.kind !== 'declared') return undefined
      if (ts.isFunctionDeclaration(meaning.node)) return meaning.node
      return ts.isClassDeclaration(meaning.node)
        ? meaning.node.members.find(ts.isConstructorDeclaration)
        : undefined
    }

    const file = modules.parse(`${folder}/${path}`, text)
    visit(file)
    if (hasSyntaxErrors(file)) troubles.push({ file: path, message: syntaxErrors })
    for (const source of dynamicIn) troubles.push(dynamicNames(fileName(source), textsIn(source)))
    return { uses, troubles }
  }
}

const syntaxErrors = 'has syntax errors, so environment variables may be missing'

/** `parseDiagnostics` is missing in the types of TypeScript. */
const hasSyntaxErrors = (file: ts.SourceFile): boolean =>
  ((file as { parseDiagnostics?: readonly unknown[] }).parseDiagnostics ?? []).length > 0

const unread = (call: ts.CallExpression, file: string): Trouble => ({
  file,
  message: `validates the environment with ${calleeOf(call)}, whose schema could not be read`,
})

const passedOn = (call: ts.CallExpression | ts.NewExpression, file: string): Trouble => ({
  file,
  message: `passes all environment variables to ${calleeOf(call)}, whose source was not read`,
})

/** `schema.parse`, without arguments, which can be long and contain secrets. */
const calleeOf = (call: ts.CallExpression | ts.NewExpression): string => {
  const names: string[] = []
  for (let node: ts.Node = call.expression; ; ) {
    if (ts.isPropertyAccessExpression(node)) {
      names.unshift(node.name.text)
      node = node.expression
    } else if (ts.isCallExpression(node) || ts.isParenthesizedExpression(node))
      node = node.expression
    else {
      if (ts.isIdentifier(node) || node.kind === ts.SyntaxKind.ThisKeyword)
        names.unshift(node.getText())
      return names.length === 0 ? 'a function' : names.join('.')
    }
  }
}
