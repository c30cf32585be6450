import { expect, test } from 'vitest'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { RunEngine } from '../run/run-engine.ts'
import { app, asked, daemon, openScene, topology } from '../test-scene.ts'
import type { Lane } from './lane.ts'

const self = { dependents: false }

const fixture = async (services: Readonly<Record<string, ServiceSpec>>) => {
  const programs = { daemon, 'own:dev': daemon, 'shop-web': daemon }
  const scene = await openScene({ programs })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  const spec = topology(services)
  const lease = async () => {
    const signal = new AbortController().signal
    const request = { key: undefined, slot: undefined, reset: undefined, call: asked, signal }
    const lane = await engine.lease({ spec, ...request })
    await lane.start(undefined, asked)
    return lane
  }
  return {
    scene,
    engine,
    spec,
    lease,
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

const program = (lane: Lane, name: string) => lane.group.members.get(name)?.program

test.each([
  ['pulled', 'own:dev', app({ image: 'own:dev' })],
  ['built', 'shop-web', { build: { context: '/web' }, ready: { kind: 'log', pattern: 'up' } }],
  ['shared', 'own:dev', app({ image: 'own:dev', share: 'run' })],
] as const)(
  'a %s image that was built again is used from the next lease on',
  async (_, name, web) => {
    await using made = await fixture({ web, other: app() })
    const { engine, lease, scene, spec } = made
    const lane = await lease()
    const other = program(lane, 'other')
    engine.release(lane, 'light')
    expect(await engine.plan(spec)).toBe('nothing to do')
    scene.runtime.replaceImage(name, daemon)
    const plan = await engine.plan(spec)
    expect(plan).not.toMatch(/ other /)
    expect(plan).toMatch(/create program web .*\(image changed\)/)
    const again = await lease()
    expect(again).toBe(lane)
    const used = scene.calls.filter(({ method }) => method === 'create').at(-1)?.args[0]
    expect(used).toMatchObject({ image: name })
    expect(await engine.plan(spec)).toBeUndefined()
    expect(again.viewOf('web')).toMatchObject({ state: 'ready' })
    expect(program(again, 'other')).toBe(other)
  },
)

test('a reset sees a rebuilt image, and replaces only its service', async () => {
  await using made = await fixture({ web: app({ image: 'own:dev' }), other: app() })
  const lane = await made.lease()
  const before = [program(lane, 'web'), program(lane, 'other')]
  made.scene.runtime.replaceImage('own:dev', daemon)
  await lane.reset('light', asked)
  expect(program(lane, 'web')).not.toBe(before[0])
  expect(program(lane, 'other')).toBe(before[1])
})

test('an image that lost its name is still used by an environment change, and pulled by the next lease', async () => {
  await using made = await fixture({ web: app({ image: 'own:dev' }) })
  const { engine, lease, scene } = made
  const lane = await lease()
  await scene.runtime.remove('image', 'own:dev')
  await lane.control.changeEnv('web', { A: '1' }, self, asked)
  expect(lane.viewOf('web')).toMatchObject({ state: 'ready', env: { A: '1' } })
  engine.release(lane, 'deep')
  expect((await lease()).viewOf('web')).toMatchObject({ state: 'ready', env: {} })
})

test('an image that was removed with its containers is pulled again by an environment change', async () => {
  await using made = await fixture({ web: app({ image: 'own:dev' }) })
  const { lease, scene } = made
  const lane = await lease()
  await scene.runtime.remove('container', program(lane, 'web')?.id ?? '')
  await scene.runtime.remove('image', 'own:dev')
  await lane.control.changeEnv('web', { A: '1' }, self, asked)
  expect(lane.viewOf('web')).toMatchObject({ state: 'ready', env: { A: '1' } })
})

test('an image that was built by hand and lost its name is used as long as the engine has it', async () => {
  await using made = await fixture({ web: app({ image: 'own:dev' }) })
  const { engine, lease, scene } = made
  const lane = await lease()
  scene.runtime.unpublish('own:dev')
  await scene.runtime.remove('image', 'own:dev')
  engine.release(lane, 'deep')
  expect((await lease()).viewOf('web')).toMatchObject({ state: 'ready' })
  await scene.runtime.remove('container', program(lane, 'web')?.id ?? '')
  engine.release(lane, 'deep')
  await expect(lease()).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' })
})
