import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mountSmallDisk, noMount } from '../../../src/disk/small-disk.ts'
import { storeSource } from '../../../test/lib/store-source.ts'
import { openConsumer } from '../test/consumer.ts'

const files = {
  'topology.ts': `${storeSource}
export const topology = defineTopology({ name: 'full', services: { store: store() } })
`,
  'full.test.ts': `import { createTest } from '@mesocosm/vitest'
import { rmSync } from 'node:fs'
import { topology } from './topology.ts'
import { fill } from './fill.ts'

const { test, expect } = createTest(topology)

test('passes before', async ({ store }) => { await store.read() })
test('fills the disk', async ({ store }) => {
  fill()
  await store.read()
})
test('passes without a record', async ({ store }) => { expect(await store.read()).toBe('declared') })
test('fails without a record', async ({ store }) => { expect(await store.read()).toBe('another') })
test('frees the disk', () => { rmSync('.mesocosm/ballast') })
test('passes when there is space', async ({ store }) => { await store.read() })
`,
  'fill.ts': `import { appendFileSync } from 'node:fs'
export const fill = () => {
  try {
    for (;;) appendFileSync('.mesocosm/ballast', Buffer.alloc(4096))
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error
  }
}
`,
}

test('a run whose record has no space has the right outcome, and one warning says what is lost', async ({
  skip,
}) => {
  using disk = mountSmallDisk(8 * 1024 * 1024)
  if (disk === undefined) return skip(noMount)
  using consumer = openConsumer(files)
  consumer.write('marks/.keep', '')
  symlinkSync(disk.folder, join(consumer.folder, '.mesocosm'))
  const run = await consumer.run()
  expect(run.said, run.output).toEqual({
    'full.test.ts › passes before': 'passed',
    'full.test.ts › fills the disk': 'passed',
    'full.test.ts › passes without a record': 'passed',
    'full.test.ts › fails without a record': 'failed',
    'full.test.ts › frees the disk': 'passed',
    'full.test.ts › passes when there is space': 'passed',
  })
  expect(run.code).toBe(1)
  expect(run.output).not.toMatch(/unhandled|uncaught/i)
  const warnings = run.output.match(/MesocosmWarning: the record of the run is incomplete.*ENOSPC/g)
  expect(warnings, run.output).toHaveLength(1)
  expect(run.recorded).toMatchObject({
    'full.test.ts › passes before': ['passed'],
    'full.test.ts › passes when there is space': ['passed'],
  })
})
