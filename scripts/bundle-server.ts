import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { bundlePage } from './bundle-page.ts'
import { licenses } from './licenses.ts'
import { root } from './run.ts'

export interface ServerBundle {
  /** Folder of the package. */
  readonly home: string
  /** Where the program starts, relative to that folder. Default `src/server/main.ts`. */
  readonly input?: string
  /** Path of the bundle, relative to that folder. */
  readonly output: string
  /** Bundled packages: a new version of one makes a new bundle. */
  readonly packages: readonly string[]
  /** Folder of the server's web page, which becomes part of the bundle; without it the server has none. */
  readonly page?: string
}

/**
 * Bundles a server into one file that any Node runs. A no-op if the fingerprint in the file's first line still fits.
 */
export const bundleServer = async ({
  home,
  input = 'src/server/main.ts',
  output,
  packages,
  page,
}: ServerBundle): Promise<void> => {
  const path = join(home, output)
  const first = `// ${fingerprint(home, packages)}\n`
  if (existsSync(path) && readFileSync(path, 'utf8').startsWith(first)) return
  // Imported late: most calls return above.
  const { build } = await import('rolldown')
  const files = page === undefined ? undefined : await bundlePage(join(home, page))
  const { output: chunks } = await build({
    input: join(home, input),
    platform: 'node',
    // What `main.ts` declares.
    transform: {
      define: { PAGE_FILES: JSON.stringify(files) ?? 'undefined' },
      // Node 22 has no `await using`.
      target: 'node22',
    },
    write: false,
    // CommonJS: an `import` of `node:http` also loads its WebSocket, some 25 ms at each start.
    output: { format: 'cjs', minify: true, codeSplitting: false },
  })
  const [{ code, moduleIds }] = chunks
  // Replaced by a rename: a service may be starting from it.
  mkdirSync(dirname(path), { recursive: true })
  const part = `${path}.${process.pid}`
  writeFileSync(part, `${first}${code}${licenses(moduleIds)}`)
  renameSync(part, path)
}

// ---

/** Hash of our sources, of what all servers share, of the bundled packages' manifests and of this file. */
const fingerprint = (home: string, packages: readonly string[]): string => {
  const hash = createHash('sha256')
  const ours = globSync(['src/{server,local}/**/*.*', 'src/*.ts', 'scripts/*.ts'], { cwd: home })
    .filter((name) => !name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(home, name))
  const shared = globSync('**/*.*', { cwd: join(root, 'servers') })
    .filter((name) => !name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(root, 'servers', name))
  const others = packages.map((name) => {
    const path = findPackageJSON(name, join(home, 'package.json'))
    if (path === undefined) throw new Error(`${name} is not installed: run npm ci`)
    return path
  })
  const makers = [
    import.meta.filename,
    ...['bundle-page.ts', 'licenses.ts'].map((name) => join(import.meta.dirname, name)),
  ]
  for (const path of [...ours, ...shared, ...others, ...makers]) hash.update(readFileSync(path))
  return hash.digest('hex')
}
