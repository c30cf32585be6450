import { expect, test } from 'vitest'
import { mergeTrace } from '../../../../src/trace/read/merge-trace.ts'
import { modelOf } from '../model/tracks.ts'
import { hitAt } from './hit.ts'
import { type Layout, layoutRun, layoutTest } from './layout.ts'
import { pack } from './pack.ts'
import { ticksOf, timeAt, xOf, zoom } from './scale.ts'

const scale = { from: 1000, to: 3000, width: 1000 }

test('times and places are the same thing', () => {
  expect(xOf(scale, 2000)).toBe(500)
  expect(timeAt(scale, 250)).toBe(1500)
})

test('ticks are at round times since the origin', () => {
  expect(ticksOf({ ...scale, width: 400 }, 1000).map(({ label }) => label)).toEqual([
    '0',
    '500 ms',
    '1.0 s',
    '1.5 s',
    '2.0 s',
  ])
  const hour = { from: 0, to: 3_600_000, width: 400 }
  expect(ticksOf(hour, 0).map(({ label }) => label)).toEqual(['0', '20:00', '40:00', '60:00'])
  expect(ticksOf({ from: 0, to: 0.1, width: 400 }, 0).at(-1)?.label).toBe('0.1 ms')
})

test('zooming keeps the time under the pointer and stays within the limits', () => {
  const [from, to] = zoom(scale, 0.5, 1500, [0, 10_000])
  expect([from, to]).toEqual([1250, 2250])
  expect(zoom(scale, 100, 1500, [0, 10_000])).toEqual([0, 10_000])
})

test('spans that overlap are in rows of their own', () => {
  const spans = [
    { start: 0, end: 10 },
    { start: 2, end: 4 },
    { start: 3, end: 6 },
    { start: 5, end: 8 },
    { start: 20, end: 21 },
  ]
  expect(pack(spans, () => 0, 3)).toEqual([0, 1, 2, 1, 0])
  expect(pack(spans, () => 0, 2)).toEqual([0, 1, -1, 1, 0])
})

// ---

const head = { k: 'head', t: 0, v: 2, writer: 'client', pid: 1, prefix: 'c' }
const entries = [
  head,
  {
    k: 'test.start',
    t: 100,
    i: 'c.1',
    x: 'ab#0',
    l: 'lane_1',
    id: 'ab',
    retry: 0,
    file: 'a.test.ts',
    titlePath: ['a'],
  },
  { k: 'step.start', t: 110, i: 'c.2', p: 'c.1', x: 'ab#0', title: 'sign up' },
  {
    k: 'call.start',
    t: 120,
    i: 'c.3',
    p: 'c.2',
    x: 'ab#0',
    l: 'lane_1',
    s: 'api',
    method: 'withEnv',
  },
  {
    k: 'env.change',
    t: 121,
    p: 'c.3',
    x: 'ab#0',
    l: 'lane_1',
    s: 'api',
    diff: { SIGNUP: ['closed', 'open'] },
  },
  {
    k: 'plan.start',
    t: 122,
    i: 'c.4',
    p: 'c.3',
    x: 'ab#0',
    l: 'lane_1',
    steps: [
      { id: 1, do: 'stop program', service: 'api', after: [], cause: 'env SIGNUP changed' },
      { id: 2, do: 'start program', service: 'api', after: [1], cause: 'env SIGNUP changed' },
      { id: 3, do: 'await ready', service: 'api', after: [2], cause: 'env SIGNUP changed' },
    ],
  },
  {
    k: 'plan.step',
    t: 140,
    p: 'c.4',
    l: 'lane_1',
    s: 'api',
    step: 1,
    do: 'stop program',
    status: 'done',
    ms: 15,
  },
  { k: 'svc.state', t: 150, p: 'c.4', l: 'lane_1', s: 'api', state: 'started', container: 'f00' },
  {
    k: 'plan.step',
    t: 150,
    p: 'c.4',
    l: 'lane_1',
    s: 'api',
    step: 2,
    do: 'start program',
    status: 'done',
    ms: 10,
  },
  {
    k: 'plan.step',
    t: 180,
    p: 'c.4',
    l: 'lane_1',
    s: 'api',
    step: 3,
    do: 'await ready',
    status: 'done',
    ms: 30,
  },
  { k: 'plan.end', t: 180, i: 'c.4', status: 'done' },
  { k: 'call.end', t: 181, i: 'c.3', status: 'done', ms: 61 },
  { k: 'call.start', t: 130, i: 'c.5', p: 'c.2', x: 'ab#0', l: 'lane_1', method: 'lane.start' },
  { k: 'call.end', t: 190, i: 'c.5', status: 'done', ms: 60 },
  { k: 'step.end', t: 200, i: 'c.2' },
  { k: 'svc.state', t: 50, l: 'run', s: 'db', state: 'started', container: 'db' },
  { k: 'svc.state', t: 60, l: 'lane_2', s: 'api', state: 'started', container: 'b' },
  { k: 'suspended.start', t: 201, i: 's.1', why: 'api is paused in a debugger' },
  { k: 'suspended.end', t: 209, i: 's.1' },
  { k: 'suspended.start', t: 300, i: 's.2', why: 'later' },
  { k: 'test.end', t: 210, i: 'c.1', status: 'passed', touched: ['api'] },
]
const trace = mergeTrace([
  { name: 'ev/c.ndjson', text: entries.map((entry) => `${JSON.stringify(entry)}\n`).join('') },
])
const model = modelOf(trace)
const noLines = { services: [], hasLines: () => false }
const shape = ({ rows }: Layout) =>
  rows.map(({ label, lines, marks }) => ({
    label,
    lines: lines.map(({ bars }) => bars.map((bar) => bar.label)),
    marks: marks.map(({ kind }) => kind),
  }))
const layout = () => {
  const [test] = trace.tests
  if (test === undefined) throw new Error('the record has no test')
  return layoutTest(model, test, ['api'], noLines)
}

test('a test has a row of nested steps and one per service that had to do with it', () => {
  expect(shape(layout())).toEqual([
    {
      label: 'Steps',
      lines: [['sign up'], ['withEnv api'], ['lane.start']],
      marks: [],
    },
    { label: 'api', lines: [['restart api · env SIGNUP changed']], marks: ['env'] },
  ])
})

test('a shared service has a row if it wrote lines meanwhile', () => {
  const [test] = trace.tests
  if (test === undefined) throw new Error('the record has no test')
  const { rows } = layoutTest(model, test, [], { services: [], hasLines: (lane) => lane === 'run' })
  expect(rows.map(({ label, note }) => [label, note])).toEqual([
    ['Steps', undefined],
    ['api', undefined],
    ['db', 'shared'],
  ])
})

test('a ribbon shows when a service started and when it was ready', () => {
  const states = layout().rows.find(({ service }) => service === 'api')?.states
  expect(states?.map(({ state, start }) => [state, start])).toEqual([
    ['starting', 150],
    ['ready', 180],
  ])
})

test('the whole run has the rows of each lane below its tests', () => {
  const { rows } = layoutRun(model, ['lane_1', 'run', 'lane_2'], new Set(['lane_2']), noLines)
  expect(rows.map(({ kind, label }) => [kind, label])).toEqual([
    ['lane', 'lane_1'],
    ['service', 'api'],
    ['lane', 'lane_2'],
    ['lane', 'shared'],
    ['service', 'db'],
  ])
})

test('a test shows when limits stood still during it, and the run shows all of these times', () => {
  const times = ({ suspensions }: Layout) =>
    suspensions.map(({ label, start, end }) => [label, start, end])
  const paused = ['limits stand still: api is paused in a debugger', 201, 209]
  expect(times(layout())).toEqual([paused])
  expect(times(layoutRun(model, ['lane_1'], new Set(), noLines))).toEqual([
    paused,
    ['limits stand still: later', 300, 300],
  ])
})

test('a place where nothing else is can be in a time in which limits stood still', () => {
  const at = layout()
  const wide = { from: 100, to: 210, width: 1100 }
  expect(hitAt(at, wide, 1050, 4)?.thing.label).toMatch(/^limits stand still/)
  expect(hitAt(at, wide, 1005, 100_000)).toBeUndefined()
})

test('a place of the timeline is the bar or the mark there, or one nearby', () => {
  const at = layout()
  const wide = { from: 100, to: 210, width: 1100 }
  const line = (row: number, number: number) => {
    const found = at.rows[row]?.lines[number]
    if (found === undefined) throw new Error('no such line')
    return found.y + 4
  }
  const label = (x: number, y: number) => hitAt(at, wide, x, y)?.thing.label
  expect(label(500, line(0, 0))).toBe('sign up')
  expect(label(500, line(0, 1))).toBe('withEnv api')
  expect(label(814, line(0, 1))).toBe('withEnv api')
  expect(label(900, line(0, 1))).toBeUndefined()
  expect(label(210, line(1, 0))).toBe('env api: SIGNUP')
  expect(label(500, 100_000)).toBeUndefined()
})
