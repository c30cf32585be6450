import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeSource } from '../../../test/lib/store-source.ts'
import { type Consumer, type ConsumerRun, openConsumer } from '../test/consumer.ts'

/* Every way in which a test can end, run by Node in a project of its own. What the record says is what Node reports. */

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
import plain, { after, afterEach, before, beforeEach, describe } from 'node:test'
import { createTest } from '@mesocosm/node-test'
import { topology } from './topology.ts'
const { test, it } = createTest(topology)
const touch = async ({ store }) => { await store.read() }
`

const outcomes = `import { rmSync } from 'node:fs'
${head}
test('passes', touch)
test('fails by an assertion', async ({ store }) => { assert.equal(await store.read(), 'another') })
test('runs out of time', { timeout: 3_000 }, async ({ never }) => {})
test('needs a service that does not start', async ({ broken }) => {})
test('passes after that', touch)
test.skip('is skipped', touch)
test('is skipped for a reason', { skip: 'not on Mondays' }, touch)
test.todo('is still to do')
test('is to do, and fails', { todo: true }, async ({ store }) => { throw new Error('not yet') })
test('is to do, and passes', { todo: true }, touch)
test('skips itself', async ({ store, t }) => { t.skip('not on Mondays') })
test('passes without a service', () => {})
test('fails without a service', () => { throw new Error('no service') })
test('asks for what is unknown', async ({ stor }) => {})
plain('is a test of Node alone', () => {})
test('has subtests', async ({ store, t }) => {
  await t.test('that passes', async () => { await store.read() })
  await t.test('that fails', () => { throw new Error('subtest') })
})
test('has a hook of its own', async ({ store, t }) => {
  t.after(async () => { assert.equal(await store.read(), 'declared') })
})
test('fails in a hook of its own', async ({ store, t }) => {
  t.after(() => { throw new Error('after failed') })
})

describe('beforeEach > with a title like a path', () => {
  beforeEach(() => { throw new Error('beforeEach failed') })
  it('fails in the hook before', touch)
})
describe('afterEach', () => {
  afterEach(() => { throw new Error('afterEach failed') })
  it('fails in the hook after', touch)
})
describe('before', () => {
  before(() => { throw new Error('before failed') })
  it('is cancelled by the hook', touch)
  it('is cancelled by it as well', touch)
})
describe('outer', () => {
  describe('inner', () => {
    it('passes in two suites', touch)
    it.skip('is skipped in two suites', touch)
  })
})
describe('reset', () => {
  it('breaks the reset', async ({ store }) => { await store.breakReset() })
  it('cannot be reset', touch)
  it('ends what broke it', () => { rmSync('marks/broken') })
  it('is reset deeply after that', async ({ store }) => { assert.equal(await store.read(), 'declared') })
})
describe('concurrent', { concurrency: 2 }, () => {
  it('uses the lane', async ({ store }) => { await store.read(); await new Promise((resolve) => setTimeout(resolve, 1_000)) })
  it('fails at the same time', touch)
})
`

const hooks = `${head}
test.before(async ({ store, lane }) => {
  assert.equal(lane.services.store, store)
  await store.write('migrated')
})
test.after(async ({ store }) => { assert.equal(await store.read(), 'of the last test') })
let each
test.beforeEach(async ({ store, t }) => { each = [t.name, await store.read()] })
test('finds what the hook wrote', async ({ store }) => {
  assert.deepEqual(each, ['finds what the hook wrote', 'migrated'])
  await store.write('dirty')
})
test('finds it after a reset', async ({ store, t }) => {
  assert.equal(await store.read(), 'migrated')
  await t.test('subtest', async () => { assert.deepEqual(each, ['subtest', 'migrated']) })
  await test('nested test', async ({ store }) => { assert.equal(await store.read(), 'migrated') })
})
describe('inner hook', () => {
  test.before(async ({ store }) => {
    assert.equal(await store.read(), 'migrated')
    await store.write('migrated twice')
  })
  test.afterEach(async ({ store }) => { assert.equal(await store.read(), 'of the last test') })
  it('finds what both hooks wrote', async ({ store }) => {
    assert.equal(await store.read(), 'migrated twice')
    await store.write('of the last test')
  })
})
`

const only = `${head}
test.only('runs', touch)
test('does not run', touch)
describe('suite', () => {
  it.only('runs in a suite', touch)
  it('does not run in a suite', touch)
})
`

let consumer: Consumer
let run: ConsumerRun

beforeAll(async () => {
  consumer = await openConsumer({
    'topology.ts': topology,
    'marks/none': '',
    'outcomes.test.js': outcomes,
    'hooks.test.js': hooks,
    'only.js': only,
  })
  run = await consumer.run('--test-concurrency=1')
}, 240_000)
afterAll(() => consumer[Symbol.dispose]())

/** In Node's words: a test that is to do is neither passed nor failed, nor skipped. */
const notRun = ['is still to do', 'is to do, and fails']
const lastOf = ({ recorded }: ConsumerRun) =>
  Object.fromEntries(Object.entries(recorded).map(([name, statuses]) => [name, statuses.at(-1)]))
const expected = ({ said }: ConsumerRun) =>
  Object.fromEntries(
    Object.entries(said).map(([name, status]) => [
      name,
      status !== 'todo'
        ? status
        : notRun.some((title) => name.endsWith(title))
          ? 'skipped'
          : 'passed',
    ]),
  )
const errorOf = (title: string) =>
  run.trace.tests.find(({ events: [start] }) => {
    return start?.k === 'test.start' && start.titlePath.at(-1) === title
  })?.error?.message

test('the record says of every test what Node says', () => {
  const paths = Object.entries(expected(run)).map(([name, status]) => [
    // Node joins titles, so one of them may look like two.
    name.replace('beforeEach > with', 'beforeEach › with'),
    status,
  ])
  expect(lastOf(run), run.output).toEqual(Object.fromEntries(paths))
  expect(Object.keys(run.said).length).toBeGreaterThan(30)
})

test('what Node says covers every kind of outcome', () => {
  const of = (title: string) => run.said[`outcomes.test.js › ${title}`]
  expect(of('passes')).toBe('passed')
  expect(of('runs out of time')).toBe('failed')
  expect(of('is to do, and fails')).toBe('todo')
  expect(of('skips itself')).toBe('skipped')
  expect(of('has subtests › that fails')).toBe('failed')
  expect(of('before › is cancelled by the hook')).toBe('failed')
  expect(of('reset › is reset deeply after that')).toBe('passed')
  expect(of('concurrent › fails at the same time')).toBe('failed')
})

test('the record has the error of each kind of failure', () => {
  expect(errorOf('fails by an assertion')).toMatch(/'declared' == 'another'/)
  expect(errorOf('runs out of time')).toMatch(/^test timed out after 3000ms/)
  expect(errorOf('needs a service that does not start')).toMatch(/broken exited with code 3/)
  expect(errorOf('cannot be reset')).toMatch(/^store could not set up/)
  expect(errorOf('asks for what is unknown')).toMatch(/unknown fixture; did you mean "store"/)
  expect(errorOf('that fails')).toBe('subtest')
  expect(errorOf('fails in the hook before')).toBe('beforeEach failed')
  expect(errorOf('fails in the hook after')).toBe('afterEach failed')
  expect(errorOf('fails in a hook of its own')).toBe('after failed')
  expect(errorOf('is skipped for a reason')).toBe('not on Mondays')
  expect(errorOf('fails at the same time')).toMatch(/lane: 'test'/)
})

test('a test that runs out of time says what it was waiting for', () => {
  expect(run.output).toMatch(
    /test timed out after 3000ms[\s\S]*when the test ended, it was waiting for:\s+the start of never, for \d+\.\d s/,
  )
})

test('a failing test is reported where it is written', () => {
  const line = outcomes.split('\n').findIndex((text) => text.startsWith("test('fails without")) + 1
  expect(run.output).toContain(`test at outcomes.test.js:${line}:1`)
})

test('what hooks write is there for every test of the file', () => {
  const inHooks = Object.entries(run.said).filter(([name]) => name.startsWith('hooks.test.js'))
  expect(Object.fromEntries(inHooks), run.output).toEqual({
    'hooks.test.js › finds what the hook wrote': 'passed',
    'hooks.test.js › finds it after a reset': 'passed',
    'hooks.test.js › finds it after a reset › subtest': 'passed',
    'hooks.test.js › finds it after a reset › nested test': 'passed',
    'hooks.test.js › inner hook › finds what both hooks wrote': 'passed',
  })
})

test('tests that are filtered out are not in the record', async () => {
  const byOnly = await consumer.run('--test-only', 'only.js')
  expect(lastOf(byOnly), byOnly.output).toEqual({
    'only.js › runs': 'passed',
    'only.js › suite › runs in a suite': 'passed',
  })
  const byName = await consumer.run('--test-name-pattern=two suites', 'outcomes.test.js')
  expect(lastOf(byName), byName.output).toEqual({
    'outcomes.test.js › outer › inner › passes in two suites': 'passed',
  })
})
