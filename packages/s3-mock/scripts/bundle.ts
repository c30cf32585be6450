// Makes `dist/s3-server.cjs`: the server as one file that any Node runs, unless it is there and of the same sources.
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'

const home = join(import.meta.dirname, '..')
const output = join(home, 'dist/s3-server.cjs')

/** What the bundle is made of, in its first line. */
const stamp = (): string => {
  const hash = createHash('sha256')
  const ours = globSync(['src/server/**/*.ts', 'src/*.ts', 'scripts/*.ts'], { cwd: home })
    .filter((name) => !name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(home, name))
  const others = ['fast-xml-parser', '@aws-crypto/crc32c'].map((name) => {
    const path = findPackageJSON(name, import.meta.url)
    if (path === undefined) throw new Error(`${name} is not installed: run npm ci`)
    return path
  })
  for (const path of [...ours, ...others]) hash.update(readFileSync(path))
  return `// ${hash.digest('hex')}\n`
}

/** The terms under which the packages in the bundle may be passed on. */
const licenses = (modules: readonly string[]): string => {
  const folders = modules.flatMap(
    (path) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0] ?? [],
  )
  const texts = [...new Set(folders)].sort().flatMap((folder) =>
    globSync('LICEN[CS]E*', { cwd: folder }).map((name) => {
      const { name: of } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      return `${of}\n\n${readFileSync(join(folder, name), 'utf8')}`
    }),
  )
  return `/*\n${[...new Set(texts)].join('\n').replaceAll('*/', '* /')}*/\n`
}

const first = stamp()
if (!existsSync(output) || !readFileSync(output, 'utf8').startsWith(first)) {
  // Loaded only now: mostly there is nothing to do.
  const { build } = await import('rolldown')
  const { output: chunks } = await build({
    input: join(home, 'src/server/main.ts'),
    platform: 'node',
    write: false,
    // CommonJS: an `import` of `node:http` would load its WebSocket, too, some 25 ms at each start.
    output: { format: 'cjs', minify: true, codeSplitting: false },
  })
  const [{ code, moduleIds }] = chunks
  // Put in its place at once: a service may be starting from it.
  mkdirSync(dirname(output), { recursive: true })
  const part = `${output}.${process.pid}`
  writeFileSync(part, `${first}${code}${licenses(moduleIds)}`)
  renameSync(part, output)
}
