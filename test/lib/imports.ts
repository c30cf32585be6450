import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One import in a source file. */
export interface Import {
  readonly specifier: string
  /** `types`: erased; `lazy`: `import()`, at run time when it is reached. */
  readonly kind: 'value' | 'types' | 'lazy'
}

/** Returns the imports of a source, and its exports from other files. */
export const importsOf = (path: string): readonly Import[] => {
  const text = withoutComments(readFileSync(path, 'utf8'))
  return [
    ...[...text.matchAll(statement)].map(([, clause = '', specifier = '']) => ({
      specifier,
      kind: isTypesOnly(clause) ? ('types' as const) : ('value' as const),
    })),
    ...[...text.matchAll(call)].flatMap(([, isType, specifier = '']) => ({
      specifier,
      kind: isType ? ('types' as const) : ('lazy' as const),
    })),
  ]
}

/** Returns the paths of all sources in a folder and its subfolders, without tests. */
export const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(test|test-d|d)\.ts$/.test(name))
    .filter((name) => !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .sort()

// ---

const statement = /^(?:import|export)\s+([^'"`;]*?from\s+)?['"]([^'"]+)['"]/gm
// A specifier starts with a letter, `@` or `.`, because messages contain `import("…")`, too.
const call = /(typeof\s+)?\bimport\(\s*['"]([\w@.][^'"]*)['"]\s*\)/g

/** `import type …`, or every name of the list with its own `type`. */
const isTypesOnly = (clause: string): boolean => {
  if (clause.startsWith('type ')) return true
  const names = /^\{([^}]*)\}/.exec(clause)?.[1]
  const listed = names?.split(',').filter((name) => name.trim() !== '') ?? []
  return listed.length > 0 && listed.every((name) => name.trim().startsWith('type '))
}

const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
