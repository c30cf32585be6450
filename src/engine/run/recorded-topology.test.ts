import { expect, test } from 'vitest'
import { asked, daemon, openScene, topology } from '../test-scene.ts'
import { recordedTopology } from './recorded-topology.ts'
import { RunEngine } from './run-engine.ts'

test('a recorded topology has sources, ports, needs and references, and no value of an environment', () => {
  const spec = {
    ...topology({
      db: {
        kind: 'postgres',
        image: 'postgres:17',
        share: 'run',
        ports: { sql: { port: 5432, scheme: 'postgres' } },
      },
      api: {
        build: { context: '/project/api' },
        ports: { http: { port: 3000, scheme: 'http' } },
        env: {
          DATABASE_URL: ['x', { ref: 'db.sql.url' }],
          SELF: { ref: 'web.http.url', wait: false },
          TOKEN: { secret: 'hush' },
          MODE: 'a value',
        },
      },
      web: { image: 'web', dependsOn: { api: 'started' } },
    }),
    root: '/project',
  }
  const recorded = recordedTopology(spec)
  expect(recorded).toEqual({
    name: 'shop',
    services: {
      db: {
        kind: 'postgres',
        image: 'postgres:17',
        share: 'run',
        ports: { sql: { port: 5432, scheme: 'postgres' } },
      },
      api: {
        build: 'api',
        ports: { http: { port: 3000, scheme: 'http' } },
        env: { DATABASE_URL: ['db.sql.url'], SELF: ['web.http.url'], TOKEN: [], MODE: [] },
        needs: { db: 'healthy' },
      },
      web: { image: 'web', needs: { api: 'started' } },
    },
  })
  expect(JSON.stringify(recorded)).not.toMatch(/hush|a value/)
})

test('a topology is recorded at its first lease, and again when it has changed', async () => {
  await using scene = await openScene({ programs: { daemon } })
  await using engine = new RunEngine(scene.context, scene.redactor)
  const lease = async (spec: ReturnType<typeof topology>) => {
    const request = { key: undefined, slot: undefined, signal: new AbortController().signal }
    const lane = await engine.lease({ spec, ...request, reset: undefined, call: asked })
    engine.release(lane, 'light')
  }
  await lease(topology({ api: { image: 'daemon' } }))
  await lease(topology({ api: { image: 'daemon' } }))
  await lease(topology({ api: { image: 'daemon' }, db: { image: 'daemon' } }))
  expect(scene.events('topology').map(({ services }) => Object.keys(services))).toEqual([
    ['api'],
    ['api', 'db'],
  ])
})
