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

/** Measures a new process from its start to its end; it only looks up an address of five running services. */
export const measureReattach = async (bench: Bench): Promise<Comparison[]> => {
  const network = await createNetwork(engine(), `${bench.id}-reuse`, bench.id)
  const run = bench.newRun()
  const entrants = [
    { name: 'node -e 0', args: ['-e', '0'], env: {}, prefix: '' },
    {
      name: 'mesocosm',
      args: [script('mesocosm')],
      env: {
        BENCH_FOLDER: bench.folder,
        BENCH_SERVICES: JSON.stringify(topologyServices('five')),
        MESOCOSM_RUN: run,
        // The topology must survive between two processes, when no client is connected.
        MESOCOSM_GRACE_MS: '60000',
      },
      prefix: 'http://',
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
      prefix: 'http://',
    },
  ]
  const samples = createSamples(entrants.map(({ name }) => name))
  // The uncounted round starts the services.
  await inRounds(bench.rounds, entrants, async ({ name, args, env, prefix }, counted) => {
    const { ms, output } = await wallTime(process.execPath, args, env)
    if (!output.startsWith(prefix)) throw new Error(`${name} printed ${output}`)
    bench.log(`reattach: ${name}, ${ms.toFixed(0)} ms`)
    if (counted) samples.add(name, ms)
  })
  // No client holds these: they would stay and disturb the next measure.
  await Promise.all([endRun(bench.folder, run), removeLeftovers(bench.id)])
  return [
    {
      measure: 'reattach',
      title: 'reattach from a new process, from its start to its end',
      base: 'testcontainers withReuse',
      variants: samples.variants(),
    },
  ]
}

// ---

// JavaScript, so that the measurement contains no type stripping.
const script = (name: string): string => join(import.meta.dirname, `reattach/${name}.mjs`)
