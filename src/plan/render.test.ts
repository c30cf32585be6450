import { expect, test } from 'vitest'
import { renderPlan, renderTopology } from './render.ts'

test('a step is rendered as one line with its action, predecessors and cause', () => {
  const text = renderPlan({
    group: 'lane_1',
    steps: [
      { id: 1, do: 'create network', after: [], cause: 'no network yet' },
      {
        id: 2,
        do: 'start sandbox',
        service: 'api',
        hash: 'h',
        after: [1],
        cause: 'does not exist yet',
      },
      {
        id: 3,
        do: 'start program',
        service: 'api',
        restart: true,
        after: [1, 2],
        cause: 'restart',
      },
      {
        id: 4,
        do: 'stop program',
        service: 'db',
        container: 'c1',
        graceMs: 0,
        after: [],
        cause: 'x',
      },
      {
        id: 5,
        do: 'stop program',
        service: 'db',
        container: 'c1',
        graceMs: 9,
        after: [],
        cause: 'x',
      },
      { id: 6, do: 'remove network', network: 'n1', after: [4], cause: 'teardown' },
    ],
  })
  expect(`\n${text}\n`).toBe(`
#1 create network  (no network yet)
#2 start sandbox api  after #1  (does not exist yet)
#3 start program api again  after #1 #2  (restart)
#4 stop program db c1 at once  (x)
#5 stop program db c1 within 9 ms  (x)
#6 remove network n1  after #4  (teardown)
`)
})

test('an empty plan is rendered as nothing to do', () => {
  expect(renderPlan({ group: 'lane_1', steps: [] })).toBe('nothing to do')
})

test('a topology is its services in start order with their edges', () => {
  const text = renderTopology({
    name: 'shop',
    root: '/shop',
    services: {
      api: {
        build: { context: '/shop/api' },
        env: { DB: { ref: 'db.host' } },
        dependsOn: { init: 'completed' },
      },
      db: { image: 'postgres:17', share: 'run' },
      init: { image: 'acme/init' },
      s3: { from: { module: '@testcontainers/minio', export: 'Minio', args: [], options: {} } },
    },
  })
  expect(`\n${text}\n`).toBe(`
shop
  db    image postgres:17  shared by all lanes
  init  image acme/init
  api   build /shop/api  after db healthy, init completed
  s3    module @testcontainers/minio Minio
`)
})
