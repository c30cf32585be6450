import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeSource } from '../../../test/lib/store-source.ts'
import { type Consumer, type ConsumerRun, openConsumer } from '../test/consumer.ts'

/*
 * How tests get lanes, images and data, in a project of its own that Jest runs.
 */

const topology = `import { postgres } from '@mesocosm/postgres'
${storeSource}
export const topology = defineTopology({
  name: 'lanes',
  services: {
    store: store(),
    db: postgres(),
    built: { build: './built', command: ['node', '-e', 'setInterval(() => {}, 1e6)'] },
  },
})
`

const head = `import { createTest } from '@mesocosm/jest'
import { topology } from './topology'
`

/** All four hold their lanes at the same time: each waits for the others between its write and its read. */
const concurrent = `${head}
const { test } = createTest(topology, { lane: 'test' })
let count = 0
const all = Promise.withResolvers()
const arrive = () => (++count === 4 ? all.resolve() : undefined)

describe('at the same time', () => {
  test.beforeEach(async ({ store }) => { expect(await store.read()).toBe('declared') })
  test.concurrent.each(['a', 'b', 'c', 'd'])('%s', async ({ store }, name) => {
    await store.write(name)
    arrive()
    await all.promise
    expect(await store.read()).toBe(name)
  })
})
describe('hook', () => {
  test.beforeAll(async ({ store }) => {})
  test('has no lane before a test', () => {})
})
`

const hooks = `${head}
const { test } = createTest(topology)
test.beforeAll(async ({ store, lane }) => {
  expect(lane.services.store).toBe(store)
  await store.write('migrated')
})
test.afterAll(async ({ store }) => { expect(await store.read()).toBe('dirty') })

test('finds what the hook wrote', async ({ store }) => {
  expect(await store.read()).toBe('migrated')
  await store.write('dirty')
})
test('finds it after a reset', async ({ store }) => {
  expect(await store.read()).toBe('migrated')
  await store.write('dirty')
})
`

const migrations = `${head}
const { test } = createTest(topology)
const users = async (db) => (await db.query('select name from users order by name')).map(({ name }) => name)
test.beforeAll(async ({ db }) => {
  await db.query('create table users (name text)')
  await db.query("insert into users values ('Ada')")
})
test('finds tables and rows', async ({ db }) => {
  expect(await users(db)).toEqual(['Ada'])
  await db.query("insert into users values ('Bob')")
})
test('finds them after a reset', async ({ db }) => { expect(await users(db)).toEqual(['Ada']) })
`

const none = `${head}
const { test } = createTest(topology, { reset: 'none' })
test('writes', async ({ store }) => { await store.write('kept') })
test('finds it', async ({ store }) => { expect(await store.read()).toBe('kept') })
`

const built = `${head}
const { test } = createTest(topology)
test('finds the image built', async ({ built }) => { await built.run(['cat', '/once']) })
`

/** Each topology sees all tests of the file. */
const both = `${head}
const one = createTest(topology).test
const other = createTest(topology.without('built')).test
one('uses one topology', async ({ store }) => { await store.read() })
other('uses the other topology', async ({ store }) => { await store.read() })
one('uses no service', () => {})
`

const file = (name: string) => `${head}
const { test } = createTest(topology)
test('${name}', async ({ store }) => { expect(await store.read()).toBe('declared'); await store.write('dirty') })
`

let consumer: Consumer
let run: ConsumerRun
let inBand: ConsumerRun
let shard: ConsumerRun

beforeAll(async () => {
  consumer = await openConsumer({
    'topology.ts': topology,
    'marks/none': '',
    // Another image each time.
    'built/Dockerfile': `FROM node:24-trixie-slim\nRUN echo ${randomUUID()} > /once\n`,
    'concurrent.test.ts': concurrent,
    'hooks.test.ts': hooks,
    'migrations.test.ts': migrations,
    'none.test.ts': none,
    'built.test.ts': built,
    'both.test.ts': both,
    'files/one.test.ts': file('one').replaceAll("'./topology'", "'../topology'"),
    'files/two.test.ts': file('two').replaceAll("'./topology'", "'../topology'"),
    'files/three.test.ts': file('three').replaceAll("'./topology'", "'../topology'"),
  })
  run = await consumer.run('--maxWorkers=2', '--testPathIgnorePatterns=files/')
  inBand = await consumer.run('--runInBand', 'files/')
  shard = await consumer.run('--shard=1/3', 'files/')
}, 600_000)
afterAll(() => consumer[Symbol.dispose]())

const testsOf = ({ trace }: ConsumerRun, name: string) =>
  trace.tests.filter(({ events }) => events[0]?.k === 'test.start' && events[0].file === name)
const statusesOf = (name: string) =>
  Object.entries(run.said).flatMap(([title, status]) =>
    title.startsWith(`${name} › `) ? [status] : [],
  )

test("with lane: 'test', concurrent tests have a lane each, and so do their hooks", () => {
  const together = testsOf(run, 'concurrent.test.ts').filter(({ name }) =>
    name.startsWith('at the same time'),
  )
  const statuses = together.map(({ status }) => status)
  expect(statuses, run.output).toEqual(Array(4).fill('passed'))
  expect(new Set(together.map(({ lane }) => lane)).size).toBe(4)
})

test("with lane: 'test', a hook before all tests cannot use a lane, and its error names the way out", () => {
  expect(run.said['concurrent.test.ts › hook › has no lane before a test']).toBe('failed')
  expect(run.output).toMatch(/with lane: 'test' there is no lane outside of a test/)
})

test('what a hook before all tests writes is there after resets', () => {
  expect(statusesOf('hooks.test.ts'), run.output).toEqual(['passed', 'passed'])
  expect(statusesOf('migrations.test.ts'), run.output).toEqual(['passed', 'passed'])
  const lane = testsOf(run, 'hooks.test.ts')[0]?.lane
  const releases = run.trace.events.filter(({ k, l }) => k === 'lane.release' && l === lane)
  // The next file must not find it.
  expect(releases).toContainEqual(expect.objectContaining({ dirty: 'deep' }))
})

test("with reset: 'none', a test finds what the one before left", () => {
  expect(statusesOf('none.test.ts'), run.output).toEqual(['passed', 'passed'])
})

test('an image is built before the first test', () => {
  expect(run.said['built.test.ts › finds the image built'], run.output).toBe('passed')
  const end = run.trace.events.find(({ k, s }) => k === 'image.end' && s === 'built')
  expect(end?.t).toBeLessThanOrEqual(testsOf(run, 'built.test.ts')[0]?.start ?? 0)
})

test('the tests of a file with two topologies are in the record once', () => {
  const tests = testsOf(run, 'both.test.ts').map(({ name, status }) => [name, status])
  expect(tests.sort(), run.output).toEqual([
    ['uses no service', 'passed'],
    ['uses one topology', 'passed'],
    ['uses the other topology', 'passed'],
  ])
})

test('files that run in band use one lane, which each finds as declared', () => {
  expect(Object.values(inBand.said), inBand.output).toEqual(Array(3).fill('passed'))
  expect(new Set(inBand.trace.tests.map(({ lane }) => lane)).size).toBe(1)
  expect(inBand.code).toBe(0)
})

test('a shard runs and records its files only', () => {
  expect(Object.values(shard.said), shard.output).toEqual(['passed'])
  expect(Object.keys(shard.recorded)).toEqual(Object.keys(shard.said))
})
