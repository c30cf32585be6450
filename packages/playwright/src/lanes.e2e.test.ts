import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeSource } from '../../../test/lib/store-source.ts'
import { type Consumer, type ConsumerRun, openConsumer } from '../test/consumer.ts'
import { type Installed, installPacked } from '../test/installed.ts'

/*
 * How tests get lanes in the ways that Playwright runs them: in parallel, in projects, repeated, in shards.
 */

const topology = `${storeSource}
export const topology = defineTopology({ name: 'lanes', services: { store: store() } })
`

const head = `import { createTest } from '@mesocosm/playwright'
import { setTimeout as delay } from 'node:timers/promises'
import { topology } from './topology.ts'
`

const ownLanes = `${head}
const { test, expect } = createTest(topology, { lane: 'test' })
test.describe.configure({ mode: 'parallel' })
for (const name of ['a', 'b', 'c'])
  test(name, async ({ store }) => {
    expect(await store.read()).toBe('declared')
    await store.write(name)
    expect(await store.read()).toBe(name)
  })
test.describe('hook', () => {
  test.beforeAll(async ({ store }) => {})
  test('has no lane before a test', () => {})
})
`

const hooks = `${head}
const { test, expect } = createTest(topology)
test.beforeAll(async ({ store, lane }) => {
  expect(lane.services.store).toBe(store)
  await store.write('migrated')
})
test.afterAll(async ({ store }) => { expect(await store.read()).toMatch(/of the last test|dirty/) })

test('finds what the hook wrote', async ({ store }) => {
  expect(await store.read()).toBe('migrated')
  await store.write('dirty')
})
test('finds it after a reset', async ({ store }) => { expect(await store.read()).toBe('migrated') })
test.describe(() => {
  test.describe.configure({ retries: 1 })
  test('finds it when it is tried again', async ({ store }, { retry }) => {
    expect(await store.read()).toBe('migrated')
    await store.write('dirty')
    if (retry === 0) throw new Error('again')
  })
})
test.describe('inner hook', () => {
  test.beforeAll(async ({ store }) => {
    expect(await store.read()).toBe('migrated')
    await store.write('migrated twice')
  })
  test('finds what both hooks wrote', async ({ store }) => {
    expect(await store.read()).toBe('migrated twice')
    await store.write('of the last test')
  })
  test.skip('is skipped, with a hook after it', async ({ store }) => {})
})
`

const next = `${head}
const { test, expect } = createTest(topology)
test('finds declared data in the next file', async ({ store }) => { expect(await store.read()).toBe('declared') })
`

/** Each waits for the other by a file, so that they are sure to run at the same time. */
const together = `${head}import { existsSync, writeFileSync } from 'node:fs'
const { test, expect } = createTest(topology)
test.describe.configure({ mode: 'parallel' })
for (const [own, other] of [['x', 'y'], ['y', 'x']])
  test(own, async ({ store, lane }) => {
    await store.write(own)
    writeFileSync('at-' + own, lane.name)
    await expect.poll(() => existsSync('at-' + other), { timeout: 60_000 }).toBe(true)
    expect(await store.read()).toBe(own)
  })
`

let installed: Installed
let consumer: Consumer
let run: ConsumerRun
let parallel: ConsumerRun
let repeated: ConsumerRun
const shards: ConsumerRun[] = []

beforeAll(async () => {
  installed = await installPacked()
  consumer = openConsumer(
    installed.folder,
    {
      'topology.ts': topology,
      'marks/none': '',
      '1-own.spec.js': ownLanes,
      '2-hooks.spec.js': hooks,
      '3-next.spec.js': next,
      'together.spec.js': together,
    },
    "timeout: 120_000, projects: [{ name: 'one' }, { name: 'two', testMatch: '3-next*' }],",
  )
  run = await consumer.run('--workers=1', '1-own', '2-hooks', '3-next')
  parallel = await consumer.run('--workers=2', 'together')
  repeated = await consumer.run('--workers=2', '--repeat-each=2', '--project=two')
  for (const shard of ['1/2', '2/2'])
    shards.push(await consumer.run(`--shard=${shard}`, '--workers=1', '3-next'))
}, 1_200_000)
afterAll(async () => {
  await consumer?.[Symbol.asyncDispose]()
  installed?.[Symbol.dispose]()
})

const testsOf = ({ trace }: ConsumerRun, file: string) =>
  trace.tests.filter(({ events }) => events[0]?.k === 'test.start' && events[0].file === file)
const idsOf = (one: ConsumerRun, file: string) =>
  testsOf(one, file).map(({ events }) => (events[0]?.k === 'test.start' ? events[0].id : ''))
const saidOf = (file: string) =>
  Object.entries(run.said).flatMap(([name, status]) =>
    name.startsWith(`${file} › `) ? [[name.slice(file.length + 3), ...status]] : [],
  )

test('the record says of every attempt what Playwright says', () => {
  for (const one of [run, parallel, repeated, ...shards])
    expect(one.recorded, one.output).toEqual(one.said)
})

test("with lane: 'test', each test finds declared data, and a hook before all tests is refused", () => {
  expect(saidOf('1-own.spec.js'), run.output).toEqual([
    ['a', 'passed'],
    ['b', 'passed'],
    ['c', 'passed'],
    ['hook › has no lane before a test', 'failed'],
  ])
  expect(run.output).toMatch(/with lane: 'test' there is no lane outside of a test/)
})

test('what a hook before all tests writes is there after resets and for retries', () => {
  expect(saidOf('2-hooks.spec.js'), run.output).toEqual([
    ['finds what the hook wrote', 'passed'],
    ['finds it after a reset', 'passed'],
    ['finds it when it is tried again', 'failed', 'passed'],
    ['inner hook › finds what both hooks wrote', 'passed'],
    ['inner hook › is skipped, with a hook after it', 'skipped'],
  ])
})

test('the next file of a worker, and of another project, finds declared data', () => {
  const name = '3-next.spec.js › finds declared data in the next file'
  expect(run.said[name], run.output).toEqual(['passed', 'passed'])
  expect(new Set(idsOf(run, '3-next.spec.js')).size).toBe(2)
})

test('tests that run at the same time have a lane per worker slot', () => {
  expect(Object.values(parallel.said), parallel.output).toEqual([['passed'], ['passed']])
  const lanes = testsOf(parallel, 'together.spec.js').map(({ lane }) => lane)
  expect(new Set(lanes).size).toBe(2)
})

test('repetitions are tests of their own', () => {
  expect(new Set(idsOf(repeated, '3-next.spec.js')).size).toBe(2)
  expect(
    testsOf(repeated, '3-next.spec.js')
      .map(({ name }) => name)
      .sort(),
  ).toEqual([
    'finds declared data in the next file',
    'finds declared data in the next file (repeat 1)',
  ])
  expect(idsOf(repeated, '3-next.spec.js')).toContain(
    idsOf(shards[1] as ConsumerRun, '3-next.spec.js')[0],
  )
})

test('the shards of a run record their tests', () => {
  expect(shards.map((one) => idsOf(one, '3-next.spec.js').length)).toEqual([1, 1])
})
