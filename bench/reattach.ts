import { join } from 'node:path'
import type { Bench } from './lib/bench.ts'
import { removeLeftovers } from './lib/clean-up.ts'
import { testcontainersEnv } from './lib/contenders.ts'
import { endRun } from './lib/end-run.ts'
import { createNetwork, engine } from './lib/engine.ts'
import { inRounds } from './lib/rounds.ts'
import { type Comparison, createSamples } from './lib/samples.ts'
import { benchLabel } from './lib/settings.ts'
import { topologyServices } from './lib/topology.ts'
import { wallTime } from './lib/wall.ts'
import { scenes } from './scenes.ts'

/** A whole new process until it knows an address of five services that run already. */
export const measureReattach = async (bench: Bench): Promise<Comparison[]> => {
  const network = await createNetwork(engine(), `${bench.id}-reuse`, bench.id)
  const run = bench.newRun()
  const entrants = [
    { name: 'node -e 0', args: ['-e', '0'], env: {}, says: '' },
    {
      name: 'mesocosm',
      args: [script('mesocosm')],
      env: {
        BENCH_FOLDER: bench.folder,
        BENCH_SERVICES: JSON.stringify(topologyServices('five')),
        MESOCOSM_RUN: run,
        // Between two processes nobody is there; the topology stays so long.
        MESOCOSM_GRACE_MS: '60000',
      },
      says: 'http://',
    },
    {
      name: 'testcontainers withReuse',
      args: [script('testcontainers')],
      env: {
        ...testcontainersEnv,
        TESTCONTAINERS_REUSE_ENABLE: 'true',
        BENCH_ID: bench.id,
        BENCH_LABEL: benchLabel,
        BENCH_NETWORK: (await network.inspect()).Name,
        BENCH_SCENE: JSON.stringify(scenes.five),
      },
      says: 'http://',
    },
  ]
  const samples = createSamples(entrants.map(({ name }) => name))
  // The round that is not counted starts the services.
  await inRounds(bench.rounds, entrants, async ({ name, args, env, says }, counted) => {
    const { ms, output } = await wallTime(process.execPath, args, env)
    if (!output.startsWith(says)) throw new Error(`${name} said ${output}`)
    bench.say(`reattach: ${name}, ${ms.toFixed(0)} ms`)
    if (counted) samples.add(name, ms)
  })
  // Nobody holds these: they would stay and disturb what is measured next.
  await Promise.all([endRun(bench.folder, run), removeLeftovers(bench.id)])
  return [
    {
      measure: 'reattach',
      title: 'reattach from a new process, its whole life',
      base: 'testcontainers withReuse',
      variants: samples.variants(),
    },
  ]
}

// ---

// JavaScript, so that nobody pays for the removal of types.
const script = (name: string): string => join(import.meta.dirname, `reattach/${name}.mjs`)
