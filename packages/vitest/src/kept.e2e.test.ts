import { execFile } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { LaneStatus } from 'mesocosm/operate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cleared } from '../../../test/lib/sandbox.ts'
import { storeSource } from '../../../test/lib/store-source.ts'
import { type Consumer, type ConsumerRun, openConsumer } from '../test/consumer.ts'

/*
 * MESOCOSM_KEEP=failed, in a project of its own: its tests fail, Vitest ends, and the lanes are still there.
 */

const topology = `import { postgres } from '@mesocosm/postgres'
${storeSource}
export const topology = defineTopology({
  name: 'kept',
  services: { store: store(), db: postgres() },
})
`

const head = `import { createTest } from '@mesocosm/vitest'
import { topology } from './topology.ts'
`

/** The lane of the first test is kept; the next two find declared data in another one. */
const orders = `${head}
const { test, expect } = createTest(topology)
test('writes and fails', async ({ store, db }) => {
  await store.write('as it failed')
  await db.query('create table orders (id int)')
  throw new Error('failed on purpose')
})
test('finds declared data', async ({ store, db }) => {
  expect(await store.read()).toBe('declared')
  await expect(db.query('select * from orders')).rejects.toThrow(/orders/)
})
test('is tried again', { retry: 1 }, async ({ store, task }) => {
  expect(await store.read()).toBe('declared')
  await store.write('attempt ' + task.result.retryCount)
  throw new Error('failed again')
})
test.fails('is expected to fail', async ({ store }) => { throw new Error('as expected') })
`

/** What its hook wrote is only in its own lane. */
const prepared = `${head}
const { test, expect } = createTest(topology)
test.beforeAll(async ({ store }) => { await store.write('prepared') })
test('fails after a hook', async ({ store }) => {
  await store.write('dirty')
  throw new Error('failed after a hook')
})
test('needs what the hook wrote', async ({ store }) => { expect(await store.read()).toBe('prepared') })
`

const root = join(import.meta.dirname, '../../..')
let consumer: Consumer
let run: ConsumerRun

/** Runs with `MESOCOSM_KEEP=failed` and these variables. */
const keeping = async <T>(
  limits: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> => {
  const env = { MESOCOSM_KEEP: 'failed', ...limits }
  Object.assign(process.env, env)
  try {
    return await work()
  } finally {
    for (const name of Object.keys(env)) delete process.env[name]
  }
}

const mesocosm = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const { MESOCOSM_RUN: _, VITEST_POOL_ID: __, FORCE_COLOR: ___, ...env } = process.env
    const bin = join(root, 'packages/cli/bin/mesocosm.js')
    const options = { cwd: consumer.folder, env }
    const child = execFile(process.execPath, [bin, ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })

const lanes = async (): Promise<LaneStatus[]> =>
  JSON.parse((await mesocosm('lanes', '--json')).stdout) as LaneStatus[]

const keptFor = async (title: string): Promise<LaneStatus> => {
  const found = (await lanes()).find(({ kept }) => kept?.title === title)
  if (found === undefined) throw new Error(`no lane is kept for ${title}`)
  return found
}

beforeAll(async () => {
  consumer = openConsumer({
    'topology.ts': topology,
    'marks/none': '',
    'orders.test.js': orders,
    'prepared.test.js': prepared,
  })
  run = await keeping({}, () => consumer.run('--maxWorkers=1'))
}, 240_000)
afterAll(async () => {
  await mesocosm('down', '--all')
  consumer[Symbol.dispose]()
})

test('tests after a failed one get another lane, and the outcome of the run is the same', () => {
  expect(run.said, run.output).toEqual({
    'orders.test.js › writes and fails': 'failed',
    'orders.test.js › finds declared data': 'passed',
    'orders.test.js › is tried again': 'failed',
    'orders.test.js › is expected to fail': 'passed',
    'prepared.test.js › fails after a hook': 'failed',
    'prepared.test.js › needs what the hook wrote': 'passed',
  })
  expect(run.code).toBe(1)
})

test('the addresses and commands of a kept lane are printed', async () => {
  const { run: name, lane, services } = await keptFor('writes and fails')
  expect(run.output).toContain(`${lane} is kept as “writes and fails” (orders.test.js) left it`)
  const db = services.find((service) => service.name === 'db')
  expect(run.output).toContain(
    `db     ready   ${db?.outputs.url}  docker exec -it ${db?.container} sh`,
  )
  expect(run.output).toContain(`mesocosm exec store --run ${name} --lane ${lane} -- <command>`)
})

test('one lane is kept per failed test, of its last attempt; others are removed', async () => {
  await expect
    .poll(async () => (await lanes()).map(({ state, kept }) => [state, kept?.title, kept?.file]), {
      timeout: 60_000,
    })
    .toEqual([
      ['kept', 'writes and fails', 'orders.test.js'],
      ['kept', 'is tried again', 'orders.test.js'],
    ])
  expect((await keptFor('is tried again')).kept?.test).toMatch(/#1$/)
})

test('a lane whose data later tests of the file need is not kept, and that is printed', () => {
  expect(run.output).toMatch(/lane_\d is no longer kept: later tests of its file need the data/)
})

test('services of a kept lane run on, with the data that the test left', async () => {
  const { run: name, lane } = await keptFor('writes and fails')
  const at = ['--run', name, '--lane', lane, '--']
  expect(await mesocosm('exec', 'store', ...at, 'cat', '/data/rows')).toEqual({
    code: 0,
    stdout: 'as it failed\n',
    stderr: '',
  })
  const again = await keptFor('is tried again')
  const there = ['--run', again.run, '--lane', again.lane, '--']
  expect((await mesocosm('exec', 'store', ...there, 'cat', '/data/rows')).stdout).toBe(
    'attempt 1\n',
  )
})

test('mesocosm lanes prints state, test, addresses and the command to use', async () => {
  const { run: name, lane, services } = await keptFor('writes and fails')
  const { stdout } = await mesocosm('lanes', '--kept')
  expect(stdout).toMatch(new RegExp(`^kept  ${lane} of run ${name}  kept for \\d`, 'm'))
  expect(stdout).toMatch(/failed test “writes and fails” of orders.test.js; removed in \d+ min/)
  expect(stdout).toContain(String(services.find((service) => service.name === 'db')?.outputs.url))
  expect(stdout).toContain(`mesocosm exec store --run ${name} --lane ${lane} -- <command>`)
})

test('gc leaves kept lanes alone, lists them with --kept, and down removes them', async () => {
  const names = (await lanes()).map(({ lane }) => lane)
  expect(JSON.parse((await mesocosm('gc', '--dry-run', '--json')).stdout)).toMatchObject({
    kept: [],
  })
  const { kept } = JSON.parse((await mesocosm('gc', '--dry-run', '--kept', '--json')).stdout) as {
    kept: { root: string; lane: string }[]
  }
  expect(kept.filter(({ root }) => root === consumer.folder).map(({ lane }) => lane)).toEqual(names)
  expect(await mesocosm('down')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^\d+ stopped in /),
  })
  expect(await lanes()).toEqual([])
})

test('a lane is kept for the time that is set, and then the run ends and leaves nothing', async () => {
  const limits = { MESOCOSM_KEEP_MS: '2000', MESOCOSM_KEEP_LANES: '1' }
  const short = await keeping(limits, () => consumer.run('orders', '--maxWorkers=1'))
  expect(short.output).toMatch(/lane_\d is kept as “writes and fails”/)
  await cleared(basename(realpathSync(join(consumer.folder, '.mesocosm/latest'))))
  await expect.poll(lanes, { timeout: 60_000 }).toEqual([])
})

test('settings that mean nothing fail the tests, with all faults', async () => {
  const limits = { MESOCOSM_KEEP_MS: '1h', MESOCOSM_KEEP_LANES: 'all' }
  const { code, output } = await keeping(limits, () => consumer.run('orders'))
  expect(code).toBe(1)
  expect(output).toMatch(/ARGUMENT_INVALID[\s\S]*MESOCOSM_KEEP_MS[\s\S]*"all"/)
})
