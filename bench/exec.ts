import type { Bench } from './lib/bench.ts'
import type { ContenderName } from './lib/contenders.ts'
import { inRounds } from './lib/rounds.ts'
import { type Comparison, createSamples } from './lib/samples.ts'

const triesPerRound = 3

/** Measures `echo` in a running service. */
export const measureExec = async (bench: Bench): Promise<Comparison[]> => {
  const entrants: readonly [ContenderName, string][] = [
    ['mesocosm', 'mesocosm'],
    ['raw-bridge', 'raw dockerode'],
    ['testcontainers', 'testcontainers'],
  ]
  await using stack = new AsyncDisposableStack()
  const open = await Promise.all(
    entrants.map(async ([name, label]) => {
      const contender = stack.use(bench.start(name))
      stack.defer(async () => void (await contender.order('down')))
      await contender.order('up', 'one')
      return { contender, label }
    }),
  )
  const samples = createSamples(entrants.map(([, label]) => label))
  await inRounds(bench.rounds * triesPerRound, open, async ({ contender, label }, counted) => {
    const { ms } = await contender.order('exec')
    if (counted) samples.add(label, ms)
  })
  return [
    {
      measure: 'exec',
      title: 'echo in a running service',
      base: 'raw dockerode',
      variants: samples.variants(),
    },
  ]
}
