import { expect, test } from 'vitest'
import { planFresh } from './plan-fresh.ts'

const port = { http: { port: 80, scheme: 'http' } }

test('planFresh plans shared servers first, with a cause for every step', async () => {
  const text = await planFresh({
    name: 'shop',
    root: '/shop',
    services: {
      db: { image: 'postgres:17', share: 'run', ports: port },
      api: { image: 'api:1', ports: port, env: { DB: { ref: 'db.http.url' } } },
      web: { image: 'web:1', dependsOn: { api: 'started' } },
    },
  })
  expect(text.split('\n')).toEqual([
    'shop',
    '  db   image postgres:17  shared by all lanes',
    '  api  image api:1  after db healthy',
    '  web  image web:1  after api started',
    'run',
    '#1 create network  (no network yet)',
    '#2 start sandbox db  after #1  (does not exist yet)',
    '#3 create program db  after #2  (does not exist yet)',
    '#4 start program db  after #3  (does not exist yet)',
    '#5 await ready db  after #4  (not ready yet)',
    'lane_1',
    '#1 create network  (no network yet)',
    '#2 start sandbox api  after #1  (does not exist yet)',
    '#3 start sandbox web  after #1  (does not exist yet)',
    '#4 create program api  after #2  (does not exist yet)',
    '#5 create program web  after #3  (does not exist yet)',
    '#6 start program api  after #4  (does not exist yet)',
    '#7 await ready api  after #6  (not ready yet)',
    '#8 start program web  after #5 #6  (does not exist yet)',
    '#9 await ready web  after #8  (not ready yet)',
  ])
})

test('planFresh throws TOPOLOGY_INVALID with every fault of the topology', async () => {
  const faulty = planFresh({
    name: 'shop',
    root: '/shop',
    services: { api: {}, web: { image: 'web', dependsOn: { missing: 'healthy' } } },
  })
  await expect(faulty).rejects.toMatchObject({ code: 'TOPOLOGY_INVALID' })
  await expect(faulty).rejects.toThrow(/api[\s\S]*missing/)
})
