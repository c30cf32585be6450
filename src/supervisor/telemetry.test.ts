import { expect, test } from 'vitest'
import { eventually } from '../../test/lib/eventually.ts'
import { RunEngine } from '../engine/run/run-engine.ts'
import { TelemetryDoor } from '../engine/telemetry/telemetry-door.ts'
import { app, asked, daemon, openScene, type SceneOptions, topology } from '../engine/test-scene.ts'
import type { TopologySpec } from '../model/service-spec.ts'
import type { ProgramContext } from '../runtime/memory/program.ts'
import { takeTelemetry } from './telemetry.ts'

const trace = '0af7651916cd43dd8448eb211c80319c'

/** A program that exports one span before it is ready, as an SDK of OpenTelemetry does: as its environment says. */
const exporter = async (context: ProgramContext): Promise<number> => {
  const { env, print } = context
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint !== undefined) {
    const { hostname, port } = new URL(endpoint)
    const at = context.reach(hostname, Number(port))
    if (at === undefined) print('no way\n')
    else {
      const attributes = (env.OTEL_RESOURCE_ATTRIBUTES ?? '').split(',').map((pair) => {
        const [key, value] = pair.split('=')
        return { key, value: { stringValue: value } }
      })
      const span = { traceId: trace, spanId: 'b7ad6b7169203331', name: env.OTEL_SERVICE_NAME }
      const body = {
        resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [span] }] }],
      }
      const { status } = await fetch(`http://${at.host}:${at.port}/v1/traces`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Connection: 'close' },
        body: JSON.stringify(body),
      })
      print(`exported ${status}\n`)
    }
  }
  return daemon(context)
}

const fixture = async (options: Partial<SceneOptions> = {}) => {
  const scene = await openScene({ programs: { daemon, exporter }, ...options })
  const { clock, record } = scene.context
  const known: { engine?: RunEngine } = {}
  const telemetry = new TelemetryDoor(
    scene.context,
    takeTelemetry({ clock, record, engine: () => known.engine }),
  )
  const engine = new RunEngine({ ...scene.context, telemetry }, scene.redactor)
  known.engine = engine
  await engine.watch(() => undefined)
  return {
    scene,
    engine,
    lease: async (spec: TopologySpec) => {
      const signal = new AbortController().signal
      const asks = { key: undefined, slot: undefined, reset: undefined, call: asked, signal }
      const lane = await engine.lease({ spec, ...asks })
      await lane.start(undefined, asked)
      return lane
    },
    spans: () =>
      scene
        .events('otlp.span')
        .map(({ l, s, name }) => [l, s, name])
        .sort(),
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

const watched = app({ image: 'exporter', telemetry: true })

test('services of several lanes and servers that they share reach the record by one container', async () => {
  await using made = await fixture()
  const spec = topology({ api: watched, db: { ...watched, share: 'run' } })
  await made.lease(spec)
  await made.lease(spec)
  expect(made.spans()).toEqual([
    ['lane_1', 'api', 'api'],
    ['lane_2', 'api', 'api'],
    ['run', 'db', 'db'],
  ])
  expect(made.scene.created().filter((name) => name === 'telemetry')).toHaveLength(1)
  await made.engine[Symbol.asyncDispose]()
  expect(await made.scene.runtime.list({})).toMatchObject({ containers: [], networks: [] })
  expect(made.scene.events('svc.warning')).toEqual([])
})

test('a topology without telemetry makes no container, network link or variable for it', async () => {
  await using made = await fixture()
  const lane = await made.lease(topology({ api: app({ image: 'exporter' }) }))
  expect(made.scene.created()).not.toContain('telemetry')
  expect(lane.viewOf('api').env).toEqual({})
  expect(made.scene.calls.filter(({ method }) => method === 'attach')).toEqual([])
  await made.engine[Symbol.asyncDispose]()
})

test('a lane that is made again and one that is ended leave nothing of it', async () => {
  await using made = await fixture()
  const spec = topology({ api: watched })
  const first = await made.lease(spec)
  const second = await made.lease(spec)
  made.engine.release(first, 'deep')
  const taken = made.engine.lanes.take(first.name)
  await made.engine.end(first)
  expect(taken).toBe(first)
  await second.reset('deep', asked)
  expect(made.spans()).toHaveLength(3)
  await made.engine[Symbol.asyncDispose]()
  expect(await made.scene.runtime.list({})).toMatchObject({ containers: [], networks: [] })
})

test('a command in a container of a watched service reaches the record, too', async () => {
  await using made = await fixture()
  const signal = new AbortController().signal
  const spec = topology({ api: app(), tests: watched })
  const asks = { key: undefined, slot: undefined, reset: undefined, call: asked, signal }
  const lane = await made.engine.lease({ spec, ...asks })
  await lane.start(['api'], asked)
  expect(made.scene.created()).not.toContain('telemetry')
  const { container } = await lane.commands.create(
    { service: 'tests', argv: [], user: '0:0', cwd: '/', folders: [], env: {}, terminal: false },
    asked,
  )
  await made.scene.runtime.start(container)
  await eventually(() => expect(made.spans()).toEqual([['lane_1', 'tests', 'tests']]))
  await made.engine[Symbol.asyncDispose]()
})

test('services start although nothing can take what they send, and a warning says so', async () => {
  await using made = await fixture({
    fail: ({ method }) => (method === 'relayImage' ? new Error('no space') : undefined),
  })
  const lane = await made.lease(topology({ api: watched }))
  expect(made.scene.lines(lane.name, 'api')).toEqual(['no way', 'up'])
  expect(made.scene.events('svc.warning')).toMatchObject([
    { message: 'spans and logs of services do not reach the record: no space' },
  ])
  await made.engine[Symbol.asyncDispose]()
})

test('the names of a lane on a shared server and the addresses of its services are in the record', async () => {
  await using made = await fixture()
  const outputs = { database: ['app_', { ref: 'lane.name' }] }
  const spec = topology({
    db: app({ share: 'run', outputs }),
    api: app({ env: { DB: { ref: 'db.database' } } }),
  })
  await made.lease(spec)
  const names = made.scene.events('lane.names')
  expect(names).toContainEqual(
    expect.objectContaining({ l: 'lane_1', s: 'db', on: 'run', keys: ['lane_1', 'app_lane_1'] }),
  )
  expect(names).toContainEqual(
    expect.objectContaining({ l: 'lane_1', s: 'api', keys: [expect.stringMatching(/^\d+\./)] }),
  )
  await made.engine[Symbol.asyncDispose]()
})
