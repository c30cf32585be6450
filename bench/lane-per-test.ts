import { join } from 'node:path'
import { postgres } from '@mesocosm/postgres'
import { rabbitmq } from '@mesocosm/rabbitmq'
import { redis } from '@mesocosm/redis'
import { defineTopology } from 'mesocosm'
import { openRunnerSession } from 'mesocosm/runner'
import type { Bench } from './lib/bench.ts'
import { endRun } from './lib/end-run.ts'
import { type Comparison, createSamples } from './lib/samples.ts'

/**
 * Measures what `lane: 'test'` costs a test whose services are all shared: from the lease of its lane until its services
 * can be used, and the release. `another lane`: other tests hold all lanes that exist. `the same lane again`: one test after the other.
 */
export const measureLanePerTest = async (bench: Bench): Promise<Comparison[]> => {
  const measured: Comparison[] = []
  for (const scene of scenes(bench.folder)) {
    const run = bench.newRun()
    process.env.MESOCOSM_RUN = run
    const names = Object.keys(scene.definition.services)
    const samples = createSamples(['another lane', 'the same lane again', 'its release'])
    const session = openRunnerSession(scene, { client: 'bench', lane: 'test' })
    {
      await using file = await session.forFile()
      let count = 0
      /** Begins a test with all services; returns how long that took, and what ends it. */
      const begin = async () => {
        const start = performance.now()
        const titlePath = [`test ${++count}`]
        const test = file.announce({ file: join(bench.folder, 'a.test.ts'), titlePath })
        await test.ready()
        await Promise.all(names.map((name) => test.use(name as never)))
        return {
          ms: performance.now() - start,
          async end() {
            const from = performance.now()
            await test.leave()
            test.end({ status: 'passed' })
            return performance.now() - from
          },
        }
      }
      // The first test starts the servers.
      const held = [await begin()]
      for (let round = 0; round <= bench.rounds; round++) {
        const test = await begin()
        held.push(test)
        bench.log(`lane: ${scene.name}, another, ${test.ms.toFixed(0)} ms`)
        if (round > 0) samples.add('another lane', test.ms)
      }
      for (const test of held) await test.end()
      for (let round = 0; round <= bench.rounds; round++) {
        const test = await begin()
        const released = await test.end()
        bench.log(`lane: ${scene.name}, again, ${test.ms.toFixed(0)} ms`)
        if (round === 0) continue
        samples.add('the same lane again', test.ms)
        samples.add('its release', released)
      }
    }
    await endRun(bench.folder, run)
    measured.push({
      measure: scene.name,
      title: `a lane per test, ${names.join(', ')} shared`,
      base: 'another lane',
      variants: samples.variants(),
    })
  }
  delete process.env.MESOCOSM_RUN
  return measured
}

// ---

const scenes = (root: string) => [
  defineTopology({ name: 'lane-db', root, services: { db: postgres() } }),
  defineTopology({
    name: 'lane-backing',
    root,
    services: { db: postgres(), cache: redis(), jobs: rabbitmq() },
  }),
]
