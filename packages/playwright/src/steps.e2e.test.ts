import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeSource } from '../../../test/lib/store-source.ts'
import { type Consumer, type ConsumerRun, openConsumer } from '../test/consumer.ts'
import { type Installed, installPacked } from '../test/installed.ts'

/*
 * What Playwright's own report shows of calls of handles.
 */

const topology = `${storeSource}
import { secret } from 'mesocosm'
export const topology = defineTopology({
  name: 'steps',
  services: {
    store: { ...store(), command: ['node', '-e', 'console.log("listening on 80"); setInterval(() => {}, 1e6); process.on("SIGTERM", () => process.exit())'], env: { TOKEN: secret('hunter-2'), MODE: 'a' }, exec: { say: (word) => ['echo', word], fail: () => ['false'] } },
  },
})
`

const source = `import { createTest } from '@mesocosm/playwright'
import { topology } from './topology.ts'
const { test, expect } = createTest(topology)

test('calls', async ({ store, lane }) => {
  await test.step('outer', async () => {
    await store.withEnv({ MODE: 'b' })
    await lane.step('inner', () => store.exec.say('word'))
  })
  await store.run(['echo', 'hunter-2'])
  await store.read()
  await store.write('text')
  const [said] = await Promise.all([store.exec.say('one'), store.read()])
  expect(said.stdout).toBe('one\\n')
})
test('matchers', async ({ store }) => {
  // The logs begin with the test.
  await store.restart()
  await expect(store.logs).toContainLine(/listening/)
  await expect(store.logs).toContainLine(expect.stringContaining('80'))
  await expect(store.logs).not.toContainLine('never')
  await expect.soft(store.logs).toContainLine('neither', { timeoutMs: 50 })
  expect(test.info().errors).toHaveLength(1)
})
test('a matcher', async ({ store }) => {
  await expect(store.logs).toContainLine('never', { timeoutMs: 50 }) // here
})
test('a declared command', async ({ store }) => {
  await store.exec.fail() // here
})
test('a generated command', async ({ store }) => {
  await store.exec['bin:nothing']() // here
})
test('an environment', async ({ store }) => {
  await store.withEnv({ 'a=b': 'no' }) // here
})
test('an environment around a callback', async ({ store }) => {
  await store.withEnv({ 'a=b': 'no' }, () => {}) // here
})
test('a wait', async ({ store }) => {
  await store.logs.waitFor(/never/, { timeoutMs: 50 }) // here
})
test('a service to add', async ({ lane }) => {
  await lane.add('more', { image: 5 }) // here
})
test('a method of a plugin', async ({ store }) => {
  await store.run(['rm', '/data/rows'])
  await store.mustRead() // here
})
`

interface Step {
  readonly title: string
  readonly steps?: readonly Step[]
}

interface Result {
  readonly steps?: readonly Step[]
  readonly errors: readonly { readonly message: string; readonly location?: { line: number } }[]
}

let installed: Installed
let consumer: Consumer
let run: ConsumerRun
let results: Readonly<Record<string, Result>>

beforeAll(async () => {
  installed = await installPacked()
  consumer = openConsumer(installed.folder, {
    'topology.ts': topology.replace(
      'write: (text)',
      "mustRead: async () => { const { exitCode } = await service.run(['cat', '/data/rows']); if (exitCode !== 0) throw new Error('no rows') },\n    write: (text)",
    ),
    'marks/none': '',
    'steps.spec.js': source,
  })
  run = await consumer.run()
  const report = JSON.parse(readFileSync(join(consumer.folder, 'report.json'), 'utf8')) as {
    suites: { specs: { title: string; tests: { results: Result[] }[] }[] }[]
  }
  results = Object.fromEntries(
    report.suites[0]?.specs.map(({ title, tests }) => [title, tests[0]?.results[0] as Result]) ??
      [],
  )
}, 1_200_000)
afterAll(async () => {
  await consumer?.[Symbol.asyncDispose]()
  installed?.[Symbol.dispose]()
})

const titlesOf = (steps: readonly Step[] = []): unknown[] =>
  steps.map(({ title, steps: inner }) => (inner?.length ? [title, titlesOf(inner)] : title))

test('calls are steps with readable titles, inside of the steps and calls that make them', () => {
  expect(run.said['steps.spec.js › calls'], run.output).toEqual(['passed'])
  expect(titlesOf(results.calls?.steps)).toEqual([
    ['outer', ["store.withEnv({ MODE: 'b' })", ['inner', ["store.exec.say('word')"]]]],
    "store.run([ 'echo', '•••' ])",
    ['store.read()', ["store.run([ 'cat', '/data/rows' ])"]],
    // Not declared as `async`, so what it calls is next to it.
    "store.run([ 'sh', '-c', 'echo \"$1\" > /data/rows', 'sh', 'text' ])",
    "store.write('text')",
    "store.exec.say('one')",
    ['store.read()', ["store.run([ 'cat', '/data/rows' ])"]],
  ])
})

test('matchers wait, and work with soft, not and asymmetric matchers', () => {
  expect(results.matchers?.errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(/expect\(store\.logs\)\.toContainLine failed: [\s\S]*listening on 80/),
  ])
})

test.for([
  'a matcher',
  'a declared command',
  'a generated command',
  'an environment',
  'an environment around a callback',
  'a wait',
  'a service to add',
  'a method of a plugin',
])('the error of %s points to the line of the test', (title) => {
  const lines = source.split('\n')
  const line = lines.findIndex(
    (text, at) =>
      text.includes('// here') && at > lines.findIndex((one) => one.includes(`test('${title}'`)),
  )
  const [error] = results[title]?.errors ?? []
  expect(error?.location?.line, run.output).toBe(line + 1)
})
