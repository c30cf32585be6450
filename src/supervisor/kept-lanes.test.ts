import { expect, onTestFinished, test, vi } from 'vitest'
import { openCall, unlimited } from '../call/call.ts'
import type { Lane } from '../engine/lane/lane.ts'
import { RunEngine } from '../engine/run/run-engine.ts'
import { app, daemon, openScene, topology } from '../engine/test-scene.ts'
import { KeptLanes } from './kept-lanes.ts'

const spec = topology({ api: app() })
const limits = { forMs: 60_000, atMost: 2 }
const failed = (id: string, attempt = 0) => ({
  test: `${id}#${attempt}`,
  title: id,
  file: 'a.test.ts',
  ...limits,
})

const fixture = async () => {
  const scene = await openScene({ programs: { daemon } })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  let fewer = 0
  const kept = new KeptLanes(
    () => fewer++,
    () => {},
  )
  onTestFinished(async () => {
    kept.close()
    vi.useRealTimers()
    await scene[Symbol.asyncDispose]()
  })
  const lease = async (key?: string, signal = new AbortController().signal) => {
    const call = openCall('lease', {}, { signal })
    const request = { spec, key, slot: 'slot-1', reset: 'light' as const, call, signal }
    const lane = await engine.lease(request)
    await lane.start(undefined, call)
    return lane
  }
  const keep = (lane: Lane, request = failed('test')) =>
    kept.keep(engine, lane, request, unlimited('keep'))
  return { scene, engine, kept, lease, keep, fewer: () => fewer }
}

test('a kept lane is not leased again, and its services run on', async () => {
  const { engine, lease, keep, scene } = await fixture()
  const one = await lease()
  expect(await keep(one)).toMatchObject({ title: 'test', file: 'a.test.ts' })
  engine.release(one, 'deep')
  const two = await lease()
  expect(two.name).not.toBe(one.name)
  expect(Object.keys(await scene.containers())).toContain(`${one.name}-api-1`)
  expect(engine.lanes.all().map(({ kept }) => kept?.test)).toEqual(['test#0', undefined])
  expect(scene.events('lane.reset')).toEqual([])
})

test('a client that waits for a lane by its key gets another one when that is kept', async () => {
  const { engine, lease, keep } = await fixture()
  const one = await lease('key')
  const waiting = lease('key')
  await keep(one)
  engine.release(one, 'deep')
  expect((await waiting).name).not.toBe(one.name)
})

test('no more lanes are kept than allowed, and an attempt of the same test takes the place of the last', async () => {
  const { engine, lease, keep, kept } = await fixture()
  const lanes = [await lease(), await lease(), await lease(), await lease()] as const
  await keep(lanes[0], failed('one'))
  await keep(lanes[1], failed('two'))
  expect(await keep(lanes[2], failed('three'))).toBeUndefined()
  for (const lane of lanes) engine.release(lane, 'deep')
  const again = await lease()
  expect(await keep(again, failed('one', 1))).toBeDefined()
  expect(engine.lanes.get(lanes[0].name)).toBeUndefined()
  expect(kept.size).toBe(2)
})

test('a kept lane is removed when its time is over, not while a client holds it', async () => {
  const { engine, lease, keep, kept, fewer } = await fixture()
  const lane = await lease()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  await keep(lane)
  await vi.advanceTimersByTimeAsync(limits.forMs + 500)
  expect(engine.lanes.get(lane.name)).toBe(lane)
  engine.release(lane, 'deep')
  await vi.advanceTimersByTimeAsync(1_000)
  vi.useRealTimers()
  await vi.waitFor(() => expect(fewer()).toBe(1))
  expect(engine.lanes.get(lane.name)).toBeUndefined()
  expect(kept.size).toBe(0)
})

test('a lane that is no longer kept can be leased again', async () => {
  const { engine, lease, keep, kept } = await fixture()
  const lane = await lease()
  await keep(lane)
  kept.unkeep(engine, lane)
  engine.release(lane, 'light')
  expect((await lease()).name).toBe(lane.name)
})

test('kept lanes are removed on request, those that are held are not', async () => {
  const { engine, lease, keep, kept, scene } = await fixture()
  const [one, two] = [await lease(), await lease()]
  await keep(one, failed('one'))
  await keep(two, failed('two'))
  engine.release(one, 'deep')
  expect(await kept.remove(engine)).toEqual([one.name])
  expect(Object.keys(await scene.containers()).filter((name) => name.startsWith(one.name))).toEqual(
    [],
  )
  expect(kept.size).toBe(1)
})
