import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeSource } from '../../../test/lib/store-source.ts'
import { type Consumer, type ConsumerRun, openConsumer } from '../test/consumer.ts'

/* Every way in which a test can end, run by Mocha in a project of its own. What the record says is what Mocha reports. */

const topology = `${storeSource}
export const topology = defineTopology({
  name: 'outcomes',
  services: {
    store: store(),
    broken: { image: 'node:24-trixie-slim', command: ['node', '-e', 'console.log("last words"); process.exit(3)'], ports: { http: 80 }, ready: { kind: 'http', port: 'http', path: '/' } },
    never: { image: 'node:24-trixie-slim', command: ['node', '-e', 'setInterval(() => {}, 1e6)'], ready: log('never written'), readyTimeoutMs: 600_000, stopTimeoutMs: 0 },
  },
})
`

const head = `import assert from 'node:assert'
import { createTest } from '@mesocosm/mocha'
import { topology } from './topology.ts'
const { test, it: ours } = createTest(topology)
const touch = async ({ store }) => { await store.read() }
`

const outcomes = `import { rmSync } from 'node:fs'
${head}
test('passes', touch)
test('fails by an assertion', async ({ store }) => { assert.equal(await store.read(), 'another') })
test('runs out of time', async function ({ never }) {}).timeout(3_000)
test('needs a service that does not start', async ({ broken }) => {})
test('passes after that', touch)
test('passes when it is tried again', async function ({ store }) {
  await touch({ store })
  assert.equal(this.test.currentRetry(), 1)
}).retries(2)
test('fails each time', async ({ store }) => { throw new Error('each time') }).retries(1)
test('runs out of time each time', async ({ store }) => { await new Promise(() => {}) }).timeout(2_000).retries(1)
test.skip('is skipped', touch)
test('is still to do')
test('skips itself', async function ({ store }) { this.skip() })
test('passes without a service', () => {})
test('fails without a service', () => { throw new Error('no service') })
test('asks for what is unknown', async ({ stor }) => {})
it('is a test of Mocha alone', () => {})
it('is a skipped test of Mocha alone')
it('is a test of Mocha alone that is tried again', function () { assert.equal(this.test.currentRetry(), 1) }).retries(1)

describe('before each', () => {
  beforeEach(() => { throw new Error('beforeEach failed') })
  ours('fails in the hook before', touch)
})
describe('after each', () => {
  afterEach(() => { throw new Error('afterEach failed') })
  ours('fails in the hook after', touch)
})
describe('before', () => {
  before(() => { throw new Error('before failed') })
  ours('is not run by the hook', touch)
})
describe('skips in a hook', () => {
  beforeEach(function () { this.skip() })
  ours('is skipped by the hook', touch)
})
describe('reset', () => {
  ours('breaks the reset', async ({ store }) => { await store.breakReset() })
  ours('cannot be reset', touch)
  ours('ends what broke it', () => { rmSync('marks/broken') })
  ours('is reset deeply after that', async ({ store }) => { assert.equal(await store.read(), 'declared') })
})
`

const hooks = `${head}
describe('hooks', () => {
  test.before(async function ({ store, lane }) {
    assert.equal(this.timeout(), 120_000)
    assert.equal(lane.services.store, store)
    await store.write('migrated')
  })
  test.after(async ({ store }) => { assert.equal(await store.read(), 'of the last test') })
  let each
  test.beforeEach(async function ({ store }) { each = [this.currentTest.title, await store.read()] })
  ours('finds what the hook wrote', async function ({ store }) {
    assert.equal(this.timeout(), 120_000)
    assert.deepEqual(each, ['finds what the hook wrote', 'migrated'])
    await store.write('dirty')
  })
  ours('finds it after a reset', async ({ store }) => { assert.equal(await store.read(), 'migrated') })
  ours('finds it when it is tried again', async function ({ store }) {
    assert.equal(await store.read(), 'migrated')
    await store.write('dirty')
    if (this.test.currentRetry() === 0) throw new Error('again')
  }).retries(1)
  describe('with a limit of its own', function () {
    this.timeout(30_000)
    ours('keeps it', async function ({ lane }) { assert.equal(this.timeout(), 30_000) })
  })
  describe('inner', () => {
    test.before(async ({ store }) => { await store.write('migrated twice') })
    test.afterEach(async ({ store }) => { assert.equal(await store.read(), 'of the last test') })
    ours('finds what both hooks wrote', async ({ store }) => {
      assert.equal(await store.read(), 'migrated twice')
      await store.write('of the last test')
    })
  })
})
`

/** It runs after the file with hooks in the same process. */
const later = `${head}
test('finds declared data', async ({ store }) => { assert.equal(await store.read(), 'declared') })
`

const only = `${head}
test.only('runs', touch)
test('does not run', touch)
`

/** The example of the README. */
const example = (name: string) =>
  readFileSync(join(import.meta.dirname, '../test/example', name), 'utf8')

let consumer: Consumer
let first: ConsumerRun
let serial: ConsumerRun
let parallel: ConsumerRun

beforeAll(async () => {
  consumer = await openConsumer({
    'topology.ts': topology,
    'marks/none': '',
    'outcomes.js': outcomes,
    'hooks.js': hooks,
    'later.js': later,
    'only.js': only,
    'example/topology.ts': example('topology.ts'),
    'example/greeter.test.ts': example('greeter.test.ts'),
  })
  first = await consumer.run('outcomes.js')
  serial = await consumer.run('hooks.js', 'later.js')
  parallel = await consumer.run('--parallel', '--jobs=2', 'hooks.js', 'later.js')
}, 240_000)
afterAll(() => consumer[Symbol.dispose]())

const errorOf = ({ trace }: ConsumerRun, title: string) =>
  trace.tests.find(({ events: [start] }) => {
    return start?.k === 'test.start' && start.titlePath.at(-1) === title
  })?.error?.message

test('the record says of every test what Mocha says', () => {
  const hook = /"(before|after) (each|all)" hook for/
  const ofTests = Object.entries(first.said).filter(([name]) => !hook.test(name))
  expect(first.last, first.output).toEqual({
    ...Object.fromEntries(ofTests),
    // Mocha reports the hook instead of its test.
    'outcomes.js › before each fails in the hook before': 'failed',
    'outcomes.js › after each fails in the hook after': 'failed',
    'outcomes.js › before is not run by the hook': 'skipped',
  })
  expect(ofTests.length).toBeGreaterThan(20)
})

test('every attempt of a test is in the record', () => {
  const of = (title: string) => first.recorded[`outcomes.js › ${title}`]
  expect(of('passes when it is tried again')).toEqual(['failed', 'passed'])
  expect(of('fails each time')).toEqual(['failed', 'failed'])
  expect(of('runs out of time each time')).toEqual(['failed', 'failed'])
  expect(of('is a test of Mocha alone that is tried again')).toEqual(['failed', 'passed'])
})

test('the record has the error of each kind of failure', () => {
  expect(errorOf(first, 'fails by an assertion')).toMatch(/'declared' == 'another'/)
  expect(errorOf(first, 'runs out of time')).toMatch(/^Timeout of 3000ms exceeded/)
  expect(errorOf(first, 'runs out of time each time')).toMatch(/^Timeout of 2000ms exceeded/)
  expect(errorOf(first, 'needs a service that does not start')).toMatch(/broken exited with code 3/)
  expect(errorOf(first, 'cannot be reset')).toMatch(/^store could not set up/)
  expect(errorOf(first, 'asks for what is unknown')).toMatch(/did you mean "store"/)
  expect(errorOf(first, 'fails in the hook before')).toBe('beforeEach failed')
  expect(errorOf(first, 'fails in the hook after')).toBe('afterEach failed')
  expect(errorOf(first, 'is not run by the hook')).toBe('before failed')
})

test('a test that runs out of time says what it was waiting for', () => {
  expect(first.failures).toContainEqual(
    expect.stringMatching(
      /^Timeout of 3000ms exceeded[\s\S]*when the test ended, it was waiting for:\s+the start of never, for \d+\.\d s/,
    ),
  )
})

test('what hooks write is there for every test of the file, and not for the next file', () => {
  const passed = {
    'hooks.js › hooks finds what the hook wrote': 'passed',
    'hooks.js › hooks finds it after a reset': 'passed',
    'hooks.js › hooks finds it when it is tried again': 'passed',
    'hooks.js › hooks inner finds what both hooks wrote': 'passed',
    'hooks.js › hooks with a limit of its own keeps it': 'passed',
    'later.js › finds declared data': 'passed',
  }
  for (const run of [serial, parallel]) {
    expect([run.said, run.code], run.failures.join('\n')).toEqual([passed, 0])
    expect(run.last).toEqual(passed)
  }
})

test('one process uses one lane for all its files, and workers use one each', () => {
  const lanesOf = ({ trace }: ConsumerRun) =>
    new Set(trace.tests.flatMap(({ lane }) => lane ?? [])).size
  expect([lanesOf(serial), lanesOf(parallel)]).toEqual([1, 2])
})

test('tests that are filtered out or never run are not in the record', async () => {
  const byOnly = await consumer.run('only.js')
  expect(byOnly.last, byOnly.output).toEqual({ 'only.js › runs': 'passed' })
  const bailed = await consumer.run(
    '--bail',
    '--fgrep',
    'without a service',
    'outcomes.js',
    'later.js',
  )
  expect(bailed.said).toEqual({
    'outcomes.js › passes without a service': 'passed',
    'outcomes.js › fails without a service': 'failed',
  })
}, 120_000)

test('the example of the README passes', async () => {
  const run = await consumer.run('example/greeter.test.ts')
  expect([run.code, Object.values(run.said)], run.output).toEqual([0, ['passed']])
})
