import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadTrace } from 'mesocosm/operate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordedIn } from '../../../test/lib/recorded-in.ts'
import { storeSource } from '../../../test/lib/store-source.ts'
import { type Consumer, type ConsumerRun, jestConfig, openConsumer } from '../test/consumer.ts'

/*
 * Every way in which a test can end, run by Jest in a project of its own. What the record must say is what Jest's own
 * JSON reporter says of the same run.
 */

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

const head = `import { createTest } from '@mesocosm/jest'
import { rmSync } from 'node:fs'
import { topology } from './topology'
`

const outcomes = `${head}
const { test, it } = createTest(topology)
const touch = async ({ store }) => { await store.read() }

test('passes', touch)
it('passes by its other name', touch)
test('fails by an assertion', async ({ store }) => { expect(await store.read()).toBe('another') })
test('throws a text', async ({ store }) => { throw 'a text' })
test('runs out of time', async ({ store }) => { await new Promise(() => {}) }, 2_000)
test('runs out of time while it waits', async ({ never }) => {}, 15_000)
test('needs a service that does not start', async ({ broken }) => {})
test('passes after that', touch)
test.skip('is skipped', touch)
test.todo('is still to do')
test.failing('must fail, and does', async ({ store }) => { throw new Error('as expected') })
test.failing('must fail, and passes', touch)
test('passes without a service', () => {})
test('fails without a service', () => { throw new Error('no service') })
test('waits for a line', async ({ store }) => {
  await store.run(['sh', '-c', 'echo a line > /proc/1/fd/1'])
  await expect(store.logs).toContainLine(/^a line$/)
})
test.each([[1, 'one'], [2, 'two']])('row %i', async ({ store }, number, name) => {
  await touch({ store })
  expect([number, name]).toEqual([1, 'one'])
})
test.each([{ a: 1 }])('value $a', async ({ store }, { a }) => { expect(a).toBe(1) })
test.each\`
  a    | sum
  \${1} | \${2}
\`('table $a', async ({ store }, { a, sum }) => { expect(a + a).toBe(sum) })

describe('hooks', () => {
  test.beforeEach(async ({ store }) => { await store.write('by the hook') })
  test.afterEach(async ({ store, lane }) => {
    expect(lane.services.store).toBe(store)
    expect(await store.read()).toBe('by the hook')
  })
  test('finds what the hook before it wrote', async ({ store }) => { expect(await store.read()).toBe('by the hook') })
  test('uses no service itself', () => {})
})
describe('beforeEach', () => {
  beforeEach(() => { throw new Error('beforeEach failed') })
  test('fails in the hook before', touch)
})
describe('afterEach', () => {
  afterEach(() => { throw new Error('afterEach failed') })
  test('fails in the hook after', touch)
})
describe('beforeAll', () => {
  beforeAll(() => { throw new Error('beforeAll failed') })
  test('fails by the hook', touch)
})
describe('reset', () => {
  test('breaks the reset', async ({ store }) => { await store.breakReset() })
  test('cannot be reset', touch)
  test('ends what broke it', () => { rmSync('marks/broken') })
  test('is reset deeply after that', async ({ store }) => { expect(await store.read()).toBe('declared') })
})
describe('concurrent', () => {
  test.concurrent('uses the lane', async ({ store }) => { await store.read() })
  test.concurrent('fails at the same time', async ({ store }) => { await store.read() })
})
`

const retries = `${head}
const { test } = createTest(topology)
jest.retryTimes(1)
let tries = 0
test('passes when it is tried again', async ({ store }) => {
  expect(await store.read()).toBe('declared')
  await store.write('dirty')
  expect(++tries).toBe(2)
})
test('fails each time', async ({ store }) => { throw new Error('each time') })
`

const only = `${head}
const { test } = createTest(topology)
test('is not asked for', async ({ store }) => {})
test.only('is the only one', async ({ store }) => { await store.read() })
`

const timers = `${head}
const { test } = createTest(topology)
jest.useFakeTimers()
test('is called with fake timers', async ({ store }) => {
  expect(await store.read()).toBe('declared')
  expect(jest.getTimerCount()).toBe(0)
})
`

const unknown = `${head}
const { test } = createTest(topology)
test('asks for what is missing', async ({ stor }) => {})
`

const done = `${head}
const { test } = createTest(topology)
test('calls back', (done) => done())
`

/** What the TypeScript compiler makes of \`async ({ store }) => …\` for older targets. */
const lowered = `${head}
const { test } = createTest(topology)
const __awaiter = (self, _arguments, P, generator) => {
  const step = generator.apply(self, _arguments)
  const next = (value) => { const at = step.next(value); return at.done ? at.value : Promise.resolve(at.value).then(next) }
  return Promise.resolve().then(() => next())
}
test('gets its services', (_a) => __awaiter(void 0, [_a], void 0, function* ({ store }) {
  expect(yield store.read()).toBe('declared')
}))
`

let consumer: Consumer
let run: ConsumerRun

beforeAll(async () => {
  consumer = await openConsumer({
    'topology.ts': topology,
    'marks/none': '',
    'outcomes.test.ts': outcomes,
    'retries.test.ts': retries,
    'only.test.ts': only,
    'timers.test.ts': timers,
    'unknown.test.ts': unknown,
    'done.test.ts': done,
    'lowered.test.js': lowered,
  })
  run = await consumer.run('--maxWorkers=2')
}, 600_000)
afterAll(() => consumer[Symbol.dispose]())

const errorOf = (title: string) =>
  run.trace.tests.find(({ events }) => {
    const start = events[0]
    return start?.k === 'test.start' && start.titlePath.at(-1) === title
  })?.error?.message

test('the record says of every test what Jest says', () => {
  const last = Object.entries(run.recorded).map(([name, statuses]) => [name, statuses.at(-1)])
  expect(Object.fromEntries(last), run.output).toEqual(run.said)
  expect(Object.keys(run.said).length).toBeGreaterThan(25)
})

test('what Jest says covers every kind of outcome', () => {
  const of = (title: string) => run.said[`outcomes.test.ts › ${title}`]
  const passed = [
    'passes',
    'passes by its other name',
    'passes after that',
    'must fail, and does',
    'waits for a line',
    'row 1',
    'value 1',
    'table 1',
    'hooks › finds what the hook before it wrote',
    'hooks › uses no service itself',
    'reset › is reset deeply after that',
    'concurrent › uses the lane',
  ]
  expect(Object.fromEntries(passed.map((title) => [title, of(title)])), run.output).toEqual(
    Object.fromEntries(passed.map((title) => [title, 'passed'])),
  )
  const failed = [
    'fails by an assertion',
    'throws a text',
    'runs out of time',
    'needs a service that does not start',
    'must fail, and passes',
    'row 2',
    'beforeEach › fails in the hook before',
    'afterEach › fails in the hook after',
    'beforeAll › fails by the hook',
    'reset › cannot be reset',
    'concurrent › fails at the same time',
  ]
  expect(Object.fromEntries(failed.map((title) => [title, of(title)]))).toEqual(
    Object.fromEntries(failed.map((title) => [title, 'failed'])),
  )
  expect(run.said['only.test.ts › is not asked for']).toBe('skipped')
  expect(run.said['timers.test.ts › is called with fake timers'], run.output).toBe('passed')
  expect(run.said['lowered.test.js › gets its services'], run.output).toBe('passed')
})

test('every attempt of a test is in the record, and a retry finds declared data', () => {
  expect(run.recorded['retries.test.ts › passes when it is tried again'], run.output).toEqual([
    'failed',
    'passed',
  ])
  expect(run.recorded['retries.test.ts › fails each time']).toEqual(['failed', 'failed'])
})

test('the record has the error of each kind of failure', () => {
  expect(errorOf('fails by an assertion')).toMatch(/^expect\(received\)\.toBe\(expected\)/)
  expect(errorOf('throws a text')).toBe('a text')
  expect(errorOf('runs out of time')).toMatch(/^Exceeded timeout of 2000 ms/)
  expect(errorOf('needs a service that does not start')).toMatch(/broken exited with code 3/)
  expect(errorOf('cannot be reset')).toMatch(/^store could not set up/)
  expect(errorOf('fails in the hook before')).toBe('beforeEach failed')
  expect(errorOf('fails in the hook after')).toBe('afterEach failed')
  expect(errorOf('fails by the hook')).toBe('beforeAll failed')
  expect(errorOf('fails at the same time')).toMatch(/lane: 'test'/)
})

test('a test that runs out of time says what it was waiting for', () => {
  expect(run.output).toMatch(
    /Exceeded timeout of 15000 ms[\s\S]*when the test ended, it was waiting for:\s+the start of never, for \d+\.\d s\s+never is starting, for \d+\.\d s: waiting for a log line matching "never written"/,
  )
})

test('a test that asks for what is missing fails its file, with what there is', () => {
  expect(run.output).toMatch(/stor: unknown fixture; did you mean "store"\?/)
  expect(run.output).toMatch(/its first parameter must be destructured, such as \(\{ lane \}\)/)
})

test('the example of the README passes', async () => {
  for (const name of ['topology.ts', 'greeter.test.ts'])
    consumer.write(
      `example/${name}`,
      readFileSync(join(import.meta.dirname, '../test/example', name), 'utf8'),
    )
  const { code, said, output } = await consumer.run('example/')
  expect([code, Object.values(said)], output).toEqual([0, ['passed']])
})

test('with bail, files after the first failed one do not run', async () => {
  consumer.write(
    'bail/1.test.ts',
    `${head}
const { test } = createTest(topology)
test('fails', async ({ store }) => { await store.read(); throw new Error('enough') })
`.replace("'./topology'", "'../topology'"),
  )
  consumer.write('bail/2.test.ts', "test('never runs', () => {})\\n")
  // Jest that bails writes no report.
  const jest = consumer.start('--bail', '--runInBand', '--cacheDirectory=cache', 'bail/')
  const { code } = await jest.ended
  const recorded = recordedIn(loadTrace(join(consumer.folder, '.mesocosm/latest')))
  expect([code, recorded], jest.output()).toEqual([1, { 'bail/1.test.ts › fails': ['failed'] }])
})

test('projects of one run share its services, lane after lane', async () => {
  const sources = `${head}
const { test } = createTest(topology)
test('finds declared data', async ({ store }) => {
  expect(await store.read()).toBe('declared')
  await store.write('dirty')
})
`.replace("'./topology'", "'../topology'")
  for (const name of ['one', 'two']) consumer.write(`projects/${name}.test.ts`, sources)
  const project = (name: string) => ({
    ...jestConfig('compiled'),
    displayName: name,
    testMatch: [`<rootDir>/projects/${name}.test.ts`],
  })
  consumer.write('projects.config.json', JSON.stringify({ projects: ['one', 'two'].map(project) }))
  const { code, recorded, trace, output } = await consumer.run(
    '--config=projects.config.json',
    '--runInBand',
  )
  expect([code, recorded], output).toEqual([
    0,
    {
      'projects/one.test.ts › finds declared data': ['passed'],
      'projects/two.test.ts › finds declared data': ['passed'],
    },
  ])
  expect(new Set(trace.tests.map(({ lane }) => lane)).size).toBe(1)
})
