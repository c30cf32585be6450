import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeSource } from '../../../test/lib/store-source.ts'
import { type Consumer, type ConsumerRun, openConsumer } from '../test/consumer.ts'
import type { TraceArtifact } from './artifact.ts'

/*
 * Every way in which a test can end, run by Vitest in a project of its own. What the record must say is what Vitest's
 * own JSON reporter says of the same run.
 */

const topology = `${storeSource}
export const topology = defineTopology({
  name: 'outcomes',
  services: {
    store: store(),
    broken: { image: 'node:24-trixie-slim', command: ['node', '-e', 'console.log("last words"); process.exit(3)'], ports: { http: 80 }, ready: { kind: 'http', port: 'http', path: '/' } },
  },
})
`

const head = `import { createTest } from '@mesocosm/vitest'
import { afterEach, aroundEach, beforeAll, beforeEach, describe, onTestFinished } from 'vitest'
import { topology } from './topology.ts'
`

const outcomes = `import { rmSync } from 'node:fs'
${head}
const { test, expect } = createTest(topology)
const touch = async ({ store }) => { await store.read() }

test('passes', touch)
test('fails by an assertion', async ({ store }) => { expect(await store.read()).toBe('another') })
test('runs out of time', { timeout: 2_000 }, async ({ store }) => { await new Promise(() => {}) })
test('needs a service that does not start', async ({ broken }) => {})
test('passes after that', touch)
test('passes when it is tried again', { retry: 2 }, async ({ store, task }) => {
  await touch({ store })
  expect(task.result.retryCount).toBe(1)
})
test('fails each time', { retry: 1 }, async ({ store }) => { throw new Error('each time') })
test.skip('is skipped', touch)
test.todo('is still to do')
test('skips itself', async ({ store, skip }) => { skip('not on Mondays') })
test.fails('must fail, and does', async ({ store }) => { throw new Error('as expected') })
test.fails('must fail, and passes', touch)
test('passes without a service', () => {})
test('fails without a service', () => { throw new Error('no service') })
test('is repeated', { repeats: 1 }, touch)

describe('beforeEach', () => {
  beforeEach(() => { throw new Error('beforeEach failed') })
  test('fails in the hook before', touch)
})
describe('afterEach', () => {
  afterEach(() => { throw new Error('afterEach failed') })
  test('fails in the hook after', touch)
})
describe('aroundEach', () => {
  aroundEach(async (run) => { await run(); throw new Error('aroundEach failed') })
  test('fails in the hook around', touch)
})
describe('onTestFinished', () => {
  test('fails in the hook at its end', async ({ store }) => {
    onTestFinished(() => { throw new Error('onTestFinished failed') })
  })
})
describe('beforeAll', () => {
  beforeAll(() => { throw new Error('beforeAll failed') })
  test('is skipped by the hook', touch)
  test('is skipped by it as well', touch)
})
describe('reset', () => {
  test('breaks the reset', async ({ store }) => { await store.breakReset() })
  test('cannot be reset', touch)
  test('ends what broke it', () => { rmSync('marks/broken') })
  test('is reset deeply after that', async ({ store }) => { expect(await store.read()).toBe('declared') })
})
describe.concurrent('concurrent', () => {
  test('uses the lane', async ({ store }) => { await store.read() })
  test('fails at the same time', async ({ store }) => { await store.read() })
})
`

/** Its last hook fails, after which Vitest cleans up no fixtures. */
const afterAllFails = `${head}import { afterAll } from 'vitest'
const { test } = createTest(topology)
afterAll(() => { throw new Error('afterAll failed') })
test('passes before a failing afterAll', async ({ store }) => { await store.read() })
`

const bail = `${head}
const { test } = createTest(topology)
test('passes before the bail', async ({ store }) => {})
test('fails', async ({ store }) => { throw new Error('enough') })
test('never runs', async ({ store }) => {})
`

const reporter = `import { appendFileSync } from 'node:fs'
export default class {
  onTestCaseArtifactRecord({ name }, artifact) {
    appendFileSync('artifacts.ndjson', JSON.stringify({ title: name, ...artifact }) + '\\n')
  }
}
`

let consumer: Consumer
let first: ConsumerRun
let bailed: ConsumerRun

beforeAll(async () => {
  consumer = openConsumer({
    'topology.ts': topology,
    'marks/none': '',
    'outcomes.test.js': outcomes,
    'after-all.test.js': afterAllFails,
    'bail.test.js': bail,
    'artifacts.js': reporter,
  })
  first = await consumer.run('outcomes', 'after-all', '--reporter=./artifacts.js')
  bailed = await consumer.run('bail', '--bail=1')
}, 240_000)
afterAll(() => consumer[Symbol.dispose]())

const last = ({ recorded }: ConsumerRun) =>
  Object.fromEntries(Object.entries(recorded).map(([name, statuses]) => [name, statuses.at(-1)]))

const errorOf = ({ trace }: ConsumerRun, title: string) =>
  trace.tests.find(({ events }) => {
    const start = events[0]
    return start?.k === 'test.start' && start.titlePath.at(-1) === title
  })?.error?.message

test('the record says of every test what Vitest says', () => {
  expect(last(first), first.output).toEqual(first.said)
  expect(Object.keys(first.said).length).toBeGreaterThan(25)
})

test('what Vitest says covers every kind of outcome', () => {
  const of = (title: string) => first.said[`outcomes.test.js › ${title}`]
  expect(of('passes')).toBe('passed')
  expect(of('fails by an assertion')).toBe('failed')
  expect(of('runs out of time')).toBe('failed')
  expect(of('needs a service that does not start')).toBe('failed')
  expect(of('reset › cannot be reset')).toBe('failed')
  expect(of('reset › is reset deeply after that')).toBe('passed')
  expect(of('beforeAll › is skipped by the hook')).toBe('skipped')
  expect(of('must fail, and does')).toBe('passed')
  expect(of('must fail, and passes')).toBe('failed')
})

test('every attempt of a test is in the record', () => {
  expect(first.recorded['outcomes.test.js › passes when it is tried again']).toEqual([
    'failed',
    'passed',
  ])
  expect(first.recorded['outcomes.test.js › fails each time']).toEqual(['failed', 'failed'])
  expect(first.recorded['outcomes.test.js › is repeated']).toEqual(['passed', 'passed'])
})

test('the record has the error of each kind of failure', () => {
  expect(errorOf(first, 'fails by an assertion')).toMatch(/expected 'declared' to be 'another'/)
  expect(errorOf(first, 'runs out of time')).toMatch(/^Test timed out in 2000ms/)
  expect(errorOf(first, 'needs a service that does not start')).toMatch(/broken exited with code 3/)
  expect(errorOf(first, 'cannot be reset')).toMatch(/^store could not set up/)
  for (const hook of ['before', 'after', 'around'])
    expect(errorOf(first, `fails in the hook ${hook}`)).toBe(`${hook}Each failed`)
  expect(errorOf(first, 'fails in the hook at its end')).toBe('onTestFinished failed')
  expect(errorOf(first, 'is skipped by the hook')).toBe('beforeAll failed')
  expect(errorOf(first, 'skips itself')).toBe('not on Mondays')
})

test('a concurrent test on a lane in use is refused with what to write instead', () => {
  expect(errorOf(first, 'fails at the same time')).toMatch(/lane: 'test'/)
  expect(first.recorded['outcomes.test.js › concurrent › uses the lane']).toEqual(['passed'])
})

test('with bail, tests that never ran are skipped', () => {
  expect(last(bailed), bailed.output).toEqual(bailed.said)
  expect(bailed.said['bail.test.js › never runs']).toBe('skipped')
})

test('reporters of Vitest get what explains a failure as an artifact of the test', () => {
  const lines = readFileSync(join(consumer.folder, 'artifacts.ndjson'), 'utf8').trim().split('\n')
  const artifacts = lines.map((line) => JSON.parse(line) as { title: string } & TraceArtifact)
  const of = (title: string) => artifacts.filter((artifact) => artifact.title === title)
  expect(of('fails by an assertion')).toEqual([
    expect.objectContaining({
      type: 'mesocosm:trace',
      link: expect.stringMatching(/^file:.*\/report\.html#t=\w+&a=1$/),
      markdown: expect.stringContaining('report.html#t='),
    }),
  ])
  expect(of('passes')).toEqual([])
  expect(of('must fail, and does')).toEqual([])
})
