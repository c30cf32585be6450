// Makes `dist/s3-server.mjs`, the server with all it needs in one file, unless it is newer than its sources.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const home = join(import.meta.dirname, '..')
const output = join(home, 'dist/s3-server.mjs')
const sources = join(home, 'src/server')

const changed = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
const newest = Math.max(
  ...readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => changed(join(sources, name))),
  changed(join(home, '../../package-lock.json')),
  changed(import.meta.filename),
)
if (changed(output) <= newest) {
  const { build } = await import('rolldown')
  await build({
    input: join(sources, 'main.ts'),
    platform: 'node',
    output: { file: output, format: 'esm', codeSplitting: false },
    logLevel: 'warn',
  })
}
