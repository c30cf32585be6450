import { expect, test } from 'vitest'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import type { RuntimeCall } from '../../runtime/memory/memory-runtime.ts'
import type { ProgramContext } from '../../runtime/memory/program.ts'
import { RunEngine } from '../run/run-engine.ts'
import { app, asked, daemon, openScene, topology } from '../test-scene.ts'

const refused = (what: string) => new MesocosmError({ code: 'ENGINE_FAILED', message: what })

/** A service whose set-up writes `/data`, with an image of its data. */
const store = (more: Partial<ServiceSpec> = {}): ServiceSpec =>
  app({ image: 'store', prebuild: true, tasks: { setup: [{ argv: ['fill'] }] }, ...more })

const fixture = async (
  services: Readonly<Record<string, ServiceSpec>>,
  fail: (call: RuntimeCall) => Error | undefined = () => undefined,
  run: (context: ProgramContext) => Promise<number> = daemon,
) => {
  let setUps = 0
  const fill = ({ files }: { files: { write(path: string, text: string): void } }) => {
    setUps++
    files.write('/data', 'filled')
    return 0
  }
  const scene = await openScene({ programs: { daemon, store: { run, exec: { fill } } }, fail })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  const lease = async (key: string) => {
    const signal = new AbortController().signal
    const request = { key, slot: undefined, reset: undefined, call: asked, signal }
    const lane = await engine.lease({ spec: topology(services), ...request })
    await lane.start(undefined, asked)
    return lane
  }
  return {
    scene,
    lease,
    setUps: () => setUps,
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

const isSignal = ({ method, args }: RuntimeCall, signal: string) =>
  method === 'signal' && args[1] === signal

const isMadeFrom = ({ method, args }: RuntimeCall, image: string) =>
  method === 'create' && (args[0] as { image: string }).image.startsWith(image)

test('the second container starts from the image of the first one’s data', async () => {
  await using made = await fixture({ db: store() })
  await made.lease('a')
  await made.lease('b')
  expect(made.setUps()).toBe(1)
  expect(made.scene.events('prebuilt')).toHaveLength(1)
  expect(made.scene.events('shortcut')).toEqual([])
})

test.each([
  ['pause', (call: RuntimeCall) => isSignal(call, 'pause')],
  ['commit', (call: RuntimeCall) => call.method === 'commit'],
])('a refused %s costs the prebuilt image only, and is recorded once', async (_, isRefused) => {
  await using made = await fixture({ db: store() }, (call) =>
    isRefused(call) ? refused('unable to freeze') : undefined,
  )
  for (const key of ['a', 'b'])
    expect((await made.lease(key)).viewOf('db')).toMatchObject({ state: 'ready' })
  expect(made.setUps()).toBe(2)
  expect(made.scene.events('shortcut')).toMatchObject([
    {
      s: 'db',
      shortcut: 'prebuilt image',
      error: { code: 'ENGINE_FAILED', message: 'unable to freeze' },
    },
  ])
})

test('a program that stays paused after its image was kept is a failure', async () => {
  await using made = await fixture({ db: store() }, (call) =>
    isSignal(call, 'unpause') ? refused('unable to thaw') : undefined,
  )
  await expect(made.lease('a')).rejects.toMatchObject({ summary: 'db: unable to thaw' })
})

test('a container that cannot be created from the prebuilt image is created from its own image and set up', async () => {
  await using made = await fixture({ db: store() }, (call) =>
    isMadeFrom(call, 'mesocosm/prebuilt') ? refused('layer is damaged') : undefined,
  )
  await made.lease('a')
  expect((await made.lease('b')).viewOf('db')).toMatchObject({ state: 'ready' })
  expect(made.setUps()).toBe(2)
  expect(made.scene.events('shortcut')).toHaveLength(1)
})

test('a program that exits on prebuilt data is set up from its own image', async () => {
  const exitsOnData = (context: ProgramContext) =>
    context.files.read('/data') === undefined ? daemon(context) : Promise.resolve(1)
  await using made = await fixture({ db: store() }, undefined, exitsOnData)
  await made.lease('a')
  expect((await made.lease('b')).viewOf('db')).toMatchObject({ state: 'ready' })
  expect(made.setUps()).toBe(2)
  expect(made.scene.events('shortcut')).toMatchObject([
    { error: { code: 'SERVICE_EXITED' }, s: 'db' },
  ])
})

test('data made with another environment than the declared one is neither kept nor used', async () => {
  await using made = await fixture({ db: store({ env: { PASSWORD: 'a' } }) })
  await made.lease('a')
  const lane = await made.lease('b')
  const kept = () => made.scene.events('prebuilt').length
  expect([made.setUps(), kept()]).toEqual([1, 1])
  await lane.control.changeEnv('db', { PASSWORD: 'b' }, { dependents: false }, asked)
  expect([made.setUps(), kept()]).toEqual([2, 1])
  await lane.reset('light', asked)
  expect([made.setUps(), kept()]).toEqual([2, 1])
})

test('lanes whose data differs have an image each', async () => {
  await using made = await fixture({ db: store({ env: { DATABASE: { ref: 'lane.name' } } }) })
  await made.lease('a')
  await made.lease('b')
  expect(made.setUps()).toBe(2)
  expect(new Set(made.scene.events('prebuilt').map(({ image }) => image)).size).toBe(2)
})

test('a removed image is made again', async () => {
  await using made = await fixture({ db: store() })
  await made.lease('a')
  const [image] = await made.scene.runtime.images({})
  await made.scene.runtime.remove('image', image?.reference ?? '')
  await made.lease('b')
  await made.lease('c')
  expect(made.setUps()).toBe(2)
  expect(made.scene.events('shortcut')).toEqual([])
})

test('a sandbox without its image is an idle container of the service’s image', async () => {
  await using made = await fixture({ api: app(), web: app() }, ({ method }) =>
    method === 'createSandbox' ? refused('cannot import') : undefined,
  )
  const lane = await made.lease('a')
  expect(lane.view().map(({ state }) => state)).toEqual(['ready', 'ready'])
  expect(made.scene.events('shortcut')).toMatchObject([
    { shortcut: 'sandbox image', error: { message: 'cannot import' }, l: 'lane_1' },
  ])
})

test('a sandbox that cannot be created either way fails with the first error', async () => {
  await using made = await fixture({ api: app() }, ({ method }) =>
    method === 'createSandbox' || method === 'create' ? refused(`no ${method}`) : undefined,
  )
  await expect(made.lease('a')).rejects.toMatchObject({ summary: 'api: no createSandbox' })
  expect(made.scene.events('shortcut')).toEqual([])
})
