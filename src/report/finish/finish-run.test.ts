import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { TraceMode } from '../../model/trace-mode.ts'
import { loadTrace } from '../../trace/load-trace.ts'
import { beginTestRun, type RecordedTest } from '../test-run.ts'
import { finishRun, reportSoFar } from './finish-run.ts'

const t0 = 1_790_000_000_000

/** Records tests one after the other in one lane, each with a command, its output and a log line. */
const recorded = (...tests: readonly Pick<RecordedTest, 'id' | 'retry' | 'status'>[]) => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-finish-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  using run = beginTestRun(root)
  for (const [index, test] of tests.entries()) {
    const start = t0 + index * 100
    run.test({ ...test, lane: 'lane_1', start, end: start + 50 }, (attempt) =>
      attempt.exec({
        service: 'api',
        argv: ['dump', test.id],
        output: `output of ${test.id} `.repeat(1_000),
        start,
        end: start + 10,
      }),
    )
  }
  run.log(
    'lane_1',
    'api',
    tests.flatMap(({ id }, index) => [
      [t0 + index * 100 + 20, `line of ${id}`, 1, 0],
      [t0 + index * 100 + 70, `after ${id}`, 1, 0],
    ]),
  )
  const { folder } = run
  return {
    folder,
    latest: join(root, '.mesocosm', 'latest'),
    log: () =>
      readdirSync(join(folder, 'log'))
        .map((name) => readFileSync(join(folder, 'log', name), 'utf8'))
        .join(''),
    blobs: () => readdirSync(join(folder, 'blob')),
    report: () => existsSync(join(folder, 'report.html')),
  }
}

test('everything of a run is kept, with its report, if its mode is on', async () => {
  const run = recorded({ id: 'one' }, { id: 'two', status: 'failed' })
  await finishRun(run.folder, 'on')
  expect(run.report()).toBe(true)
  expect(existsSync(join(run.latest, 'report.html'))).toBe(true)
  expect(run.log()).toContain('line of one')
  expect(run.blobs()).toHaveLength(2)
})

test('what tests did that passed is removed where only failures are retained', async () => {
  const run = recorded({ id: 'one' }, { id: 'two', status: 'failed' })
  await finishRun(run.folder, 'retain-on-failure')
  const { tests, events } = loadTrace(run.folder)
  expect(tests.map(({ test, status }) => [test, status])).toEqual([
    ['one#0', 'passed'],
    ['two#0', 'failed'],
  ])
  expect(events.flatMap((event) => (event.k === 'exec.start' ? [event.argv] : []))).toEqual([
    ['dump', 'two'],
  ])
  expect(run.log()).not.toContain('line of one')
  expect(run.log()).toContain('line of two')
  expect(run.log()).toContain('after one')
  expect(run.blobs()).toHaveLength(1)
  expect(run.report()).toBe(true)
})

test('all attempts of a test are retained if one of them failed', async () => {
  const run = recorded({ id: 'one', status: 'failed' }, { id: 'one', retry: 1 }, { id: 'two' })
  await finishRun(run.folder, 'retain-on-failure')
  expect(run.log()).toMatch(/line of one.*\n.*\n.*line of one/)
  expect(run.log()).not.toContain('line of two')
})

test.each<TraceMode>(['retain-on-failure', 'off'])(
  'nothing is left of a run without failures if its mode is %s',
  async (mode) => {
    const run = recorded({ id: 'one' }, { id: 'two', status: 'skipped' })
    await finishRun(run.folder, mode)
    expect(existsSync(run.folder)).toBe(false)
    expect(existsSync(run.latest)).toBe(false)
  },
)

test('nothing is left of a run that failed if its mode is off', async () => {
  const run = recorded({ id: 'one', status: 'failed' })
  await finishRun(run.folder, 'off')
  expect(existsSync(run.folder)).toBe(false)
})

test('a run that goes on has a report if one would be kept of it now', async () => {
  const passing = recorded({ id: 'one' })
  await reportSoFar(passing.folder, 'retain-on-failure')
  expect(passing.report()).toBe(false)
  await reportSoFar(passing.folder, 'on')
  expect(passing.report()).toBe(true)
  const failing = recorded({ id: 'one' }, { id: 'two', status: 'failed' })
  await reportSoFar(failing.folder, 'off')
  expect(failing.report()).toBe(false)
  await reportSoFar(failing.folder, 'retain-on-failure')
  expect(failing.report()).toBe(true)
  expect(failing.log()).toContain('line of one')
})
