import { Session } from 'node:inspector/promises'
import { expect, test } from 'vitest'
import { RunEngine } from '../engine/run/run-engine.ts'
import { app, asked, daemon, openScene, topology } from '../engine/test-scene.ts'
import { ViewDiff } from './view-diff.ts'

/*
 * A change of one service must not cost more per service in a large topology than in a small one: what the engine
 * does for it may grow with the number of services and edges, not with their square.
 */

const sizes = [10, 50, 200] as const

/** Counts the calls of functions in `src` while `work` runs. */
const callsOf = async (profiler: Session, work: () => Promise<void>): Promise<number> => {
  await profiler.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await work()
  const { result } = await profiler.post('Profiler.takePreciseCoverage')
  await profiler.post('Profiler.stopPreciseCoverage')
  return result
    .filter(({ url }) => /\/src\/(?!.*\.test\.ts)/.test(url))
    .flatMap(({ functions }) => functions)
    .reduce((sum, { ranges }) => sum + (ranges[0]?.count ?? 0), 0)
}

test('calls and bytes for a change of one service grow at most with the number of services', async () => {
  const profiler = new Session()
  profiler.connect()
  await profiler.post('Profiler.enable')
  const calls: number[] = []
  const bytes: number[] = []
  for (const size of sizes) {
    await using scene = await openScene({ programs: { daemon } })
    await using engine = new RunEngine(scene.context, scene.redactor)
    await engine.watch(() => {})
    const services = Object.fromEntries(
      Array.from({ length: size }, (_, index) => [`s${index}`, app()]),
    )
    const { signal } = asked
    const spec = topology(services)
    const lane = await engine.lease({
      spec,
      key: undefined,
      slot: undefined,
      reset: undefined,
      call: asked,
      signal,
    })
    await lane.start(undefined, asked)
    const views = new ViewDiff()
    views.whole(lane)
    calls.push(
      await callsOf(profiler, async () => {
        await lane.control.changeEnv('s3', { A: '1' }, { dependents: false }, asked)
        bytes.push(JSON.stringify(views.change(lane, 's3')).length)
      }),
    )
  }
  profiler.disconnect()
  const [small, middle, large] = calls as [number, number, number]
  const perService = (middle - small) / (sizes[1] - sizes[0])
  expect((large - middle) / (sizes[2] - sizes[1])).toBeLessThan(perService * 1.2)
  expect(new Set(bytes).size).toBe(1)
})
