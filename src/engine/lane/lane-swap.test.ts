import { expect, test } from 'vitest'
import type { ServiceSpec } from '../../model/service-spec.ts'
import type { ContainerSpec } from '../../runtime/container-spec.ts'
import { label } from '../../runtime/labels.ts'
import { RunEngine } from '../run/run-engine.ts'
import { app, asked, daemon, openScene, topology } from '../test-scene.ts'
import type { Lane } from './lane.ts'

/* The in-memory runtime runs the same program either way; what it is asked for is what a process is started with. */

const ports = { http: { port: 3000, scheme: 'http' } }
const local = { command: ['node', 'api.js'], cwd: '/shop/api' }

const fixture = async (services: Readonly<Record<string, ServiceSpec>>) => {
  const scene = await openScene({ programs: { daemon: { run: daemon, exec: { hook: () => 0 } } } })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  const request = {
    spec: topology(services),
    key: undefined,
    slot: undefined,
    reset: undefined,
    call: asked,
    signal: new AbortController().signal,
  }
  const lane = await engine.lease(request)
  await lane.start(undefined, asked)
  /** What the newest program of a service was created from. */
  const made = (service: string): ContainerSpec | undefined =>
    scene.calls
      .filter(({ method }) => method === 'create')
      .map(({ args }) => args[0] as ContainerSpec)
      .findLast(
        ({ labels }) => labels[label.service] === service && labels[label.role] === 'program',
      )
  return {
    scene,
    engine,
    lane,
    request,
    made,
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

const addressOf = (lane: Lane, name: string) => lane.viewOf(name).outputs['http.url']

test('a process gets the variables of its `local` key and addresses of this machine', async () => {
  await using scene = await fixture({
    api: app({
      ports,
      env: {
        DB: { ref: 'db.http.url' },
        WEB: { ref: 'web.http.url', wait: false },
        MODE: 'declared',
      },
      local: { ...local, env: { MODE: 'local', OWN: ['at ', { ref: 'self.http.url' }] } },
    }),
    web: app({ ports }),
    db: app({ ports, share: 'run' }),
  })
  const { lane, made } = scene
  expect(made('api')?.env).toEqual({
    DB: 'http://db:3000',
    WEB: 'http://web:3000',
    MODE: 'declared',
  })
  await lane.control.swap('api', {}, asked)
  const env = {
    DB: addressOf(lane, 'db'),
    WEB: addressOf(lane, 'web'),
    MODE: 'local',
    OWN: `at ${addressOf(lane, 'api')}`,
  }
  expect(env.DB).toContain('127.0.0.1')
  expect(made('api')).toMatchObject({
    env,
    local: { ...local, ports: { http: 3000 }, portEnv: { http: 'PORT' } },
  })
  expect(lane.viewOf('api').env).toEqual(env)
  await lane.control.changeEnv('api', { MODE: 'test', DB: null }, { dependents: false }, asked)
  const { DB: _, ...rest } = env
  expect(made('api')?.env).toEqual({ ...rest, MODE: 'test' })
})

test('swaps nest, and the container comes back with the last one, or with a reset', async () => {
  await using scene = await fixture({ api: app({ local }) })
  const { lane, made, scene: run } = scene
  const command = () => made('api')?.local?.command
  const outer = await lane.control.swap('api', {}, asked)
  const inner = await lane.control.swap('api', { command: ['other'], cwd: 'x' }, asked)
  expect(command()).toEqual(['other'])
  await lane.control.dropSwap('api', inner.id, asked)
  expect(command()).toEqual(local.command)
  await lane.control.dropSwap('api', outer.id, asked)
  expect(command()).toBeUndefined()
  const late = await lane.control.swap('api', {}, asked)
  await lane.reset('light', asked)
  expect(command()).toBeUndefined()
  const created = run.created().length
  await lane.control.dropSwap('api', late.id, asked)
  expect(run.created()).toHaveLength(created)
  expect(run.events('svc.swap').map(({ to, cause }) => ({ to, cause }))).toEqual([
    { to: 'process' },
    { to: 'process' },
    { to: 'process' },
    { to: 'container' },
    { to: 'process' },
    { to: 'container', cause: 'reset' },
  ])
})

test('a shared server is swapped while no other lane uses it', async () => {
  await using scene = await fixture({ db: app({ ports, share: 'run', local }) })
  const { lane, made, engine, request } = scene
  const swap = await lane.control.swap('db', {}, asked)
  expect(made('db')?.local).toMatchObject(local)
  await lane.control.dropSwap('db', swap.id, asked)
  expect(made('db')?.local).toBeUndefined()
  const other = await engine.lease(request)
  await other.start(undefined, asked)
  await expect(lane.control.swap('db', {}, asked)).rejects.toMatchObject({
    code: 'SERVICE_IN_USE',
  })
})

test('hooks of a process are those of its `local` key, with addresses of this machine', async () => {
  const hook = (text: string) => [{ argv: ['hook', text, { ref: 'self.http.url' }] }]
  await using scene = await fixture({
    api: app({
      ports,
      tasks: { enter: hook('contained') },
      local: { ...local, tasks: { enter: hook('local') } },
    }),
  })
  const { lane, scene: run } = scene
  const ran = () => run.events('task').map(({ argv }) => argv.slice(1))
  expect(ran()).toEqual([['contained', 'http://api:3000']])
  await lane.control.swap('api', {}, asked)
  expect(ran().slice(1)).toEqual([['local', addressOf(lane, 'api')]])
  expect(addressOf(lane, 'api')).toContain('127.0.0.1')
})
