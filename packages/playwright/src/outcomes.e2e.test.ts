import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeSource } from '../../../test/lib/store-source.ts'
import { type Consumer, type ConsumerRun, openConsumer } from '../test/consumer.ts'
import { type Installed, installPacked } from '../test/installed.ts'

/*
 * Every way in which a test can end, run by Playwright in a project of its own. What the record must say is what
 * Playwright's own JSON reporter says of the same run.
 */

const topology = `${storeSource}
const idle = { image: 'node:24-trixie-slim', command: ['node', '-e', 'setInterval(() => {}, 1e6)'] }
export const topology = defineTopology({
  name: 'outcomes',
  services: {
    store: store(),
    broken: { image: 'node:24-trixie-slim', command: ['node', '-e', 'console.log("last words"); process.exit(3)'], ports: { http: 80 }, ready: { kind: 'http', port: 'http', path: '/' } },
    never: { ...idle, ready: log('never written'), readyTimeoutMs: 600_000, stopTimeoutMs: 0 },
  },
})
`

const head = `import { createTest } from '@mesocosm/playwright'
import { topology } from './topology.ts'
`

const outcomes = `${head}
const { test, expect } = createTest(topology)
const touch = async ({ store }) => { await store.read() }

test('passes', touch)
test('fails by an assertion', async ({ store }) => { expect(await store.read()).toBe('another') })
test('fails softly', async ({ store }) => {
  expect.soft(1, 'first').toBe(2)
  expect.soft(await store.read(), 'second').toBe('another')
})
test('runs out of time', async ({ store }) => {
  test.setTimeout(1_000)
  await new Promise(() => {})
})
test('needs a service that does not start', async ({ broken }) => {})
test('passes after that', touch)
test('skips itself', async ({ store }) => { test.skip(true, 'not on Mondays') })
test.skip('is skipped', touch)
test.fixme('is still to do', touch)
test.fail('must fail, and does', async ({ store }) => { throw new Error('as expected') })
test.fail('must fail, and passes', touch)
test('passes without a service', () => {})
test('fails without a service', () => { throw new Error('no service') })

test.describe(() => {
  test.describe.configure({ retries: 2 })
  test('passes when it is tried again', async ({ store }, { retry }) => {
    expect(await store.read()).toBe('declared')
    await store.write('dirty')
    expect(retry).toBe(1)
  })
})
test.describe('beforeEach', () => {
  test.beforeEach(() => { throw new Error('beforeEach failed') })
  test('fails in the hook before', touch)
})
test.describe('afterEach', () => {
  test.afterEach(() => { throw new Error('afterEach failed') })
  test('fails in the hook after', touch)
})
test.describe('beforeAll', () => {
  test.beforeAll(async ({ store }) => {
    await store.read()
    throw new Error('beforeAll failed')
  })
  test('fails by the hook', touch)
  test('is skipped by it', touch)
})
test.describe('afterAll', () => {
  test.afterAll(async ({ store }) => {
    await store.read()
    throw new Error('afterAll failed')
  })
  test('fails by the hook after all tests', touch)
})
test.describe('fixture', () => {
  const own = test.extend({ late: async ({ store }, use) => {
    await use(store)
    throw new Error('clean-up failed')
  } })
  own('fails when its fixture is cleaned up', async ({ late }) => {})
})
`

const waits = `${head}
const { test } = createTest(topology, { timeoutMs: 3_000 })
test('waits for a service that is never ready', async ({ never }) => {})
`

const serial = `${head}
const { test, expect } = createTest(topology, { reset: 'none' })
test.describe.configure({ mode: 'serial', retries: 1 })
test('writes', async ({ store }) => { await store.write('kept') })
test('finds it, and fails once', async ({ store }, { retry }) => {
  expect(await store.read()).toBe('kept')
  expect(retry).toBe(1)
})
test('still finds it', async ({ store }) => { expect(await store.read()).toBe('kept') })
`

const stops = `${head}
const { test } = createTest(topology)
test('passes before the stop', async ({ store }) => {})
test('fails', async ({ store }) => { throw new Error('enough') })
test('never runs', async ({ store }) => {})
`

let installed: Installed
let consumer: Consumer
let first: ConsumerRun
let stopped: ConsumerRun

beforeAll(async () => {
  installed = await installPacked()
  consumer = openConsumer(
    installed.folder,
    {
      'topology.ts': topology,
      'marks/none': '',
      'outcomes.spec.js': outcomes,
      'waits.spec.js': waits,
      'serial.spec.js': serial,
      'stops.spec.js': stops,
    },
    'workers: 2,',
  )
  first = await consumer.run('outcomes', 'waits', 'serial')
  stopped = await consumer.run('stops', '-x', '--workers=1')
}, 1_200_000)
afterAll(async () => {
  await consumer?.[Symbol.asyncDispose]()
  installed?.[Symbol.dispose]()
})

const errorOf = ({ trace }: ConsumerRun, title: string) =>
  trace.tests.find(({ events }) => {
    const start = events[0]
    return start?.k === 'test.start' && start.titlePath.at(-1) === title
  })?.error?.message

test('the record says of every attempt what Playwright says', () => {
  expect(first.recorded, first.output).toEqual(first.said)
  expect(Object.keys(first.said).length).toBeGreaterThan(20)
})

test('what Playwright says covers every kind of outcome', () => {
  const of = (title: string) => first.said[`outcomes.spec.js › ${title}`]
  expect(of('passes')).toEqual(['passed'])
  expect(of('runs out of time')).toEqual(['failed'])
  expect(of('skips itself')).toEqual(['skipped'])
  expect(of('is skipped')).toEqual(['skipped'])
  expect(of('is still to do')).toEqual(['skipped'])
  expect(of('must fail, and does')).toEqual(['passed'])
  expect(of('must fail, and passes')).toEqual(['failed'])
  expect(of('passes when it is tried again'), first.output).toEqual(['failed', 'passed'])
  expect(of('beforeAll › fails by the hook')).toEqual(['failed'])
  expect(of('beforeAll › is skipped by it')).toEqual(['skipped'])
  expect(of('afterAll › fails by the hook after all tests')).toEqual(['failed'])
})

test('the record has the error of each kind of failure', () => {
  expect(errorOf(first, 'fails by an assertion')).toMatch(/Expected: "another"/)
  expect(errorOf(first, 'fails softly')).toMatch(/^first/)
  expect(errorOf(first, 'runs out of time')).toBe('Test timeout of 1000ms exceeded.')
  expect(errorOf(first, 'needs a service that does not start')).toMatch(/broken exited with code 3/)
  for (const hook of ['before', 'after'])
    expect(errorOf(first, `fails in the hook ${hook}`)).toBe(`${hook}Each failed`)
  expect(errorOf(first, 'fails by the hook')).toBe('beforeAll failed')
  expect(errorOf(first, 'fails by the hook after all tests')).toBe('afterAll failed')
  expect(errorOf(first, 'fails when its fixture is cleaned up')).toBe('clean-up failed')
  expect(errorOf(first, 'must fail, and passes')).toBe('Expected to fail, but passed.')
  expect(errorOf(first, 'skips itself')).toBe('not on Mondays')
})

test('a service that is not ready in time fails its test with what was awaited', () => {
  expect(first.said['waits.spec.js › waits for a service that is never ready']).toEqual(['failed'])
  expect(first.output).toMatch(
    /the start of never took longer than 3000 ms: never is not ready, waited for a log line matching "never written"/,
  )
  expect(first.output).toMatch(/raise timeoutMs: createTest\(topology, \{ timeoutMs: 6000 \}\)/)
})

test("with reset: 'none', serial tests build on each other, also when all of them are tried again", () => {
  expect(first.said['serial.spec.js › writes'], first.output).toEqual(['passed', 'passed'])
  expect(first.said['serial.spec.js › finds it, and fails once']).toEqual(['failed', 'passed'])
  expect(first.said['serial.spec.js › still finds it']).toEqual(['skipped', 'passed'])
})

test('tests that did not run because the run ended early are skipped', () => {
  expect(stopped.recorded, stopped.output).toEqual(stopped.said)
  expect(stopped.said).toEqual({
    'stops.spec.js › passes before the stop': ['passed'],
    'stops.spec.js › fails': ['failed'],
    'stops.spec.js › never runs': ['skipped'],
  })
})

test('the report of Playwright has what explains a failure, and the link to it', () => {
  const report = readFileSync(join(consumer.folder, 'report.json'), 'utf8')
  const attachments = (JSON.parse(report) as JsonReport).suites
    .flatMap(({ specs }) => specs)
    .flatMap(({ title, tests }) => tests.map(({ results }) => ({ title, results })))
    .flatMap(({ title, results }) =>
      results.flatMap((result) => result.attachments.map((one) => ({ title, ...one }))),
    )
  // Playwright has its own, which differ by version.
  const shown = attachments.filter(({ name }) => name.startsWith('mesocosm'))
  const textOf = (name: string) =>
    Buffer.from(shown.find((one) => one.name === name)?.body ?? '', 'base64').toString()
  expect(shown.map(({ title, name }) => [title, name])).toEqual([
    ['fails', 'mesocosm.md'],
    ['fails', 'mesocosm trace'],
  ])
  expect(textOf('mesocosm trace')).toMatch(/^file:\/\/\/\S+\/report\.html#t=\w+&a=1\n$/)
  expect(textOf('mesocosm.md')).toContain(textOf('mesocosm trace').trim())
})

interface JsonReport {
  readonly suites: readonly {
    readonly specs: readonly {
      readonly title: string
      readonly tests: readonly {
        readonly results: readonly {
          readonly attachments: readonly { readonly name: string; readonly body?: string }[]
        }[]
      }[]
    }[]
  }[]
}
