import { expect, test } from 'vitest'
import type { ServiceSpec, TaskPlan } from '../../model/service-spec.ts'
import type { RuntimeCall } from '../../runtime/memory/memory-runtime.ts'
import type { CommandContext } from '../../runtime/memory/program.ts'
import { RunEngine } from '../run/run-engine.ts'
import { app, asked, daemon, openScene, topology } from '../test-scene.ts'

const moments = ['setup', 'enter', 'baseline', 'reset', 'leave'] as const

/** Every task notes its moment, and the lane where there is one. */
const tasks: TaskPlan = Object.fromEntries(
  moments.map((moment) => [
    moment,
    [{ argv: ['note', moment, ...(moment === 'setup' ? [] : [{ ref: 'lane.name' }])] }],
  ]),
)

const server = (more: Partial<ServiceSpec> = {}): ServiceSpec =>
  app({ image: 'server', share: 'run', tasks, ...more })

const api = app({ env: { DB: { ref: 'db.host' } } })

const fixture = async (
  options: {
    readonly fail?: (call: RuntimeCall) => Error | undefined
    readonly hold?: (call: RuntimeCall) => Promise<unknown> | undefined
  } = {},
) => {
  const notes: string[] = []
  let refused: string | undefined
  const note = ({ argv }: CommandContext) => {
    notes.push(argv.slice(1).join(' '))
    return argv[1] === refused ? 1 : 0
  }
  const programs = { daemon, server: { run: daemon, exec: { note } } }
  const scene = await openScene({ programs, ...options })
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  return {
    scene,
    engine,
    lease: (services: Readonly<Record<string, ServiceSpec>>) =>
      engine.lease({
        spec: topology(services),
        key: undefined,
        slot: undefined,
        reset: undefined,
        call: asked,
        signal: new AbortController().signal,
      }),
    noted: () => notes.splice(0),
    refuse: (moment: string | undefined) => {
      refused = moment
    },
    links: () =>
      scene.calls.flatMap(({ method, args }) =>
        method === 'attach' || method === 'detach'
          ? [{ kind: method, network: (args[0] as { network: string }).network }]
          : [],
      ),
    servers: async () =>
      Object.keys(await scene.containers()).filter((name) => /^run-.*-\d+$/.test(name)),
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

test('one server serves all lanes with a tenant each', async () => {
  await using made = await fixture()
  const { lease, noted, links, servers } = made
  const [one, two] = [await lease({ db: server(), api }), await lease({ db: server(), api })]
  await Promise.all([one.start(undefined, asked), two.start(undefined, asked)])
  expect(noted().sort()).toEqual([
    'baseline lane_1',
    'baseline lane_2',
    'enter lane_1',
    'enter lane_2',
    'setup',
  ])
  expect(await servers()).toHaveLength(1)
  expect(new Set(links().map(({ network }) => network)).size).toBe(2)
  expect(one.viewOf('db')).toMatchObject({ state: 'ready', logLane: 'run', logName: 'db' })
})

test('a program starts only when the tenants it needs exist and their servers are on its network', async () => {
  await using made = await fixture()
  const lane = await made.lease({ db: server(), api, free: app() })
  await lane.start(undefined, asked)
  const order = made.scene.calls.flatMap(({ method, args }) =>
    method === 'exec'
      ? [(args[1] as { argv: string[] }).argv.slice(1).join(' ')]
      : method === 'attach'
        ? ['attach']
        : method === 'start'
          ? [String(args[0])]
          : [],
  )
  const started = order.indexOf(lane.group.members.get('api')?.program?.id ?? '')
  expect(order.indexOf('enter lane_1')).toBeLessThan(started)
  expect(order.indexOf('attach')).toBeLessThan(started)
})

test('a lane with only shared servers needs no network', async () => {
  await using made = await fixture()
  const lane = await made.lease({ db: server() })
  await lane.start(undefined, asked)
  expect(made.noted()).toEqual(['setup', 'enter lane_1', 'baseline lane_1'])
  expect(made.links()).toEqual([])
  expect((await made.scene.runtime.list({})).networks).toHaveLength(1)
})

test('a tenant that no other service uses is created with its snapshot, where there is a task for both', async () => {
  await using made = await fixture()
  const { lease, noted, engine } = made
  const note = (moment: string) => [{ argv: ['note', moment, { ref: 'lane.name' }] }]
  const db = server({ tasks: { ...tasks, enterAlone: note('enter alone') } })
  const lane = await lease({ db, api })
  await lane.start(['db'], asked)
  expect(noted()).toEqual(['setup', 'enter alone lane_1'])
  await lane.reset('light', asked)
  expect(noted()).toEqual(['reset lane_1'])
  // The program may change the data before it is ready.
  await lane.start(['api'], asked)
  expect(noted()).toEqual(['baseline lane_1'])
  const other = await lease({ db, api })
  await other.start(undefined, asked)
  expect(noted()).toEqual(['enter lane_2', 'baseline lane_2'])
  await other.reset('deep', asked)
  expect(noted()).toEqual(['leave lane_2', 'enter lane_2', 'baseline lane_2'])
  engine.release(lane, 'light')
})

test('servers are attached to a network that is created later, also the second time', async () => {
  await using made = await fixture()
  const { lease, links, engine } = made
  const lane = await lease({ db: server(), api })
  await lane.start(['db'], asked)
  expect(links()).toEqual([])
  await lane.start(undefined, asked)
  expect(links()).toHaveLength(1)
  engine.release(lane, 'light')
  await (await lease({ db: server() })).start(undefined, asked)
  expect(lane.group.members.network).toBeUndefined()
  engine.release(lane, 'light')
  await (await lease({ db: server(), api })).start(undefined, asked)
  const connected = links().filter(({ kind }) => kind === 'attach')
  expect(connected).toHaveLength(2)
  expect(connected[1]?.network).not.toBe(connected[0]?.network)
})

test('a lane whose network cannot be created fails and does not hang', async () => {
  await using made = await fixture({
    fail: ({ method, args }) =>
      method === 'createNetwork' && !(args[0] as { name: string }).name.includes('run')
        ? new Error('no subnet left')
        : undefined,
  })
  const lane = await made.lease({ db: server(), api })
  await expect(lane.start(undefined, asked)).rejects.toThrow('no subnet left')
})

test('a failed server is tried once per start for all lanes, and again by the next start', async () => {
  const both = Promise.withResolvers<void>()
  await using made = await fixture({
    // Nothing starts until the second lane waits for the server, too: then it makes its network.
    hold: ({ method, args }) => {
      if (method === 'createNetwork' && (args[0] as { name: string }).name.endsWith('lane_2'))
        both.resolve()
      return method === 'start' ? both.promise : undefined
    },
  })
  const { lease, scene } = made
  const services = { db: server({ env: { FAIL: 'broken' } }), api, web: api }
  const [one, two] = [await lease(services), await lease(services)]
  const results = await Promise.allSettled([
    one.start(undefined, asked),
    two.start(undefined, asked),
  ])
  for (const result of results)
    expect(result).toMatchObject({ reason: { code: 'SERVICE_EXITED', facts: { service: 'db' } } })
  expect(scene.lines('run', 'db')).toEqual(['failed: broken'])
  await expect(one.start(undefined, asked)).rejects.toMatchObject({ code: 'SERVICE_EXITED' })
  expect(scene.lines('run', 'db')).toEqual(['failed: broken', 'failed: broken'])
})

test.each(['setup', 'enter'])(
  'a server whose %s failed is tried again by the next start',
  async (moment) => {
    await using made = await fixture()
    const { lease, refuse, noted } = made
    const lane = await lease({ db: server(), api })
    refuse(moment)
    await expect(lane.start(undefined, asked)).rejects.toMatchObject({ code: 'TASK_FAILED' })
    refuse(undefined)
    noted()
    await lane.start(undefined, asked)
    expect(noted()).toContain(moment === 'setup' ? 'setup' : 'enter lane_1')
    expect(lane.view().map(({ state }) => state)).toEqual(['ready', 'ready'])
  },
)

test('a crashed server is restarted by the next start or reset, and keeps its tenants', async () => {
  await using made = await fixture()
  const { lease, scene, noted } = made
  const lane = await lease({ db: server(), api })
  await lane.start(undefined, asked)
  noted()
  const crash = async () => {
    const { containers } = await scene.runtime.list({})
    const db = containers.find(({ name }) => /-run-db-\d+$/.test(name))
    await scene.runtime.signal(db?.id ?? '', 'SIGHUP')
    while (lane.viewOf('db').exitCode === undefined) await new Promise(setImmediate)
  }
  await crash()
  await lane.start(['api'], asked)
  expect(lane.viewOf('db').state).toBe('ready')
  await crash()
  await lane.reset('light', asked)
  expect(lane.viewOf('db').state).toBe('ready')
  expect(noted()).toEqual(['reset lane_1'])
})

test('a server that another lane uses cannot be changed', async () => {
  await using made = await fixture()
  const { lease } = made
  const [one, two] = [await lease({ db: server(), api }), await lease({ db: server(), api })]
  await one.start(undefined, asked)
  await two.start(undefined, asked)
  const inUse = { code: 'SERVICE_IN_USE', facts: { others: ['lane_2'] } }
  await expect(one.control.stop('db', undefined, asked)).rejects.toMatchObject(inUse)
  await expect(one.control.kill('db', 'SIGKILL', asked)).rejects.toMatchObject(inUse)
  await expect(one.control.setPaused('db', true, asked)).rejects.toMatchObject(inUse)
  await expect(
    one.control.changeEnv('db', { A: '1' }, { dependents: false }, asked),
  ).rejects.toMatchObject(inUse)
  await two.start(undefined, asked)
  expect(two.viewOf('db')).toMatchObject({ state: 'ready', env: {} })
})

test('a lane that uses a server alone may change it until its reset', async () => {
  await using made = await fixture()
  const { lease, noted } = made
  const lane = await lease({ db: server(), api })
  await lane.start(undefined, asked)
  noted()
  await lane.control.changeEnv('db', { A: '1' }, { dependents: false }, asked)
  // In the new container the lane has a tenant again.
  expect(noted()).toEqual(['setup', 'enter lane_1', 'baseline lane_1'])
  expect(lane.viewOf('db').env).toEqual({ A: '1' })
  await lane.control.stop('db', undefined, asked)
  expect(lane.viewOf('db').state).toBe('stopped')
  await lane.reset('light', asked)
  expect(lane.viewOf('db')).toMatchObject({ state: 'ready', env: {} })
})

test('a lane gets a server as declared while another one has stopped its own', async () => {
  await using made = await fixture()
  const { lease, servers } = made
  const one = await lease({ db: server(), api })
  await one.start(undefined, asked)
  await one.control.stop('db', undefined, asked)
  const two = await lease({ db: server(), api })
  await two.start(undefined, asked)
  expect(two.viewOf('db').state).toBe('ready')
  expect(one.viewOf('db').state).toBe('stopped')
  expect(await servers()).toHaveLength(2)
})

test('a server that is disconnected from one lane serves the others, and a reset reconnects it', async () => {
  await using made = await fixture()
  const { lease, links } = made
  const lane = await lease({ db: server(), api })
  await lane.start(undefined, asked)
  await lane.control.setConnected('db', false, asked)
  expect(links().map(({ kind }) => kind)).toEqual(['attach', 'detach'])
  await lane.start(undefined, asked)
  expect(links()).toHaveLength(2)
  await lane.reset('light', asked)
  expect(links().map(({ kind }) => kind)).toEqual(['attach', 'detach', 'attach'])
})

test('a server that is declared differently is another server; the former one goes with its last lane', async () => {
  await using made = await fixture()
  const { lease, servers, engine, noted } = made
  const one = await lease({ db: server(), api })
  const two = await lease({ db: server({ env: { V: '2' } }), api })
  await one.start(undefined, asked)
  await two.start(undefined, asked)
  expect(await servers()).toHaveLength(2)
  expect(two.viewOf('db').logName).toBe('db-2')
  noted()
  engine.release(two, 'light')
  await (await lease({ db: server(), api })).start(undefined, asked)
  expect(two.viewOf('db').logName).toBe('db')
  expect(await servers()).toHaveLength(1)
  expect(noted()).toContain('enter lane_2')
})

test('a lane that ends drops its tenants, and the servers stay', async () => {
  await using made = await fixture()
  const { lease, engine, noted, servers, links } = made
  const [one, two] = [await lease({ db: server(), api }), await lease({ db: server(), api })]
  await one.start(undefined, asked)
  await two.start(undefined, asked)
  noted()
  await engine.end(one)
  expect(noted()).toEqual(['leave lane_1'])
  expect(links().at(-1)).toMatchObject({ kind: 'detach' })
  expect(await servers()).toHaveLength(1)
  expect(two.viewOf('db').state).toBe('ready')
  // Alone now, so it may.
  await two.control.stop('db', undefined, asked)
})

test('a shared server that needs another one starts after it', async () => {
  await using made = await fixture()
  const { lease, scene } = made
  const services = { pool: server({ env: { DB: { ref: 'db.host' } } }), db: server(), api }
  await (await lease(services)).start(undefined, asked)
  const steps = scene.events('plan.step').map(({ do: what, s }) => `${what} ${s}`)
  expect(steps.indexOf('await ready db')).toBeLessThan(steps.indexOf('start program pool'))
})

test('a lane that ends is off its servers, even if its tenant cannot be dropped', async () => {
  await using made = await fixture()
  const { lease, engine, refuse, scene } = made
  const [one, two] = [await lease({ db: server(), api }), await lease({ db: server(), api })]
  await Promise.all([one.start(undefined, asked), two.start(undefined, asked)])
  refuse('leave')
  engine.release(one, 'light')
  await expect(engine.end(one)).rejects.toMatchObject({ code: 'TASK_FAILED' })
  // Only the other lane uses the server now, so it may change it.
  await two.control.changeEnv('db', { A: '1' }, { dependents: false }, asked)
  expect((await scene.runtime.list({})).networks).toHaveLength(2)
})

test('a server is replaced in place when its declaration changes and no other lane uses it', async () => {
  await using made = await fixture()
  const { lease, engine, servers } = made
  const lane = await lease({ db: server(), api })
  await lane.start(undefined, asked)
  const [before] = await servers()
  engine.release(lane, 'light')
  const again = await lease({ db: server({ env: { A: '1' } }), api })
  await again.start(undefined, asked)
  expect(again).toBe(lane)
  expect(again.viewOf('db')).toMatchObject({ state: 'ready', logName: 'db', env: { A: '1' } })
  await again.reset('light', asked)
  expect(await servers()).toHaveLength(1)
  expect(await servers()).not.toEqual([before])
})
