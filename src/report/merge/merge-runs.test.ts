import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parentIdOf, traceIdOf } from '../../trace/event/trace-context.ts'
import { loadTrace } from '../../trace/load-trace.ts'
import { createLogReader, logStart } from '../../trace/read/log-reader.ts'
import { openEmbedded } from '../open/open-embedded.ts'
import { openTestDocument } from '../test-document.ts'
import { beginTestRun, type TestRun } from '../test-run.ts'
import { writeReport } from '../write/write-report.ts'
import { mergeRuns } from './merge-runs.ts'

const t0 = 1_790_000_000_000

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-merge-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Records a shard, in a project of its own, as another machine has it. */
const shard = (number: number, fill: (run: TestRun, start: number) => void): string => {
  using run = beginTestRun(newFolder(), `20261130T01020${number}-abcdef`)
  fill(run, t0 + number * 1_000)
  return run.folder
}

const withTests = (number: number, ...ids: string[]) =>
  shard(number, (run, start) => {
    for (const [index, id] of ids.entries()) {
      const from = start + index * 100
      const file = `${id}.test.ts`
      run.test({ id, lane: 'lane_1', file, start: from, end: from + 50 }, ({ exec }) =>
        exec({ service: 'api', argv: [id], output: id, start: from, end: from + 10 }),
      )
    }
    run.log('lane_1', 'api', [
      [start + 10, `shard ${number}`, 1, 0],
      [start + 20, `trace ${traceIdOf(`${ids[0]}#0`)}`, 1, 0],
    ])
    run.log('run', 'db', [[start + 10, `statement of shard ${number}`, 1, 0]])
  })

test('shards with different tests become one run with all of them, in the order of time', () => {
  const folders = [withTests(2, 'c'), withTests(1, 'a', 'b')]
  const merged = mergeRuns(folders, { root: newFolder() })
  const { tests, run, skipped } = loadTrace(merged.folder)
  expect(tests.map(({ test: name, lane, status }) => [name, lane, status])).toEqual([
    ['a#0', 'lane_1', 'passed'],
    ['b#0', 'lane_1', 'passed'],
    ['c#0', 'lane_2', 'passed'],
  ])
  expect(tests.map(({ children }) => children.map(({ kind }) => kind))).toEqual([
    ['exec'],
    ['exec'],
    ['exec'],
  ])
  expect(skipped).toEqual([])
  expect(merged).toMatchObject({
    tests: 3,
    runs: [expect.stringMatching(/1-abcdef$/), expect.any(String)],
  })
  expect(run.start).toBeLessThanOrEqual(tests[0]?.start ?? 0)
})

test('a test that is in two shards has two attempts, each with its own calls and lines', async () => {
  const { folder } = mergeRuns([withTests(1, 'a'), withTests(2, 'a')], { root: newFolder() })
  const { tests } = loadTrace(folder)
  expect(tests.map((node) => [node.test, node.lane])).toEqual([
    ['a#0', 'lane_1'],
    ['a#1', 'lane_2'],
  ])
  expect(tests[1]?.events[0]).toMatchObject({ k: 'test.start', retry: 1 })
  const report = openEmbedded(openTestDocument((await writeReport(folder)).path))
  const logs = await report.logs()
  const { tests: listed } = await report.index()
  expect(listed.map(({ retry, lane }) => [retry, lane])).toEqual([
    [0, 'lane_1'],
    [1, 'lane_2'],
  ])
  const linesOf = (attempt: number) =>
    [...logs.find({ test: attempt, include: ['shard'] })].map((row) => logs.text(row))
  expect(linesOf(0)).toContain('shard 1')
  expect(linesOf(0)).not.toContain('shard 2')
  expect(linesOf(1)).toContain('shard 2')
  expect(logs.find({ include: [traceIdOf('a#1')] })).toHaveLength(1)
})

test('logs of lanes and shared servers of the same name stay apart', () => {
  const { folder } = mergeRuns([withTests(1, 'a'), withTests(2, 'b')], { root: newFolder() })
  const read = (lane: string, service: string) =>
    createLogReader(join(folder, 'log'), lane, service)
      .read(logStart)
      .lines.map(({ text }) => text)
  expect(read('run', 'db')).toEqual(['statement of shard 1'])
  expect(read('run_2', 'db')).toEqual(['statement of shard 2'])
  expect(read('lane_2', 'api')[0]).toBe('shard 2')
})

test('spans that services sent stay below the call that caused them', () => {
  const spanning = (number: number) =>
    shard(number, (run, start) => {
      run.test({ id: 'a', lane: 'lane_1', start, end: start + 90 }, ({ fetch }) => {
        const id = fetch({ service: 'api', path: '/', start, end: start + 50 })
        run.record.events.write('otlp.span', {
          x: 'a#0',
          l: 'lane_1',
          s: 'api',
          trace: traceIdOf('a#0'),
          id: '00000000000000aa',
          parent: parentIdOf(id),
          name: `GET of shard ${number}`,
          ms: 5,
        })
      })
    })
  const { folder } = mergeRuns([spanning(1), spanning(2)], { root: newFolder() })
  const calls = loadTrace(folder).tests.flatMap(({ children }) => children)
  expect(calls.map(({ kind, children }) => [kind, children.map(({ name }) => name)])).toEqual([
    ['call', [expect.stringContaining('GET of shard 1')]],
    ['call', [expect.stringContaining('GET of shard 2')]],
  ])
})

test('merged runs can be merged with more of them, and merging again replaces the record', () => {
  const root = newFolder()
  const all = [withTests(1, 'a'), withTests(2, 'a'), withTests(3, 'a')]
  const two = mergeRuns(all.slice(0, 2), { root })
  const three = mergeRuns([two.folder, all[2] as string], { root })
  expect(loadTrace(three.folder).tests.map(({ test: name }) => name)).toEqual(['a#0', 'a#1', 'a#2'])
  expect(mergeRuns(all.slice(0, 2), { root }).folder).toBe(two.folder)
  expect(readdirSync(join(root, '.mesocosm', 'runs')).sort()).toHaveLength(2)
})

test('a folder that is not the record of a run is refused, and nothing is left', () => {
  const root = newFolder()
  const attempt = () => mergeRuns([withTests(1, 'a'), root], { root })
  expect(attempt).toThrow(expect.objectContaining({ code: 'TRACE_NOT_FOUND' }))
  expect(() => mergeRuns([], { root })).toThrow(
    expect.objectContaining({ code: 'ARGUMENT_INVALID' }),
  )
  expect(readdirSync(root)).toEqual([])
})
