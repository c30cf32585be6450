import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { relative } from 'node:path'
import type { LineCounter, Document as YamlDocument } from 'yaml'

/** A parsed file of a document. */
export interface Source {
  /** Absolute. */
  readonly path: string
  readonly value: unknown
  /** Returns the line of a value, from 1; of its nearest parent that has one. */
  lineOf(keys: readonly (string | number)[]): number
}

/** Why a file could not be read. */
export interface SourceFault {
  readonly line?: number
  readonly message: string
}

/** Reads a YAML or JSON file. Sync, because topologies are declared in module scope. */
export const readSource = (path: string): Source | readonly SourceFault[] => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    return [{ message: `cannot be read: ${(error as Error).message}` }]
  }
  const json = parseJson(text)
  if (json !== undefined) {
    // Positions are for faults only, and the YAML parser is slow.
    let parsed: Parsed | undefined
    return {
      path,
      value: json,
      lineOf: (keys) => {
        parsed ??= parseYaml(text)
        return lineIn(parsed, keys)
      },
    }
  }
  const parsed = parseYaml(text)
  const faults = parsed.document.errors.map(({ message, linePos }) => ({
    message: message.split(/ at line \d+/)[0] ?? message,
    ...(linePos === undefined ? {} : { line: linePos[0].line }),
  }))
  if (faults.length > 0) return faults
  try {
    return { path, value: parsed.document.toJS(), lineOf: (keys) => lineIn(parsed, keys) }
  } catch (error) {
    return [{ message: (error as Error).message }]
  }
}

/** Returns a path as errors show it: relative to the working folder if it is inside. */
export const shownPath = (path: string): string => {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near
}

// ---

interface Parsed {
  readonly document: YamlDocument
  readonly lines: LineCounter
}

const parseJson = (text: string): unknown => {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    // Reported by the YAML parser, of which JSON is a subset, with the line.
    return undefined
  }
}

const parseYaml = (text: string): Parsed => {
  // Loaded late: most test files import a topology without its being used.
  const yaml = createRequire(import.meta.url)('yaml') as typeof import('yaml')
  const lines = new yaml.LineCounter()
  return { document: yaml.parseDocument(text, { lineCounter: lines, logLevel: 'silent' }), lines }
}

const lineIn = ({ document, lines }: Parsed, keys: readonly (string | number)[]): number => {
  for (let length = keys.length; length > 0; length -= 1) {
    const found = document.getIn(keys.slice(0, length), true) as
      | { readonly range?: readonly number[] | null }
      | undefined
    const start = found?.range?.[0]
    if (start === undefined) continue
    // A block value starts after its key, whose line readers look for.
    const { line } = lines.linePos(start)
    return isBlock(found) ? Math.max(1, line - 1) : line
  }
  return 1
}

const isBlock = (node: unknown): boolean => {
  const { flow, items } = node as { readonly flow?: boolean; readonly items?: unknown }
  return items !== undefined && flow !== true
}
