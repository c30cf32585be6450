import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { openCall } from '../../call/call.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import type { ProgramContext } from '../../runtime/memory/program.ts'
import type { Lane } from '../lane/lane.ts'
import { RunEngine } from '../run/run-engine.ts'
import { app, asked, daemon, openScene, type Scene, topology } from '../test-scene.ts'

/** Listens on port 80 and answers with its name, then prints `up`. */
const server = async (context: ProgramContext): Promise<number> => {
  await context.listen(80, (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nmine'))
  return daemon(context)
}

/** Runs and never listens. */
const mute = (context: ProgramContext) => daemon(context)

const fixture = async (services: Readonly<Record<string, ServiceSpec>>) => {
  const scene = await openScene({ programs: { daemon, server, mute } })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  const lease = () => {
    const signal = new AbortController().signal
    const request = { key: undefined, slot: undefined, reset: undefined, call: asked, signal }
    return engine.lease({ spec: topology(services), ...request })
  }
  const lane = await lease()
  return { scene, engine, lane, lease, [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose]() }
}

const web = (more: Partial<ServiceSpec> = {}) =>
  app({
    image: 'server',
    ports: { http: { port: 80, scheme: 'http' } },
    ready: { kind: 'http', path: '/' },
    ...more,
  })

const member = (lane: Lane, name: string) => lane.group.members.of(name)
const sandboxId = (lane: Lane, name: string) => member(lane, name).sandbox?.id ?? ''

const addressesOf = async ({ runtime }: Scene, lane: Lane, name: string) =>
  Object.keys((await runtime.inspect(sandboxId(lane, name)))?.addresses ?? {})

const actions = {
  'an environment change': async ({ lane }) =>
    void (await lane.control.changeEnv('web', { A: '1' }, { dependents: false }, asked)),
  'a light reset': ({ lane }) => lane.reset('light', asked),
  'a deep reset': ({ lane }) => lane.reset('deep', asked),
  'a lease': async ({ engine, lane, lease }) => {
    engine.release(lane, 'light')
    await (await lease()).start(undefined, asked)
  },
} satisfies Record<string, (made: Awaited<ReturnType<typeof fixture>>) => Promise<void>>

const drifts = {
  'a removed network': (scene: Scene, lane: Lane) =>
    scene.runtime.remove('network', lane.group.members.network ?? ''),
  'a disconnected sandbox': (scene: Scene, lane: Lane) =>
    scene.runtime.detach({
      container: sandboxId(lane, 'web'),
      network: lane.group.members.network ?? '',
    }),
  'a removed sandbox': (scene: Scene, lane: Lane) =>
    scene.runtime.remove('container', sandboxId(lane, 'web')),
  'a killed sandbox': (scene: Scene, lane: Lane) =>
    scene.runtime.signal(sandboxId(lane, 'web'), 'SIGKILL'),
  'a removed program': (scene: Scene, lane: Lane) =>
    scene.runtime.remove('container', member(lane, 'web').program?.id ?? ''),
}

for (const [drift, change] of Object.entries(drifts))
  for (const [action, act] of Object.entries(actions))
    test(`${drift} is repaired by ${action}`, async () => {
      await using made = await fixture({ web: web(), other: app() })
      const { scene, lane } = made
      await lane.start(undefined, asked)
      const other = member(lane, 'other').program?.id
      await change(scene, lane)
      await act(made)
      const { network } = lane.group.members
      expect((await scene.runtime.list({})).networks.map(({ id }) => id)).toContain(network)
      for (const name of ['web', 'other']) {
        expect(lane.viewOf(name)).toMatchObject({ state: 'ready' })
        expect(await addressesOf(scene, lane, name)).toEqual([network])
      }
      if (action !== 'a deep reset') expect(member(lane, 'other').program?.id).toBe(other)
      const address = member(lane, 'web').published(80)
      const answer = await fetch(`http://${address?.host}:${address?.port}`)
      expect(await answer.text()).toBe('mine')
    })

test('a plan shows the repair and its cause', async () => {
  await using made = await fixture({ web: web() })
  const { scene, lane, engine } = made
  await lane.start(undefined, asked)
  engine.release(lane, 'light')
  await scene.runtime.remove('network', lane.group.members.network ?? '')
  const plan = await engine.plan(lane.spec)
  expect(plan).toContain('create network  (no network yet)')
  expect(plan).toMatch(/connect web {2}after #1 {2}\(should be on the network\)/)
})

test('a sandbox that is disconnected on purpose stays so until the reset', async () => {
  await using made = await fixture({ web: web() })
  const { lane, scene } = made
  await lane.start(undefined, asked)
  await lane.control.setConnected('web', false, asked)
  await lane.control.changeEnv('web', { A: '1' }, { dependents: false }, asked)
  expect(await addressesOf(scene, lane, 'web')).toEqual([])
  await lane.reset('light', asked)
  expect(await addressesOf(scene, lane, 'web')).toEqual([lane.group.members.network])
})

test('a shared server that was removed or taken off the lane’s network is back at the next lease', async () => {
  await using made = await fixture({
    db: app({ share: 'run' }),
    api: app({ dependsOn: { db: 'healthy' } }),
  })
  const { lane, scene, engine, lease } = made
  await lane.start(undefined, asked)
  const sandboxes = async () =>
    (await scene.runtime.list({})).containers.filter(({ name }) => name.endsWith('run-db-sandbox'))
  const network = lane.group.members.network ?? ''
  const [first] = await sandboxes()
  await scene.runtime.detach({ container: first?.id ?? '', network })
  engine.release(lane, 'light')
  await (await lease()).start(undefined, asked)
  expect((await scene.runtime.inspect(first?.id ?? ''))?.addresses).toHaveProperty(network)

  await scene.runtime.remove('container', first?.id ?? '')
  engine.release(lane, 'light')
  await (await lease()).start(undefined, asked)
  const [second] = await sandboxes()
  expect(second?.id).not.toBe(first?.id)
  expect((await scene.runtime.inspect(second?.id ?? ''))?.addresses).toHaveProperty(network)
  expect(lane.viewOf('db')).toMatchObject({ state: 'ready' })
})

test('an engine that does not describe a sandbox does not stop a change', async () => {
  await using made = await fixture({ web: web() })
  const { lane, scene } = made
  await lane.start(undefined, asked)
  const { inspect } = scene.runtime
  let refusals = 0
  Object.assign(scene.runtime, {
    inspect: async (id: string) => {
      if (id === sandboxId(lane, 'web') && refusals++ === 0) throw new Error('busy')
      return inspect(id)
    },
  })
  await lane.control.changeEnv('web', { A: '1' }, { dependents: false }, asked)
  expect(refusals).toBeGreaterThan(0)
  expect(lane.viewOf('web')).toMatchObject({ state: 'ready', env: { A: '1' } })
})

test('a stranger’s answer on the port of a lost sandbox is not taken for the service’s', async () => {
  await using made = await fixture({ web: web({ image: 'mute', readyTimeoutMs: 60_000 }) })
  const { lane, scene } = made
  const stop = new AbortController()
  using call = openCall('the start', {}, { signal: stop.signal })
  const started = lane.start(undefined, call)
  const turn = () => new Promise(setImmediate)
  while (scene.lines(lane.name, 'web').length === 0) await turn()
  const { port = 0 } = member(lane, 'web').published(80) ?? {}
  await scene.runtime.signal(sandboxId(lane, 'web'), 'SIGKILL')
  let asks = 0
  const stranger = createServer((_, response) => {
    asks++
    response.end('a stranger')
  })
  await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve))
  expect((stranger.address() as AddressInfo).port).toBe(port)
  while (asks < 3) await turn()
  expect(member(lane, 'web').program?.ready).toBe(false)
  stop.abort(new Error('seen enough'))
  await expect(started).rejects.toMatchObject({
    code: 'ABORTED',
    message: expect.stringContaining('its network sandbox has ended'),
  })
  stranger.close()
})
