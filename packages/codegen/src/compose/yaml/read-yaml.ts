import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
} from 'yaml'
import type { Fault } from '../note.ts'
import { isMapping, type Mapping, type Value } from './value.ts'

/** One document of a YAML file as plain values; aliases and merge keys are resolved. */
export interface YamlDocument {
  readonly value: Value
  /** Line of the key or item at a path, or of the nearest place above it. */
  readonly lineOf: (path: readonly string[]) => number
}

/** Tags of Compose for override files: take the key away, or take this in place of a merge. */
export const resetMark = '!reset'
export const overrideMark = '!override'

/** Reads every document of a file; faults are those of YAML itself. */
export const readYaml = (
  path: string,
  text: string,
): { readonly documents: readonly YamlDocument[]; readonly faults: readonly Fault[] } => {
  const lines = new LineCounter()
  const found = parseAllDocuments(text, { lineCounter: lines, logLevel: 'silent' })
  const parsed = Array.isArray(found) ? (found as readonly Document.Parsed[]) : []
  const faults = parsed.flatMap(({ errors }) =>
    errors.map(({ message, pos }) => ({
      file: path,
      line: Math.max(1, lines.linePos(pos[0]).line),
      text: message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message,
    })),
  )
  if (faults.length > 0) return { documents: [], faults }
  const faulty: Fault[] = []
  const documents = parsed.map((document): YamlDocument => {
    const budget: Budget = { left: 100_000, resolved: new Map() }
    const lineOf = (keys: readonly string[]) => lines.linePos(offsetOf(document, keys)).line || 1
    const value = readNode(document.contents, document, budget)
    if (budget.left < 0)
      faulty.push({ file: path, line: 1, text: 'its aliases unfold to more than can be read' })
    return { value, lineOf }
  })
  return { documents, faults: faulty }
}

// ---

/** What may still be read, so that aliases of aliases come to an end, and what aliases stand for. */
interface Budget {
  left: number
  readonly resolved: Map<Alias, unknown>
}

/** Looking for an anchor walks the document. */
const resolved = (alias: Alias, document: Document, budget: Budget): unknown => {
  if (!budget.resolved.has(alias)) budget.resolved.set(alias, alias.resolve(document))
  return budget.resolved.get(alias)
}

const readNode = (node: unknown, document: Document, budget: Budget): Value => {
  budget.left -= 1
  if (budget.left < 0) return null
  if (isAlias(node)) return readNode(resolved(node, document, budget), document, budget)
  if (isMap(node)) return tagged(node.tag, mappingOf(node.items, document, budget))
  if (isSeq(node))
    return tagged(
      node.tag,
      node.items.map((item) => readNode(item, document, budget)),
    )
  if (!isScalar(node)) return null
  if (node.tag === resetMark) return { [resetMark]: true }
  const { value, source } = node
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return source ?? String(value)
  if (typeof value !== 'number') return null
  // Permission bits are written with a leading zero, as YAML 1.1 has it.
  return source !== undefined && /^0[0-7]+$/.test(source) ? Number.parseInt(source, 8) : value
}

const tagged = (tag: string | undefined, value: Value): Value =>
  tag === resetMark
    ? { [resetMark]: true }
    : tag === overrideMark
      ? { [overrideMark]: value }
      : value

const mappingOf = (pairs: readonly Pair[], document: Document, budget: Budget): Mapping => {
  const own: Record<string, Value> = {}
  const merged: Record<string, Value> = {}
  for (const { key, value } of pairs) {
    const name = isScalar(key) ? String(key.value) : String(key)
    const read = readNode(value, document, budget)
    if (name !== '<<') own[name] = read
    // Of several, the first that has a key gives it.
    else
      for (const from of (Array.isArray(read) ? read : [read]).filter(isMapping))
        for (const [inner, item] of Object.entries(from))
          if (!Object.hasOwn(merged, inner)) merged[inner] = item
  }
  return { ...merged, ...own }
}

const offsetOf = (document: Document, keys: readonly string[]): number => {
  let node: unknown = document.contents
  let offset = startOf(node)
  for (const key of keys) {
    const target: unknown = isAlias(node) ? node.resolve(document) : node
    if (isSeq(target)) {
      node = target.items[Number(key)]
      offset = startOf(node) || offset
      continue
    }
    if (!isMap(target)) return offset
    const pair = target.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    if (pair === undefined) return offset
    offset = startOf(pair.key) || offset
    node = pair.value
  }
  return offset
}

const startOf = (node: unknown): number => (node as Node | null | undefined)?.range?.[0] ?? 0
