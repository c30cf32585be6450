import { expect, test } from 'vitest'
import { parentIdOf, traceIdOf } from '../event/trace-context.ts'
import { mergeTrace } from './merge-trace.ts'
import { renderTrace } from './render-trace.ts'
import type { TraceNode } from './trace.ts'

const merged = (...entries: readonly object[]) =>
  mergeTrace([
    { name: 'ev/a.ndjson', text: entries.map((entry) => `${JSON.stringify(entry)}\n`).join('') },
  ])

const test1 = [
  {
    ...{ k: 'test.start', t: 100, i: 'w.1', x: 'a#0', l: 'lane_1', id: 'a' },
    ...{ retry: 0, file: 'a.test.ts', titlePath: ['signs up'] },
  },
  {
    ...{ k: 'call.start', t: 110, i: 'w.2', p: 'w.1', x: 'a#0', l: 'lane_1', s: 'api' },
    ...{ method: 'http.fetch', http: { method: 'GET', path: '/' } },
  },
  { k: 'call.end', t: 190, i: 'w.2', status: 'done', ms: 80, http: { status: 200 } },
  { k: 'test.end', t: 200, i: 'w.1', x: 'a#0', status: 'passed', touched: ['api'] },
]

const trace = traceIdOf('a#0')
const hex = (number: number) => number.toString(16).padStart(16, '0')
const span = (id: number, parent: string | undefined, name: string, more: object = {}) => ({
  ...{ k: 'otlp.span', t: 180, l: 'lane_1', s: 'api', trace, id: hex(id), name, ms: 60 },
  ...(parent === undefined ? {} : { parent }),
  ...more,
})

const outline = (node: TraceNode): unknown[] => [
  `${node.kind} ${node.name}`,
  ...node.children.map(outline),
]

test('spans hang below the call of the test whose request caused them, nested by their parents', () => {
  const { root } = merged(
    ...test1,
    span(3, hex(2), 'SELECT', { t: 170, ms: 10, error: { message: 'no such table' } }),
    span(2, parentIdOf('w.2'), 'GET /'),
    { k: 'otlp.log', t: 165, l: 'lane_1', s: 'api', trace, span: hex(2), text: 'hello\nmore' },
  )
  expect(outline(root)).toEqual([
    'run run',
    [
      'test signs up',
      ['call http.fetch api: GET / → 200', ['span GET /', ['span SELECT'], ['log hello']]],
    ],
  ])
})

test('a span has the time, test, lane, service and outcome of its entry', () => {
  const { tests } = merged(...test1, span(2, undefined, 'GET /', { error: { message: 'refused' } }))
  expect(tests[0]?.children[1]).toMatchObject({
    ...{ kind: 'span', start: 120, end: 180, test: 'a#0', lane: 'lane_1', service: 'api' },
    ...{ status: 'failed', error: { message: 'refused' } },
  })
})

test('a span with an unknown parent hangs below the test of its trace, one of another trace below the run', () => {
  const { root } = merged(
    ...test1,
    span(2, hex(99), 'late'),
    span(3, undefined, 'timer', { trace: '0af7651916cd43dd8448eb211c80319c' }),
  )
  expect(outline(root)).toEqual([
    'run run',
    ['test signs up', ['call http.fetch api: GET / → 200'], ['span late']],
    ['span timer'],
  ])
})

test('spans that are each other’s parents hang below their test', () => {
  const { tests } = merged(
    ...test1,
    span(2, hex(3), 'a'),
    span(3, hex(2), 'b'),
    span(4, hex(4), 'c'),
  )
  const names = tests[0]?.children.flatMap(outline).flat(9)
  expect(names?.toSorted()).toEqual([
    'call http.fetch api: GET / → 200',
    'span a',
    'span b',
    'span c',
  ])
})

test('spans of any depth do not exhaust the stack of who walks the tree', () => {
  const chain = Array.from({ length: 3_000 }, (_, index) => span(index + 2, hex(index + 1), 's'))
  const whole = merged(...test1, ...chain.toReversed())
  expect(renderTrace(whole).match(/ span s {2}/g)).toHaveLength(3_000)
})
