import ts from 'typescript-6'
import type { Doors } from '../doors.ts'
import { docOf, oneLine, plain } from './docstring.ts'
import type { Section } from './pages.ts'
import { pages } from './pages.ts'

/** Renders the names of doors as Markdown, each name once. */
export interface Renderer {
  section(section: Section): string
  /** Names that a door exports and no page shows. */
  leftOut(): string[]
}

/** A member of a type as a reader sees it, by its name. */
type Members = Map<string, string>

/** Creates a renderer; sections must be rendered in the order of {@link pages}. */
export const createRenderer = ({ doors, checker, exportsOf, target, isOurs }: Doors): Renderer => {
  const exported = new Map(
    [...doors.values()].flatMap((file) =>
      exportsOf(file).map((symbol) => [symbol, symbol.name] as const),
    ),
  )
  const claimed = new Set(
    pages.flatMap((page) =>
      page.sections.flatMap(({ door, names = [] }) => names.map((name) => `${door} ${name}`)),
    ),
  )
  const shown = new Set<ts.Symbol>()
  /** Types that members use, that no door exports, and that still need an entry. */
  const used = new Set<ts.Symbol>()

  const namesOf = (door: string): ReadonlyMap<string, ts.Symbol> => {
    const file = doors.get(door)
    if (file === undefined) throw new Error(`no package has the door ${door}`)
    return new Map(exportsOf(file).map((symbol) => [symbol.name, symbol]))
  }

  const entry = (symbol: ts.Symbol): string => {
    const parts = [`### \`${symbol.name}\``]
    const { text, tags } = docOf(symbol, checker)
    if (text !== '') parts.push(text)
    const members = new Map<string, string>()
    const bases = new Set<string>()
    for (const declaration of symbol.declarations ?? [])
      collect(declaration, members, bases, new Set([symbol]))
    for (const declaration of distinct(symbol)) {
      // The members say more than the type that they come from.
      if (members.size > 0 && ts.isTypeAliasDeclaration(declaration)) continue
      const signature = signatureOf(declaration, symbol.name)
      if (signature !== undefined) parts.push(`\`\`\`ts\n${signature}\n\`\`\``)
    }
    if (tags.length > 0) parts.push(tags.join('\n'))
    if (bases.size > 0)
      parts.push(`Also has everything of ${[...bases].map((base) => `\`${base}\``).join(', ')}.`)
    if (members.size > 0) parts.push([...members.values()].join('\n'))
    return parts.join('\n\n')
  }

  /** Adds the members of a type, and of types that it is composed of and that no door exports. */
  const collect = (
    node: ts.Node,
    members: Members,
    bases: Set<string>,
    seen: Set<ts.Symbol>,
  ): void => {
    if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) {
      for (const { types } of node.heritageClauses ?? [])
        for (const type of types) refer(type.expression, type.typeArguments, members, bases, seen)
      add(node.members, members)
    } else if (ts.isTypeAliasDeclaration(node)) collect(node.type, members, bases, seen)
    else if (ts.isTypeLiteralNode(node)) add(node.members, members)
    else if (ts.isIntersectionTypeNode(node))
      for (const part of node.types) collect(part, members, bases, seen)
    else if (ts.isParenthesizedTypeNode(node)) collect(node.type, members, bases, seen)
    else if (ts.isTypeReferenceNode(node))
      refer(node.typeName, node.typeArguments, members, bases, seen)
  }

  const refer = (
    of: ts.Node,
    args: readonly ts.TypeNode[] | undefined,
    members: Members,
    bases: Set<string>,
    seen: Set<ts.Symbol>,
  ): void => {
    const found = checker.getSymbolAtLocation(of)
    const symbol = found && target(found)
    // `Omit<…>`, `Partial<…>` and their like.
    if (symbol === undefined || !isOurs(symbol)) {
      for (const arg of args ?? [])
        if (ts.isTypeReferenceNode(arg)) collect(arg, members, bases, seen)
      return
    }
    if (exported.has(symbol)) return void bases.add(symbol.name)
    if (seen.has(symbol)) return
    seen.add(symbol)
    for (const declaration of symbol.declarations ?? []) collect(declaration, members, bases, seen)
  }

  const add = (nodes: readonly (ts.ClassElement | ts.TypeElement)[], members: Members): void => {
    for (const node of nodes) {
      const symbol = (node as ts.Node as { symbol?: ts.Symbol }).symbol
      if (symbol === undefined || isHidden(node)) continue
      const key = node.name?.getText() ?? 'constructor'
      const { text, tags } = docOf(symbol, checker)
      use(node)
      // Overloads after the first one carry their own docstring.
      if (members.has(key)) continue
      const lines = [
        `- \`${memberText(node)}\`${text === '' ? '' : `: ${text.replaceAll(/\n+/g, ' ')}`}`,
      ]
      members.set(
        key,
        [...lines, ...tags.filter((tag) => !tag.startsWith('```')).map((tag) => `  ${tag}`)].join(
          '\n',
        ),
      )
    }
  }

  const use = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node)) {
      const found = checker.getSymbolAtLocation(node.typeName)
      const symbol = found && target(found)
      const isType = symbol !== undefined && (symbol.flags & ts.SymbolFlags.TypeParameter) === 0
      if (isType && isOurs(symbol) && !exported.has(symbol) && !shown.has(symbol)) {
        if (symbol.getDocumentationComment(checker).length > 0 && !isGeneric(symbol))
          used.add(symbol)
      }
    }
    ts.forEachChild(node, use)
  }

  const takeUsed = (): string[] => {
    const entries: string[] = []
    for (const symbol of used) {
      used.delete(symbol)
      if (shown.has(symbol)) continue
      shown.add(symbol)
      entries.push(entry(symbol))
    }
    return entries
  }

  return {
    section({ title, door, names }) {
      const here = namesOf(door)
      const wanted = names ?? [...here.keys()].filter((name) => !claimed.has(`${door} ${name}`))
      const entries = wanted.flatMap((name) => {
        const symbol = here.get(name)
        if (symbol === undefined) throw new Error(`${door} exports no ${name}`)
        if (shown.has(symbol) || isDeprecated(symbol, checker)) return shown.add(symbol) && []
        shown.add(symbol)
        return [entry(symbol)]
      })
      return [`## ${title}`, `\`import … from '${door}'\``, ...entries, ...takeUsed()].join('\n\n')
    },
    leftOut: () => [...exported].filter(([symbol]) => !shown.has(symbol)).map(([, name]) => name),
  }
}

// ---

const isDeprecated = (symbol: ts.Symbol, checker: ts.TypeChecker): boolean =>
  symbol.getJsDocTags(checker).some((tag) => tag.name === 'deprecated')

const isHidden = (node: ts.ClassElement | ts.TypeElement): boolean => {
  if (node.name === undefined)
    return !ts.isConstructorDeclaration(node) && !ts.isCallSignatureDeclaration(node)
  if (ts.isPrivateIdentifier(node.name)) return true
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected
  if ((ts.getCombinedModifierFlags(node) & hidden) !== 0) return true
  return ts.isComputedPropertyName(node.name) && !node.name.getText().startsWith('[Symbol.')
}

/** A generic type of ours that no door exports is a helper of the types, not a thing that a reader writes. */
const isGeneric = (symbol: ts.Symbol): boolean =>
  (symbol.declarations ?? []).some(
    (node) =>
      (ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node)) &&
      node.typeParameters !== undefined,
  )

/** Declarations with a signature of their own: all overloads, but not their implementation. */
const distinct = (symbol: ts.Symbol): readonly ts.Declaration[] => {
  const all = symbol.declarations ?? []
  const overloads = all.filter((node) => ts.isFunctionDeclaration(node) && node.body === undefined)
  return overloads.length > 0 ? overloads : all
}

/** The signature of a function or of a type that has no members. */
const signatureOf = (node: ts.Node, name: string): string | undefined => {
  if (ts.isFunctionDeclaration(node)) return signature(name, node)
  if (ts.isVariableDeclaration(node)) {
    if (node.initializer && ts.isArrowFunction(node.initializer))
      return signature(name, node.initializer)
    return node.type === undefined ? undefined : `const ${name}: ${oneLine(node.type)}`
  }
  if (ts.isTypeAliasDeclaration(node) && !ts.isTypeLiteralNode(node.type))
    return `type ${name}${typeParameters(node)} = ${oneLine(node.type)}`
  return undefined
}

const signature = (name: string, node: ts.SignatureDeclaration): string =>
  `${name}${typeParameters(node)}(${node.parameters.map(parameter).join(', ')})${result(node)}`

const parameter = (node: ts.ParameterDeclaration): string => {
  const name = ts.isIdentifier(node.name) ? node.name.text : 'options'
  const isOptional = node.questionToken !== undefined || node.initializer !== undefined
  const type = node.type === undefined ? '' : `: ${oneLine(node.type)}`
  return `${node.dotDotDotToken ? '...' : ''}${name}${isOptional ? '?' : ''}${type}`
}

const result = (node: ts.SignatureDeclaration): string =>
  node.type === undefined ? '' : `: ${oneLine(node.type)}`

const typeParameters = (node: {
  readonly typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration> | undefined
}): string =>
  node.typeParameters === undefined
    ? ''
    : `<${node.typeParameters.map(({ name }) => name.text).join(', ')}>`

const memberText = (node: ts.ClassElement | ts.TypeElement): string => {
  const name = node.name?.getText() ?? 'new'
  const isOptional = (node as { questionToken?: ts.Node }).questionToken !== undefined ? '?' : ''
  if (ts.isCallSignatureDeclaration(node)) return plain(signature('', node))
  if (ts.isConstructorDeclaration(node)) return plain(signature('new', node))
  if (ts.isMethodSignature(node) || ts.isMethodDeclaration(node))
    return plain(signature(name + isOptional, node))
  if (ts.isGetAccessorDeclaration(node)) return plain(`${name}${result(node)}`)
  const type = (node as ts.PropertySignature | ts.PropertyDeclaration).type
  return plain(`${name}${isOptional}${type === undefined ? '' : `: ${oneLine(type)}`}`)
}
