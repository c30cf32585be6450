// `node scripts/commonjs.ts [folder]`: the CommonJS copy of what Jest loads from a package, next to its built modules.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { relativeImports, toCommonjs, toCommonjsTypes } from './commonjs/rewrite.ts'

/**
 * Writes `x.cjs` and `x.d.cts` for every built module that a door with a `require` condition loads, also lazily.
 * Files that are newer than their module are left alone.
 *
 * @param folder folder of a package that is built.
 * @returns how many files were written.
 */
export const buildCommonjs = (folder: string): number => {
  const doors = commonjsDoors(folder)
  const modules = reachable(
    doors.map((door) => door.replace(/\.cjs$/, '.js')),
    '.js',
  )
  const types = reachable(
    doors.map((door) => door.replace(/\.cjs$/, '.d.ts')),
    '.d.ts',
  )
  const written = [
    ...modules.map((path) => write(path, path.replace(/\.js$/, '.cjs'), toCommonjs)),
    ...types.map((path) => write(path, path.replace(/\.d\.ts$/, '.d.cts'), toCommonjsTypes)),
  ]
  return written.filter(Boolean).length
}

// ---

interface Manifest {
  readonly exports?: Readonly<
    Record<string, string | { readonly require?: { readonly default: string } }>
  >
}

/** The files that the `require` conditions of a package name. */
const commonjsDoors = (folder: string): string[] => {
  const text = readFileSync(join(folder, 'package.json'), 'utf8')
  const { exports = {} } = JSON.parse(text) as Manifest
  return Object.values(exports).flatMap((door) =>
    typeof door === 'string' || door.require === undefined
      ? []
      : [join(folder, door.require.default)],
  )
}

/** Returns these files, and all that they import by relative paths. */
const reachable = (doors: readonly string[], extension: '.js' | '.d.ts'): string[] => {
  const found = new Set(doors)
  // Files that are added while it runs are visited, too.
  for (const path of found)
    for (const specifier of relativeImports(readFileSync(path, 'utf8'))) {
      const file = join(dirname(path), specifier).replace(/\.[jt]s$/, extension)
      if (existsSync(file)) found.add(file)
    }
  return [...found]
}

const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

const rewriter = fileURLToPath(new URL('commonjs/rewrite.ts', import.meta.url))

const write = (from: string, to: string, rewrite: (text: string) => string): boolean => {
  if (changedAt(to) > Math.max(changedAt(from), changedAt(rewriter))) return false
  writeFileSync(to, rewrite(readFileSync(from, 'utf8')))
  return true
}

if (import.meta.main) buildCommonjs(resolve(process.argv[2] ?? '.'))
