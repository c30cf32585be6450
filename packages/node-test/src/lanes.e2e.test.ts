import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeSource } from '../../../test/lib/store-source.ts'
import { type Consumer, type ConsumerRun, openConsumer } from '../test/consumer.ts'

/* How tests get lanes, by the ways in which Node runs files. */

const topology = `${storeSource}
export const topology = defineTopology({ name: 'lanes', services: { store: store() } })
`

const head = `import assert from 'node:assert'
import { existsSync, writeFileSync } from 'node:fs'
import { describe } from 'node:test'
import { createTest } from '@mesocosm/node-test'
import { topology } from './topology.ts'
`

/** All three hold their lanes at the same time: each waits for the others between its write and its read. */
const concurrent = `${head}
const { test, it } = createTest(topology, { lane: 'test' })
let count = 0
const all = Promise.withResolvers()
describe('at the same time', { concurrency: true }, () => {
  for (const name of ['a', 'b', 'c'])
    it(name, async ({ store }) => {
      await store.write(name)
      if (++count === 3) all.resolve()
      await all.promise
      assert.equal(await store.read(), name)
    })
})
describe('hook', () => {
  test.before(async ({ store }) => {})
  it('has no lane before a test', () => {})
})
`

const file = (name: string) => `${head}
const { test } = createTest(topology)
test('${name} finds declared data', async ({ store }) => {
  assert.equal(await store.read(), 'declared')
  await store.write('dirty')
})
test('${name} is reset', async ({ store }) => { assert.equal(await store.read(), 'declared') })
`

const prepared = `${head}
const { it } = createTest(topology)
describe('prepared', () => {
  it.before(async ({ store }) => { await store.write('prepared') })
  it('finds prepared data', async ({ store }) => { assert.equal(await store.read(), 'prepared') })
})
`

const flaky = `${head}
const { test } = createTest(topology)
test('passes', async ({ store }) => { assert.equal(await store.read(), 'declared') })
test('fails once', async ({ store }) => {
  assert.equal(await store.read(), 'declared')
  if (existsSync('failed')) return
  writeFileSync('failed', '')
  throw new Error('once')
})
`

/** The example of the README. */
const example = (name: string) =>
  readFileSync(join(import.meta.dirname, '../test/example', name), 'utf8')

let consumer: Consumer

beforeAll(async () => {
  consumer = await openConsumer({
    'topology.ts': topology,
    'marks/none': '',
    'concurrent.js': concurrent,
    'a.js': prepared,
    'b.js': file('b'),
    'c.js': file('c'),
    'flaky.js': flaky,
    'example/topology.ts': example('topology.ts'),
    'example/greeter.test.ts': example('greeter.test.ts'),
  })
}, 240_000)
afterAll(() => consumer[Symbol.dispose]())

const lanesOf = ({ trace }: ConsumerRun) => new Set(trace.tests.flatMap(({ lane }) => lane ?? []))

test("with lane: 'test', concurrent tests have a lane each, and hooks have none", async () => {
  const run = await consumer.run('concurrent.js')
  expect(run.said, run.output).toEqual({
    'concurrent.js › at the same time › a': 'passed',
    'concurrent.js › at the same time › b': 'passed',
    'concurrent.js › at the same time › c': 'passed',
    'concurrent.js › hook › has no lane before a test': 'failed',
  })
  expect(lanesOf(run).size).toBe(3)
  expect(run.output).toMatch(/with lane: 'test' there is no lane outside of a test/)
})

test('files that run in one process use one lane, one file after the other', async () => {
  const run = await consumer.run('--test-isolation=none', 'a.js', 'b.js', 'c.js')
  expect(new Set(Object.values(run.said)), run.output).toEqual(new Set(['passed']))
  expect(run.recorded).toEqual(
    Object.fromEntries(Object.keys(run.said).map((name) => [name, ['passed']])),
  )
  expect(Object.keys(run.recorded)).toHaveLength(5)
  expect(lanesOf(run).size).toBe(1)
})

test('a shard runs and records its files only', async () => {
  const run = await consumer.run('--test-shard=1/2', 'b.js', 'c.js')
  expect(run.recorded, run.output).toEqual({
    'b.js › b finds declared data': ['passed'],
    'b.js › b is reset': ['passed'],
  })
})

test('--test-rerun-failures runs a failed test again, as an attempt of its own', async () => {
  const again = ['--test-rerun-failures=state.json', 'flaky.js']
  const first = await consumer.run(...again)
  expect([first.code, first.said['flaky.js › fails once']], first.output).toEqual([1, 'failed'])
  const second = await consumer.run(...again)
  expect([second.code, second.said['flaky.js › fails once']], second.output).toEqual([0, 'passed'])
  const attempts = second.trace.tests.map(({ events: [start], status }) =>
    start?.k === 'test.start' ? [start.titlePath.at(-1), start.retry, status] : [],
  )
  expect(attempts).toContainEqual(['fails once', 1, 'passed'])
})

test('the example of the README passes', async () => {
  const run = await consumer.run('example/greeter.test.ts')
  expect([run.code, Object.values(run.said)], run.output).toEqual([0, ['passed', 'passed']])
})
