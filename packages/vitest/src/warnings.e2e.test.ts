import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { storeSource } from '../../../test/lib/store-source.ts'
import { type Consumer, openConsumer } from '../test/consumer.ts'

/*
 * What the engine warns of is printed by the run of the tests, whatever the number of its processes.
 */

const file = (name: string) => `import { createTest } from '@mesocosm/vitest'
import { topology } from './topology.ts'
const { test, expect } = createTest(topology)
test('${name}', async ({ store }) => { expect(await store.read()).toBe('declared') })
`

let consumer: Consumer

beforeAll(() => {
  consumer = openConsumer({
    'topology.ts': `${storeSource}
export const topology = defineTopology({ name: 'warned', services: { store: store() } })
`,
    'marks/none': '',
    'docker/config.json': 'no JSON',
    'one.test.js': file('one'),
    'two.test.js': file('two'),
  })
  vi.stubEnv('DOCKER_CONFIG', join(consumer.folder, 'docker'))
})
afterAll(() => {
  vi.unstubAllEnvs()
  consumer[Symbol.dispose]()
})

test('two processes of a run print a warning of the engine once', async () => {
  const { said, output } = await consumer.run('--maxWorkers=2')
  expect(Object.values(said), output).toEqual(['passed', 'passed'])
  expect(output.match(/^mesocosm: store: proxies could not be read/gm), output).toHaveLength(1)
}, 240_000)
