// Every name that a door exports, and every public member of its interfaces and classes, has a docstring.
// `node scripts/check-docs.ts [door…]`, such as `mesocosm @mesocosm/redis`; default all doors of all packages.
import { relative } from 'node:path'
import ts from 'typescript-6'
import { openDoors } from './doors.ts'
import { root } from './run.ts'

const { doors, checker, exportsOf, target, isOurs } = await openDoors()
const chosen = process.argv.length > 2 ? process.argv.slice(2) : [...doors.keys()]
const unknown = chosen.filter((door) => !doors.has(door))
if (unknown.length > 0) {
  console.error(`unknown door ${unknown.join(', ')}; use ${[...doors.keys()].join(', ')}`)
  process.exit(2)
}

const totals = { names: 0, members: 0 }
const missing = new Map<string, string>()
const exported = new Set([...doors.values()].flatMap((file) => exportsOf(file)))
const seen = new Set<ts.Symbol>()
for (const door of chosen)
  for (const symbol of exportsOf(doors.get(door) as string)) {
    if (seen.has(symbol)) continue
    totals.names++
    check(symbol, symbol.name)
    visit(symbol, symbol.name)
  }

for (const [at, name] of [...missing].sort()) console.log(`${at} ${name} has no docstring`)
const { names, members } = totals
console.log(
  `docs: ${names} names, ${members} members of ${chosen.length} doors; ${missing.size} without a docstring`,
)
process.exitCode = missing.size === 0 ? 0 : 1

// ---

/** Visits the members of a type, of types that it is composed of and that no door exports, once. */
function visit(symbol: ts.Symbol, name: string): void {
  if (seen.has(symbol)) return
  seen.add(symbol)
  for (const declaration of symbol.declarations ?? []) {
    if (ts.isTypeAliasDeclaration(declaration)) visitType(declaration.type, name)
    if (!ts.isInterfaceDeclaration(declaration) && !ts.isClassDeclaration(declaration)) continue
    visitMembers(declaration.members, name)
    for (const { types } of declaration.heritageClauses ?? [])
      for (const type of types) visitReference(type.expression, type.typeArguments)
  }
}

function visitType(type: ts.TypeNode, name: string): void {
  if (ts.isTypeLiteralNode(type)) visitMembers(type.members, name)
  else if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type))
    for (const part of type.types) visitType(part, name)
  else if (ts.isParenthesizedTypeNode(type)) visitType(type.type, name)
  else if (ts.isTypeReferenceNode(type)) visitReference(type.typeName, type.typeArguments)
}

/** Also the arguments, for `Omit<…>` and its like. */
function visitReference(of: ts.Node, args: readonly ts.TypeNode[] = []): void {
  const found = checker.getSymbolAtLocation(of)
  const symbol = found && target(found)
  if (symbol && isOurs(symbol) && !exported.has(symbol)) visit(symbol, symbol.name)
  for (const arg of args) if (ts.isTypeReferenceNode(arg)) visitType(arg, '')
}

function visitMembers(nodes: readonly (ts.ClassElement | ts.TypeElement)[], owner: string): void {
  const members = new Map<ts.Symbol, ts.Node>()
  for (const node of nodes) {
    if (isHidden(node) || isTag(node)) continue
    const symbol = (node as ts.Node as { symbol?: ts.Symbol }).symbol
    if (symbol !== undefined && !members.has(symbol)) members.set(symbol, node)
  }
  for (const symbol of members.keys()) {
    totals.members++
    check(symbol, `${owner}.${symbol.name}`)
  }
}

function isHidden(node: ts.ClassElement | ts.TypeElement): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected
  const isPrivate = node.name !== undefined && ts.isPrivateIdentifier(node.name)
  return isPrivate || (ts.getCombinedModifierFlags(node) & hidden) !== 0
}

/** Needs no docstring: an index signature, a key that is a symbol, the tag of a union's member such as `kind: 'http'`. */
function isTag(node: ts.ClassElement | ts.TypeElement): boolean {
  if (ts.isIndexSignatureDeclaration(node)) return true
  if (node.name !== undefined && ts.isComputedPropertyName(node.name)) return true
  return ts.isPropertySignature(node) && node.type !== undefined && ts.isLiteralTypeNode(node.type)
}

/** Overloads share one docstring; an implementation has that of what it implements. */
function check(symbol: ts.Symbol, name: string): void {
  const tags = symbol.getJsDocTags(checker).map((tag) => tag.name)
  if (symbol.getDocumentationComment(checker).length > 0 || tags.includes('deprecated')) return
  const [declaration] = symbol.declarations ?? []
  if (declaration === undefined) return
  const source = declaration.getSourceFile()
  const { line } = source.getLineAndCharacterOfPosition(declaration.getStart())
  missing.set(`${relative(root, source.fileName)}:${line + 1}`, name)
}
