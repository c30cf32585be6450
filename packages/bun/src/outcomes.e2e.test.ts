import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noBun } from '../../../test/lib/bun.ts'
import { storeSource } from '../../../test/lib/store-source.ts'
import { type Consumer, type ConsumerRun, openConsumer } from '../test/consumer.ts'

/*
 * Every way in which a test can end, run by Bun in a project of its own. What the record must say is what Bun prints of
 * the same run.
 */

const topology = `import { postgres } from '@mesocosm/postgres'
${storeSource}
export const topology = defineTopology({
  name: 'outcomes',
  services: {
    store: store(),
    db: postgres(),
    broken: { image: 'node:24-trixie-slim', command: ['node', '-e', 'console.log("last words"); process.exit(3)'], ports: { http: 80 }, ready: { kind: 'http', port: 'http', path: '/' } },
    never: { image: 'node:24-trixie-slim', command: ['node', '-e', 'setInterval(() => {}, 1e6)'], ready: log('never written'), readyTimeoutMs: 600_000, stopTimeoutMs: 0 },
  },
})
`

/** Bun loads it once for all files of a process. */
const shared = `import { createTest } from '@mesocosm/bun'
import { topology } from './topology'
export const { test, it, describe } = createTest(topology)
`

const head = `import { expect } from 'bun:test'
import { describe, it, test } from './shared'
`

const outcomes = `${head}
import { rmSync } from 'node:fs'
const touch = async ({ store }) => { await store.read() }

test('passes', touch)
it('passes by its other name', touch)
test('fails by an assertion', async ({ store }) => { expect(await store.read()).toBe('another') })
test('throws a text', async ({ store }) => { throw 'a text' })
test('runs out of time', async ({ store }) => { await new Promise(() => {}) }, 2_000)
test('runs out of time while it waits', async ({ never }) => {}, { timeout: 15_000 })
test('needs a service that does not start', async ({ broken }) => {})
test('passes after that', touch)
test('finds a database', async ({ db }) => { expect(await db.query('select 1 as one')).toEqual([{ one: 1 }]) })
test.skip('is skipped', touch)
test.skipIf(true)('is skipped if', touch)
test.if(true)('runs if', touch)
test.todo('is still to do')
test.failing('must fail, and does', async ({ store }) => { throw new Error('as expected') })
test.failing('must fail, and passes', touch)
test('passes without a service', () => {})
test('fails without a service', () => { throw new Error('no service') })
test('waits for a line', async ({ store }) => {
  await store.run(['sh', '-c', 'echo a line > /proc/1/fd/1'])
  await expect(store.logs).toContainLine(/^a line$/)
})
test.each([[1, 'one'], [2, 'two']])('row %i is %s', async ({ store }, number, name) => {
  await touch({ store })
  expect([number, name]).toEqual([1, 'one'])
})
test.each([{ a: 1 }])('value $a', async ({ store }, { a }) => { expect(a).toBe(1) })
let tries = 0
test('passes when it is tried again', async ({ store }) => {
  expect(await store.read()).toBe('declared')
  await store.write('dirty')
  expect(++tries).toBe(2)
}, { retry: 2 })
test('fails each time', async ({ store }) => { throw new Error('each time') }, { retry: 1 })

describe('hooks', () => {
  test.beforeEach(async ({ store }) => { await store.write('by the hook') })
  test.afterEach(async ({ store, lane }) => {
    expect(lane.services.store).toBe(store)
    expect(await store.read()).toBe('by the hook')
  })
  describe('inside', () => {
    test('finds what the hook before it wrote', async ({ store }) => { expect(await store.read()).toBe('by the hook') })
  })
  test('uses no service itself', () => {})
})
describe('beforeEach', () => {
  test.beforeEach(({ store }) => { throw new Error('beforeEach failed') })
  test('fails in the hook before', touch)
})
describe('afterEach', () => {
  test.afterEach(({ store }) => { throw new Error('afterEach failed') })
  test('fails in the hook after', touch)
})
describe('reset', () => {
  test('breaks the reset', async ({ store }) => { await store.breakReset() })
  test('cannot be reset', touch)
  test('ends what broke it', () => { rmSync('marks/broken') })
  test('is reset deeply after that', async ({ store }) => { expect(await store.read()).toBe('declared') })
})
`

const hooks = `${head}
test.beforeAll(async ({ store, lane }) => {
  expect(lane.services.store).toBe(store)
  await store.write('migrated')
})
test.afterAll(async ({ store }) => { console.log('after all: ' + await store.read()) })
test('finds what the hook wrote', async ({ store }) => {
  expect(await store.read()).toBe('migrated')
  await store.write('dirty')
})
test('finds it after a reset', async ({ store }) => { expect(await store.read()).toBe('migrated') })
`

/** All four hold their lanes at the same time: each waits for the others between its write and its read. */
const concurrent = `import { createTest } from '@mesocosm/bun'
import { expect } from 'bun:test'
import { topology } from './topology'
const { test } = createTest(topology, { lane: 'test' })
let count = 0
const all = Promise.withResolvers()
const arrive = () => (++count === 4 ? all.resolve() : undefined)
test.concurrent.each(['a', 'b', 'c', 'd'])('at the same time %s', async ({ store }, name) => {
  await store.write(name)
  arrive()
  await all.promise
  expect(await store.read()).toBe(name)
})
`

const unknown = `${head}
test('asks for what is missing', async ({ stor }) => {})
`

describe.skipIf(noBun !== undefined)('bun', () => {
  let consumer: Consumer
  let run: ConsumerRun

  beforeAll(async () => {
    consumer = await openConsumer({
      'topology.ts': topology,
      'shared.ts': shared,
      'marks/none': '',
      'concurrent.test.ts': concurrent,
      'hooks.test.ts': hooks,
      'outcomes.test.ts': outcomes,
      'unknown.test.ts': unknown,
    })
    run = await consumer.run()
  }, 600_000)
  afterAll(() => consumer[Symbol.dispose]())

  const errorOf = (title: string) =>
    run.trace.tests.find(({ events }) => {
      const start = events[0]
      return start?.k === 'test.start' && start.titlePath.at(-1) === title
    })?.error?.message

  test('the record says of every test what Bun says', () => {
    const words = { pass: 'passed', fail: 'failed', skip: 'skipped' } as const
    const said = Object.entries(run.said).flatMap(([title, status]) =>
      status in words ? [[title, words[status as keyof typeof words]]] : [],
    )
    const last = Object.entries(run.recorded).map(([name, statuses]) => [name, statuses.at(-1)])
    expect(Object.fromEntries(last), run.output).toEqual(Object.fromEntries(said))
    expect(said.length).toBeGreaterThan(30)
  })

  test('what Bun says covers every kind of outcome', () => {
    const { said, output } = run
    expect(said['passes after that'], output).toBe('pass')
    expect(said['finds a database'], output).toBe('pass')
    expect(said['waits for a line'], output).toBe('pass')
    expect(said['runs if']).toBe('pass')
    expect(said['must fail, and does']).toBe('pass')
    expect(said['row 1 is one']).toBe('pass')
    expect(said['value 1']).toBe('pass')
    expect(said['hooks > inside > finds what the hook before it wrote']).toBe('pass')
    expect(said['hooks > uses no service itself']).toBe('pass')
    expect(said['reset > is reset deeply after that']).toBe('pass')
    expect(said['finds what the hook wrote']).toBe('pass')
    expect(said['finds it after a reset']).toBe('pass')
    expect(output).toContain('after all: migrated')
    for (const title of ['runs out of time', 'row 2 is two', 'must fail, and passes'])
      expect(said[title], title).toBe('fail')
    expect(said['reset > cannot be reset']).toBe('fail')
  })

  test('every attempt of a test is in the record, and a retry finds declared data', () => {
    expect(run.recorded['passes when it is tried again'], run.output).toEqual(['failed', 'passed'])
    expect(run.recorded['fails each time']).toEqual(['failed', 'failed'])
  })

  test('the record has the error of each kind of failure', () => {
    expect(errorOf('fails by an assertion')).toMatch(/^expect\(received\)\.toBe\(expected\)/)
    expect(errorOf('throws a text')).toBe('a text')
    expect(errorOf('runs out of time')).toMatch(/^test timed out after 2000 ms/)
    expect(errorOf('needs a service that does not start')).toMatch(/broken exited with code 3/)
    expect(errorOf('cannot be reset')).toMatch(/^store could not set up/)
    expect(errorOf('fails in the hook before')).toBe('beforeEach failed')
    expect(errorOf('fails in the hook after')).toBe('afterEach failed')
  })

  test('a test that runs out of time says where it is and what it was waiting for', () => {
    expect(run.output).toMatch(
      /test timed out after 15000 ms\s+when the test ended, it was waiting for:\s+the start of never, for \d+\.\d s\s+never is starting, for \d+\.\d s: waiting for a log line matching "never written"[\s\S]*?outcomes\.test\.ts:\d+/,
    )
  })

  test('the example of the README passes', async () => {
    for (const name of ['topology.ts', 'greeter.test.ts'])
      consumer.write(
        `example/${name}`,
        readFileSync(join(import.meta.dirname, '../test/example', name), 'utf8'),
      )
    const { code, said, output } = await consumer.run('example/')
    expect([code, Object.values(said)], output).toEqual([0, ['pass']])
  })

  test("with lane: 'test', concurrent tests have a lane each", () => {
    const together = run.trace.tests.filter(({ name }) => name.startsWith('at the same time'))
    expect(together.map(({ status }) => status)).toEqual(Array(4).fill('passed'))
    expect(new Set(together.map(({ lane }) => lane)).size).toBe(4)
  })

  test('a test that asks for what is missing fails its file, with what there is', () => {
    expect(run.output).toMatch(/stor: unknown fixture; did you mean "store"\?/)
  })
})
