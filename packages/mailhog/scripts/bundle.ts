import { createHash } from 'node:crypto'
import { glob, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { basename, dirname, join } from 'node:path'

const folder = join(import.meta.dirname, '..')
const output = join(folder, 'dist/mail-server.cjs')

/**
 * Makes `dist/mail-server.cjs` of `src/server`: the mail server as one file that any Node runs.
 * Its first line says of what it was made, so that nothing is done while that is still so.
 */
const bundle = async (): Promise<void> => {
  const mark = `// ${await fingerprint()}\n`
  const before = await readFile(output, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  if (before.startsWith(mark)) return
  // Loaded only now: most runs find everything up to date.
  const { build } = await import('rolldown')
  const { output: chunks } = await build({
    input: join(folder, 'src/server/main.ts'),
    platform: 'node',
    write: false,
    // One file: what is imported late is within. CommonJS: an `import` of `node:http` would load
    // its WebSocket, too, some 40 ms at each start.
    output: { format: 'cjs', minify: true, codeSplitting: false },
  })
  // Renamed into place, so that a container that starts meanwhile never gets half of it.
  await mkdir(dirname(output), { recursive: true })
  const part = `${output}.${process.pid}`
  await writeFile(part, `${mark}${chunks[0].code}${await licenses(chunks[0].moduleIds)}`)
  await rename(part, output)
}

/** What the packages in the bundle want to be kept with them, as a comment. */
const licenses = async (modules: readonly string[]): Promise<string> => {
  const home = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/
  const packages = new Set(modules.flatMap((module) => home.exec(module)?.[0] ?? []))
  const texts = await Promise.all(
    [...packages].sort().map(async (cwd) => {
      const files = await Array.fromAsync(glob('LICEN[CS]E*', { cwd }))
      const all = await Promise.all(files.map((file) => readFile(join(cwd, file), 'utf8')))
      return `${basename(cwd)}\n\n${all.join('\n')}`
    }),
  )
  return `/*\n${texts.join('\n---\n').replaceAll('*/', '* /')}\n*/\n`
}

/** Of our sources and of what is bundled with them. */
const fingerprint = async (): Promise<string> => {
  const hash = createHash('sha256')
  const sources = await Array.fromAsync(
    glob(['src/*.ts', 'src/server/*.ts', 'scripts/*.ts'], { cwd: folder }),
  )
  const packages = ['smtp-server', 'postal-mime'].map((name) => {
    const path = findPackageJSON(name, import.meta.url)
    if (path === undefined) throw new Error(`${name} is not installed: run npm ci`)
    return path
  })
  for (const path of [...sources.sort().map((file) => join(folder, file)), ...packages])
    if (!path.endsWith('.test.ts')) hash.update(await readFile(path))
  return hash.digest('hex')
}

await bundle()
