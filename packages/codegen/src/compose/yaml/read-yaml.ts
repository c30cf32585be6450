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

/** A document of a YAML file as plain values, with aliases and merge keys resolved. */
export interface YamlDocument {
  readonly value: Value
  /** Returns the line of the key or item at a path, or of its nearest existing parent. */
  readonly lineOf: (path: readonly string[]) => number
}

/** Tag in override files that removes a key. */
export const resetMark = '!reset'

/** Tag in override files that replaces a value instead of merging it. */
export const overrideMark = '!override'

/** Parses all documents of a file; returns the syntax errors of YAML as faults. */
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
      faulty.push({ file: path, line: 1, text: 'its aliases expand to too many values' })
    return { value, lineOf }
  })
  return { documents, faults: faulty }
}

// ---

/** Limits the expansion of nested aliases, and caches what they refer to. */
interface Budget {
  left: number
  readonly resolved: Map<Alias, unknown>
}

/** Cached, because resolving an alias searches the whole document. */
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
  // Permission bits are octal with a leading zero, as in YAML 1.1.
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
    // Of several merged mappings, the first with a key wins.
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
