import { afterAll, beforeAll } from 'vitest'
import { noBun } from '../../../test/lib/bun.ts'
import { expectNothingLeft, type Kill, waitsToBeKilled } from '../../../test/lib/killed-runner.ts'
import { storeSource } from '../../../test/lib/store-source.ts'
import { test } from '../../../test/lib/test.ts'
import { type Consumer, openConsumer } from '../test/consumer.ts'

const file = (name: string) => `import { createTest } from '@mesocosm/bun'
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

test.skipIf(noBun !== undefined).for<[Kill, 'in one process' | 'in workers']>([
  ['Ctrl-C', 'in one process'],
  ['Ctrl-C', 'in workers'],
  ['SIGTERM', 'in workers'],
  ['SIGKILL', 'in one process'],
  ['SIGKILL', 'in workers'],
  ['SIGKILL of a worker', 'in workers'],
])('%s leaves nothing of tests that run %s', async ([how, where]) => {
  consumer.remove('ready', '.mesocosm')
  consumer.write('ready/.keep', '')
  const names = where === 'in workers' ? ['a', 'b'] : ['a']
  const args = where === 'in workers' ? ['--parallel=2'] : ['a.test']
  await expectNothingLeft(consumer.start(...args), consumer.folder, names, how)
})
