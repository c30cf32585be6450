import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { SourceFile } from '../model/source-file.ts'

/** `own`: code as it is written; `published`: a package as it is installed, whose code is build output. */
export type CodeKind = 'own' | 'published'

/**
 * Yields the source files of a folder, sorted by path. Skips dependencies, build output, hidden folders, tests and their
 * tools, symbolic links, and files too large to be handwritten. Ignores `.dockerignore`, because a service can run
 * from a mounted folder.
 *
 * @param onDenied called for files and folders without read permission, such as the data of a server that ran here.
 */
export const walk = function* (
  folder: string,
  onDenied: (path: string) => void,
  kind: CodeKind = 'own',
  inner = '',
): Generator<SourceFile> {
  const read = <T>(path: string, how: (file: string) => T): T | undefined => {
    try {
      return how(join(folder, path))
    } catch (error) {
      if (!['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
      onDenied(path)
      return undefined
    }
  }
  for (const entry of read(inner, entriesOf) ?? []) {
    const path = inner === '' ? entry.name : `${inner}/${entry.name}`
    if (entry.isDirectory()) {
      if (!isForeignFolder(entry.name, kind)) yield* walk(folder, onDenied, kind, path)
    } else if (entry.isFile() && isSource(entry.name) && !isOfTests(entry.name)) {
      const text = read(path, textOf)
      if (text !== undefined) yield { path, text }
    }
  }
}

/** Returns whether a file is an example of a `.env`; the `.env` itself is never read. */
export const isExampleFile = (path: string): boolean =>
  /(^|\/)\.env\.(example|sample|template|dist)$/.test(path)

/** Returns whether a file is JavaScript or TypeScript. */
export const isScript = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path)

const largest = 1_000_000

const textOf = (file: string): string | undefined =>
  statSync(file).size <= largest ? readFileSync(file, 'utf8') : undefined

const entriesOf = (folder: string): Dirent[] =>
  readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))

const isForeignFolder = (name: string, kind: CodeKind): boolean =>
  name.startsWith('.') ||
  (kind === 'own' && /^(dist|build|out|target)$/.test(name)) ||
  /^(node_modules|bower_components|vendor|coverage|__pycache__|venv|site-packages|tests?|__tests__|__mocks__|__fixtures__|spec|e2e)$/.test(
    name,
  )

const isSource = (name: string): boolean =>
  isExampleFile(name) ||
  (languages.has(extname(name)) && !/\.d\.[cm]?ts$|\.min\.[cm]?js$|\.gen\.ts$/.test(name)) ||
  /^(Rakefile|Gemfile)$/.test(name)

const languages = new Set(
  '.js .cjs .mjs .jsx .ts .cts .mts .tsx .php .py .go .rb .ru .rake .java .kt .kts .scala .yaml .yml .xml .properties .prisma'.split(
    ' ',
  ),
)

const isOfTests = (name: string): boolean =>
  /\.(test|spec|e2e|cy|stories|bench)(-d)?\.[cm]?[jt]sx?$/.test(name) ||
  /^(vitest|jest|playwright|cypress|karma)\.(config|setup|workspace)\b/.test(name) ||
  /_test\.(go|py|rb)$|^test_.*\.py$|^conftest\.py$|_spec\.rb$|Test\.(php|java|kt|scala)$|Spec\.(kt|scala)$|\.gradle\.kts$/.test(
    name,
  )
