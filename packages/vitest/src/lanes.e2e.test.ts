import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeSource } from '../../../test/lib/store-source.ts'
import { type Consumer, type ConsumerRun, openConsumer } from '../test/consumer.ts'

/*
 * How tests get lanes, images and time, in a project of its own that Vitest runs once.
 */

const topology = `import { postgres } from '@mesocosm/postgres'
${storeSource}
const idle = { image: 'node:24-trixie-slim', command: ['node', '-e', 'setInterval(() => {}, 1e6)'] }

export const topology = defineTopology({
  name: 'lanes',
  services: {
    store: store(),
    db: postgres(),
    built: { build: './built', command: idle.command },
    unbuildable: { build: './unbuildable' },
    never: { ...idle, ready: log('never written'), readyTimeoutMs: 600_000, stopTimeoutMs: 0 },
  },
})
`

const head = `import { createTest } from '@mesocosm/vitest'
import { describe, onTestFinished } from 'vitest'
import { topology } from './topology.ts'
`

/** All four hold their lanes at the same time: each waits for the others between its write and its read. */
const concurrent = `${head}
const { test, expect } = createTest(topology, { lane: 'test' })
let count = 0
const all = Promise.withResolvers()
const arrive = () => (++count === 4 ? all.resolve() : undefined)

describe.concurrent('at the same time', () => {
  for (const name of ['a', 'b', 'c', 'd'])
    test(name, async ({ store }) => {
      await store.write(name)
      arrive()
      await all.promise
      expect(await store.read()).toBe(name)
    })
})
test('gets declared data', { retry: 1 }, async ({ store, task }) => {
  expect(await store.read()).toBe('declared')
  await store.write('dirty')
  if (task.result.retryCount === 0) throw new Error('again')
})
test.beforeAll(async () => {})
describe('hook', () => {
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
test.afterAll(async ({ store }) => { expect(await store.read()).toBe('of the last test') })

test('finds what the hook wrote', async ({ store }) => {
  expect(await store.read()).toBe('migrated')
  await store.write('dirty')
})
test('finds it after a reset', async ({ store }) => { expect(await store.read()).toBe('migrated') })
test('finds it when it is tried again', { retry: 1 }, async ({ store, task }) => {
  expect(await store.read()).toBe('migrated')
  await store.write('dirty')
  if (task.result.retryCount === 0) throw new Error('again')
})
describe('inner hook', () => {
  test.beforeAll(async ({ store }) => {
    expect(await store.read()).toBe('migrated')
    await store.write('migrated twice')
  })
  test('finds what both hooks wrote', async ({ store }) => {
    expect(await store.read()).toBe('migrated twice')
    await store.write('of the last test')
  })
})
`

const migrations = `${head}
const { test, expect } = createTest(topology)
const users = async (db) => (await db.query('select name from users order by name')).map(({ name }) => name)
test.beforeAll(async ({ db }) => {
  await db.query('create table users (name text)')
  await db.query("insert into users values ('Ada')")
})
test('finds tables and rows', async ({ db }) => {
  expect(await users(db)).toEqual(['Ada'])
  await db.query("insert into users values ('Bob')")
  await db.query('create table more (id int)')
})
test('finds them after a reset', async ({ db }) => {
  expect(await users(db)).toEqual(['Ada'])
  await expect(db.query('select * from more')).rejects.toThrow(/more/)
})
`

const none = `${head}
const { test, expect } = createTest(topology, { reset: 'none', onRetry: 'light' })
test('writes', async ({ store }) => { await store.write('kept') })
test('finds it', async ({ store }) => { expect(await store.read()).toBe('kept') })
test('is reset for a retry', { retry: 1 }, async ({ store, task }) => {
  expect(await store.read()).toBe(task.result.retryCount === 0 ? 'kept' : 'declared')
  if (task.result.retryCount === 0) throw new Error('again')
})
`

const built = `${head}
const { test, expect } = createTest(topology)
test('finds the image built', async ({ built }) => { await built.run(['cat', '/once']) })
`

const waits = `${head}
const { test } = createTest(topology)
test('runs out of time', { timeout: 4_000 }, async ({ never }) => {})
test('does not wait for what the test before did not get', async ({ store }) => { await store.read() })
`

const unbuildable = `${head}
const { test } = createTest(topology)
test('cannot use it', async ({ unbuildable }) => {})
test('cannot use it either', async ({ unbuildable }) => {})
test('needs another service', async ({ store }) => { await store.read() })
`

/** Each topology sees all tests of the file. */
const both = `${head}
const one = createTest(topology).test
const other = createTest(topology.without('built')).test
one('uses one topology', async ({ store }) => { await store.read() })
other('uses the other topology', async ({ store }) => { await store.read() })
one('uses no service', () => {})
`

/** A module that test files share is loaded once per worker without isolation. */
const shared = `${head}
export const { test, expect } = createTest(topology)
`
const sharing = (name: string) => `import { test, expect } from './shared.js'
test('${name} finds declared data', async ({ store }) => {
  expect(await store.read()).toBe('declared')
  await store.write('dirty')
})
test('${name} is reset', async ({ store }) => { expect(await store.read()).toBe('declared') })
`

let consumer: Consumer
let run: ConsumerRun
let unisolated: ConsumerRun

beforeAll(async () => {
  consumer = openConsumer({
    'topology.ts': topology,
    'marks/none': '',
    // Another image each time.
    'built/Dockerfile': `FROM node:24-trixie-slim\nRUN echo ${randomUUID()} > /once\n`,
    'unbuildable/Dockerfile': `FROM node:24-trixie-slim\nRUN echo ${randomUUID()} && exit 3\n`,
    'concurrent.test.js': concurrent,
    'hooks.test.js': hooks,
    'migrations.test.js': migrations,
    'none.test.js': none,
    'built.test.js': built,
    'waits.test.js': waits,
    'unbuildable.test.js': unbuildable,
    'both.test.js': both,
    'shared.js': shared,
    'one.shared.js': sharing('one'),
    'two.shared.js': sharing('two'),
  })
  run = await consumer.run('--maxWorkers=2')
  consumer.write('vitest.config.js', "export default { test: { include: ['*.shared.js'] } }")
  unisolated = await consumer.run('--maxWorkers=1', '--no-isolate')
}, 240_000)
afterAll(() => consumer[Symbol.dispose]())

const testsOf = (file: string) =>
  run.trace.tests.filter(({ events }) => events[0]?.k === 'test.start' && events[0].file === file)
const saidOf = (file: string) =>
  Object.entries(run.said).flatMap(([name, status]) =>
    name.startsWith(`${file} › `) ? [[name.slice(file.length + 3), status]] : [],
  )

test("with lane: 'test', concurrent tests have a lane each", () => {
  const tests = testsOf('concurrent.test.js')
  const together = tests.filter(({ name }) => name.startsWith('at the same time'))
  expect(
    together.map(({ status }) => status),
    run.output,
  ).toEqual(Array(4).fill('passed'))
  expect(new Set(together.map(({ lane }) => lane)).size).toBe(4)
  expect(run.recorded['concurrent.test.js › gets declared data']).toEqual(['failed', 'passed'])
})

test("with lane: 'test', a hook before all tests cannot use a lane, and its error names the way out", () => {
  expect(run.said['concurrent.test.js › hook › has no lane before a test']).toBe('skipped')
  expect(run.output).toMatch(/with lane: 'test' there is no lane outside of a test/)
})

test('what a hook before all tests writes is there after resets and for retries', () => {
  expect(saidOf('hooks.test.js'), run.output).toEqual([
    ['finds what the hook wrote', 'passed'],
    ['finds it after a reset', 'passed'],
    ['finds it when it is tried again', 'passed'],
    ['inner hook › finds what both hooks wrote', 'passed'],
  ])
  const lane = testsOf('hooks.test.js')[0]?.lane
  const releases = run.trace.events.filter(({ k, l }) => k === 'lane.release' && l === lane)
  // The next file must not find it.
  expect(releases).toContainEqual(expect.objectContaining({ dirty: 'deep' }))
})

test('tables and rows that a hook before all tests makes are there after resets', () => {
  expect(saidOf('migrations.test.js'), run.output).toEqual([
    ['finds tables and rows', 'passed'],
    ['finds them after a reset', 'passed'],
  ])
})

test("with reset: 'none', a test finds what the one before left, and onRetry resets it", () => {
  expect(
    saidOf('none.test.js').map(([, status]) => status),
    run.output,
  ).toEqual(['passed', 'passed', 'passed'])
})

test('an image is built before the first test, step by step in the record', () => {
  expect(run.said['built.test.js › finds the image built'], run.output).toBe('passed')
  const end = run.trace.events.find(({ k, s }) => k === 'image.end' && s === 'built')
  const [first] = testsOf('built.test.js')
  expect(end?.t).toBeLessThanOrEqual(first?.start ?? 0)
  const steps = run.trace.events.filter(({ k, s }) => k === 'image.step' && s === 'built')
  // The engine adds steps for labels.
  expect(steps.slice(0, 2)).toMatchObject([
    { step: expect.stringMatching(/^step 1\/\d FROM .*node:24-trixie-slim/) },
    { step: expect.stringMatching(/^step 2\/\d RUN echo/) },
  ])
})

test('a test that runs out of time says what it was waiting for', () => {
  expect(saidOf('waits.test.js'), run.output).toEqual([
    ['runs out of time', 'failed'],
    ['does not wait for what the test before did not get', 'passed'],
  ])
  expect(testsOf('waits.test.js')[0]?.error?.message).toContain('it was waiting for:')
  expect(run.output).toMatch(
    /Test timed out in 4000ms[\s\S]*when the test ended, it was waiting for:\s+the start of never, for \d+\.\d s\s+never is starting, for \d+\.\d s: waiting for a log line matching "never written"/,
  )
})

test('an image that cannot be built is built once, and only tests that need it fail', () => {
  expect(saidOf('unbuildable.test.js'), run.output).toEqual([
    ['cannot use it', 'failed'],
    ['cannot use it either', 'failed'],
    ['needs another service', 'passed'],
  ])
  const [first, second] = testsOf('unbuildable.test.js')
  expect(first?.error?.message).toContain('BUILD_FAILED')
  expect(second?.error?.message).toBe(first?.error?.message)
  const builds = run.trace.events.filter(({ k, s }) => k === 'image.end' && s === 'unbuildable')
  expect(builds).toMatchObject([{ error: { code: 'BUILD_FAILED' } }])
})

test('the tests of a file with two topologies are in the record once', () => {
  expect(testsOf('both.test.js').map(({ name, status }) => [name, status])).toEqual([
    ['uses one topology', 'passed'],
    ['uses the other topology', 'passed'],
    ['uses no service', 'passed'],
  ])
})

test('files of one worker that share the module of createTest have a record each', () => {
  expect(Object.values(unisolated.said), unisolated.output).toEqual(Array(4).fill('passed'))
  expect(Object.keys(unisolated.recorded).sort()).toEqual(Object.keys(unisolated.said).sort())
})
