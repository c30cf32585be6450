import { afterAll, beforeAll } from 'vitest'
import { expectNothingLeft, type Kill, waitsToBeKilled } from '../../../test/lib/killed-runner.ts'
import { storeSource } from '../../../test/lib/store-source.ts'
import { test } from '../../../test/lib/test.ts'
import { type Consumer, openConsumer } from '../test/consumer.ts'

const file = (name: string) => `import { createTest } from '@mesocosm/jest'
import { topology } from './topology'
const { test } = createTest(topology)
test('waits', async ({ store }) => { ${waitsToBeKilled(name)} })
`

let consumer: Consumer
beforeAll(async () => {
  consumer = await openConsumer({
    'topology.ts': `${storeSource}
export const topology = defineTopology({ name: 'killed', services: { store: store() } })
`,
    'marks/none': '',
    'a.test.ts': file('a'),
    'b.test.ts': file('b'),
  })
})
afterAll(() => consumer[Symbol.dispose]())

test.for<[Kill, 'in band' | 'in workers']>([
  ['Ctrl-C', 'in band'],
  ['Ctrl-C', 'in workers'],
  ['SIGTERM', 'in workers'],
  ['SIGKILL', 'in band'],
  ['SIGKILL', 'in workers'],
  ['SIGKILL of a worker', 'in workers'],
])('%s leaves nothing of tests that run %s', async ([how, where]) => {
  consumer.remove('ready', '.mesocosm')
  consumer.write('ready/.keep', '')
  const names = where === 'in band' ? ['a'] : ['a', 'b']
  const args = where === 'in band' ? ['--runInBand', 'a.test'] : ['--maxWorkers=2']
  const jest = consumer.start('--cacheDirectory=cache', ...args)
  await expectNothingLeft(jest, consumer.folder, names, how)
})
