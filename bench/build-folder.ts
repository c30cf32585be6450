import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createBuildContexts } from '../src/docker/image/build-context.ts'
import type { Bench } from './lib/bench.ts'
import { inRounds } from './lib/rounds.ts'
import { type Comparison, createSamples } from './lib/samples.ts'

/** As many entries as an application with its installed packages has. */
const size = { folders: 570, filesEach: 100 }
const bytes = 2_000

const names = {
  cold: 'all files read',
  one: 'one file changed',
  unchanged: 'unchanged',
} as const
/** Name of a variant. */
type Name = (typeof names)[keyof typeof names]

/** Measures how long the hash of a build folder of 57,000 files takes, which every start needs. */
export const measureBuildFolder = async (bench: Bench): Promise<Comparison[]> => {
  const context = join(bench.folder, 'build')
  const cache = join(bench.folder, 'build-cache')
  bench.log('build: writes 57,000 files')
  await writeFiles(context)
  // Files that were just written are not trusted; see `hash-cache.ts`.
  await settled()
  await createBuildContexts()({ context }, cache)
  const samples = createSamples(Object.values(names))
  await inRounds(bench.rounds, Object.values(names), async (name: Name, counted) => {
    if (name === names.one) await writeFile(join(context, 'd0/f0.js'), `${performance.now()}`)
    const start = performance.now()
    // A new reader, as in a new process: nothing is in memory.
    await createBuildContexts()({ context }, name === names.cold ? undefined : cache)
    const ms = performance.now() - start
    bench.log(`build: ${name}, ${ms.toFixed(0)} ms`)
    if (counted) samples.add(name, ms)
    if (name !== names.one) return
    await settled()
    await createBuildContexts()({ context }, cache)
  })
  return [
    {
      measure: 'build',
      title: 'hash of a build folder with 57,000 files',
      base: names.cold,
      variants: samples.variants(),
    },
  ]
}

// ---

const writeFiles = async (context: string): Promise<void> => {
  const text = 'x'.repeat(bytes)
  for (let folder = 0; folder < size.folders; folder++) {
    const path = join(context, `d${folder}`)
    await mkdir(path, { recursive: true })
    await Promise.all(
      Array.from({ length: size.filesEach }, (_, file) =>
        writeFile(join(path, `f${file}.js`), `${folder} ${file} ${text}`),
      ),
    )
  }
  await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY . /\n')
  await writeFile(join(context, '.dockerignore'), '.git\nnode_modules\n**/*.log\n')
}

/** Waits until the files are old enough to be trusted. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 2_500))
