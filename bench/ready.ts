import type { Bench } from './lib/bench.ts'
import type { Operation } from './lib/contender.ts'
import type { ContenderName } from './lib/contenders.ts'
import { inRounds } from './lib/rounds.ts'
import { type Comparison, createSamples } from './lib/samples.ts'

interface Entrant {
  readonly contender: ContenderName
  readonly label: string
  /** What is timed: the first copy, or a second one next to it. */
  readonly timed: Extract<Operation, 'up' | 'upAgain'>
}

/** Measures the start and removal of five services; every sample has a new process. */
export const measureReady = async (bench: Bench): Promise<Comparison[]> => {
  const samples = () => createSamples(entrants.map(({ label }) => label))
  const [call, process, down] = [samples(), samples(), samples()]
  await inRounds(bench.rounds, entrants, async ({ contender: name, label, timed }, counted) => {
    await using contender = bench.start(name)
    const up = await contender.order('up', 'five')
    const age = contender.age()
    if (name === 'mesocosm-ahead') await contender.order('awaitAhead')
    const ready = timed === 'up' ? up : await contender.order(timed, 'five')
    bench.log(`ready: ${label}, ${ready.ms.toFixed(0)} ms`)
    if (name.startsWith('mesocosm')) await contender.order('beforeDown')
    const gone = await contender.order('down')
    if (!counted) return
    call.add(label, ready.ms)
    // Removing two copies takes longer than one, so it is not comparable.
    if (timed !== 'up') return
    process.add(label, age)
    down.add(label, gone.ms)
  })
  const comparison = (measure: string, title: string, samples: typeof call): Comparison => ({
    measure,
    title,
    base: 'testcontainers',
    variants: samples.variants(),
  })
  return [
    comparison('ready', 'five services ready, from the call', call),
    comparison('ready-process', 'five services ready, from the start of the process', process),
    comparison('down', 'five services removed', down),
  ]
}

// ---

const entrants: readonly Entrant[] = [
  { contender: 'mesocosm-plugin', label: 'mesocosm', timed: 'up' },
  { contender: 'mesocosm-plugin', label: 'mesocosm, one more lane', timed: 'upAgain' },
  { contender: 'mesocosm-ahead', label: 'mesocosm, a lane made ahead', timed: 'upAgain' },
  { contender: 'mesocosm', label: 'mesocosm, plain image', timed: 'up' },
  { contender: 'mesocosm', label: 'mesocosm, plain image, one more lane', timed: 'upAgain' },
  { contender: 'raw-sandboxes', label: 'raw, sandboxes', timed: 'up' },
  { contender: 'raw-bridge', label: 'raw, plain containers', timed: 'up' },
  { contender: 'testcontainers', label: 'testcontainers', timed: 'up' },
]
