import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { tscOf } from '../test/editor/compile.ts'
import type { Bench } from './lib/bench.ts'
import { inRounds } from './lib/rounds.ts'
import { type Comparison, createSamples } from './lib/samples.ts'
import { wallTime } from './lib/wall.ts'
import { generateName, sizeNames } from './types/budgets.ts'
import { instantiations } from './types/instantiations.ts'
import { writeProject } from './types/project.ts'
import { sourcedTopology, sourceFiles } from './types/sources.ts'
import { generatedText, type Size, topologyText, useText } from './types/topologies.ts'

const nothing = '1 service × 1 variable'
const services = { services: 50, variables: 30 }

const sizes: Readonly<Record<string, Size>> = {
  [nothing]: { services: 1, variables: 1 },
  [sizeNames.plain]: services,
  [sizeNames.argv]: { ...services, commands: { kind: 'argv', each: 10 } },
  [sizeNames.zod]: { ...services, commands: { kind: 'zod', each: 10 } },
}

const help = 'mesocosm gen --help'
const generator = join(import.meta.dirname, '..', 'packages', 'cli', 'bin', 'mesocosm.js')

/** Measures how long a compiler checks big topologies, and how long types are generated from 200 source files. */
export const measureTypes = async (bench: Bench): Promise<Comparison[]> => [
  ...(await measureChecks(bench)),
  await measureGenerating(bench),
]

// ---

const measureChecks = async (bench: Bench): Promise<Comparison[]> => {
  const projects = await Promise.all(
    Object.entries(sizes).map(async ([name, size], index) => ({
      name,
      folder: await writeProject(join(bench.folder, `types-${index}`), {
        'topology.ts': topologyText(size),
        'topology.gen.ts': generatedText(size),
        'use.ts': useText,
      }),
    })),
  )
  const names = projects.map(({ name }) => name)
  const [wall, check, counts] = [createSamples(names), createSamples(names), createSamples(names)]
  await inRounds(bench.rounds, projects, async ({ name, folder }, counted) => {
    bench.log(`types: ${name}`)
    const args = [tscOf('TypeScript 7'), '-p', folder, '--extendedDiagnostics']
    const { ms, output } = await wallTime(process.execPath, args)
    if (!counted) return
    wall.add(name, ms)
    check.add(name, 1_000 * Number(/^Check time:\s+([\d.]+)s$/m.exec(output)?.[1]))
  })
  for (const { name, folder } of projects) counts.add(name, await instantiations(folder))
  return [
    {
      measure: 'types',
      title: 'tsc --noEmit of TypeScript 7, from start to end of the process',
      base: nothing,
      variants: wall.variants(),
    },
    {
      measure: 'types-check',
      title: 'the check alone, as the compiler reports it',
      base: nothing,
      variants: check.variants(),
    },
    {
      measure: 'types-instantiations',
      title: 'type instantiations (TypeScript 6; a count, the same on every machine)',
      base: nothing,
      variants: counts.variants(),
    },
  ]
}

const measureGenerating = async (bench: Bench): Promise<Comparison> => {
  const folder = await writeProject(join(bench.folder, 'gen'), {
    'topology.ts': sourcedTopology,
    ...sourceFiles(200),
  })
  const file = join(folder, 'topology.ts')
  const script = join(import.meta.dirname, 'types', 'generate.mjs')
  const ways = [
    { name: help, args: [generator, 'gen', '--help'] },
    { name: generateName, args: [generator, 'gen', file] },
    { name: 'generate(), inside', args: [script, file] },
  ]
  const wall = createSamples(ways.map(({ name }) => name))
  await inRounds(bench.rounds, ways, async ({ name, args }, counted) => {
    bench.log(`types: ${name}`)
    await rm(join(folder, 'topology.gen.ts'), { force: true })
    const { ms, output } = await wallTime(process.execPath, args)
    if (counted) wall.add(name, name === 'generate(), inside' ? Number(output) : ms)
  })
  return {
    measure: 'gen',
    title: 'generating types from 200 source files',
    base: help,
    variants: wall.variants(),
  }
}
