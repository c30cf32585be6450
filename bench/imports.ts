import type { Bench } from './lib/bench.ts'
import { inRounds } from './lib/rounds.ts'
import { type Comparison, createSamples } from './lib/samples.ts'
import { wallTime } from './lib/wall.ts'

const nothing = 'node -e 0'

/** Measures an import in a process that does nothing else. */
export const measureImports = async (bench: Bench): Promise<Comparison[]> => {
  const names = ['mesocosm', '@mesocosm/postgres', 'testcontainers', '@testcontainers/postgresql']
  const entrants = [
    { name: nothing, code: '0' },
    ...names.map((name) => ({ name, code: `import('${name}')` })),
  ]
  const wall = createSamples(entrants.map(({ name }) => name))
  await inRounds(bench.rounds, entrants, async ({ name, code }, counted) => {
    const { ms } = await wallTime(process.execPath, ['-e', code])
    if (counted) wall.add(name, ms)
  })
  const variants = wall.variants()
  const empty = variants.find(({ name }) => name === nothing)?.ms ?? []
  const net = variants
    .filter(({ name }) => name !== nothing)
    .map(({ name, ms }) => ({
      name: `${name}, net`,
      ms: ms.map((value, round) => value - (empty[round] ?? Number.NaN)),
    }))
  return [
    {
      measure: 'import',
      title: 'import in a new process; net is without node -e 0',
      base: 'testcontainers',
      variants: [...variants, ...net],
    },
  ]
}
