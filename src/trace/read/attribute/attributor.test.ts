import { expect, test } from 'vitest'
import { traceIdOf } from '../../event/trace-context.ts'
import { mergeTrace } from '../merge-trace.ts'
import { type AttributedLine, createAttributor } from './attributor.ts'

const file = (name: string, ...entries: readonly object[]) => ({
  name,
  text: entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
})

/** A test that ran from `start` to `end` in a lane. */
const ran = (name: string, lane: string | undefined, start: number, end: number) => [
  {
    ...{ k: 'test.start', t: start, i: `${name}.${start}`, x: `${name}#0`, id: name },
    ...{ retry: 0, file: 'a.test.ts', titlePath: [name] },
    ...(lane === undefined ? {} : { l: lane }),
  },
  { k: 'test.end', t: end, i: `${name}.${start}`, x: `${name}#0`, status: 'passed', touched: [] },
]

const names = (lane: string, service: string, keys: readonly string[], t = 0) => ({
  ...{ k: 'lane.names', t, l: lane, s: service, on: 'run', keys },
})

const address = (lane: string, ip: string, t = 0) => ({
  ...{ k: 'lane.names', t, l: lane, s: 'api', keys: [ip] },
})

/** Attributes one line; answers how, and the titles of the tests. */
const attribute = (
  entries: readonly object[],
  line: Partial<AttributedLine> & { readonly time: number },
): string => {
  const trace = mergeTrace([file('ev/a.ndjson', ...entries)])
  const attributor = createAttributor(trace)
  const { how, tests } =
    attributor.all[attributor.of({ lane: 'lane_1', service: 'api', text: '', ...line })] ?? {}
  return [how, ...(tests ?? []).map((index) => trace.tests[index]?.name)].join(' ')
}

const two = [...ran('a', 'lane_1', 100, 200), ...ran('b', 'lane_1', 300, 400)]

test('a line of a lane belongs to the test that ran in it alone', () => {
  expect(attribute(two, { time: 100 })).toBe('exact a')
  expect(attribute(two, { time: 200 })).toBe('exact a')
  expect(attribute(two, { time: 350.5 })).toBe('exact b')
})

test('a line between tests belongs to both neighbours', () => {
  expect(attribute(two, { time: 99.9 })).toBe('gap a')
  expect(attribute(two, { time: 250 })).toBe('gap a b')
  expect(attribute(two, { time: 500 })).toBe('gap b')
})

test('a line of a lane in which no test ran belongs to none', () => {
  expect(attribute(two, { time: 150, lane: 'lane_9' })).toBe('gap')
})

test('a line of a lane in which several tests ran may belong to each of them', () => {
  const entries = [...ran('a', 'lane_1', 100, 200), ...ran('b', 'lane_1', 150, 300)]
  expect(attribute(entries, { time: 120 })).toBe('exact a')
  expect(attribute(entries, { time: 160 })).toBe('window a b')
  expect(attribute(entries, { time: 250 })).toBe('exact b')
})

test('a test without a lane of its own is in the lanes that its calls use', () => {
  const entries = [
    ...ran('a', undefined, 100, 200),
    { k: 'call.start', t: 110, i: 'w.1', x: 'a#0', l: 'lane_2', method: 'start' },
  ]
  expect(attribute(entries, { time: 150, lane: 'lane_2' })).toBe('exact a')
  expect(attribute(entries, { time: 150, lane: 'lane_1' })).toBe('gap')
})

const lanes = [
  ...ran('a', 'lane_1', 100, 200),
  ...ran('b', 'lane_10', 150, 300),
  names('lane_1', 'db', ['lane_1', 'app_lane_1']),
  names('lane_10', 'db', ['lane_10', 'app_lane_10']),
]
const onServer = (text: string, time = 160) => ({ time, lane: 'run', service: 'db', text })

test('a line of a shared server belongs to the lane whose database it names', () => {
  expect(attribute(lanes, onServer('postgres@app_lane_1/api LOG: x'))).toBe('key a')
  expect(attribute(lanes, onServer('postgres@app_lane_10/api LOG: x'))).toBe('key b')
  expect(attribute(lanes, onServer('closing (vhost: lane_10)'))).toBe('key b')
  expect(attribute(lanes, onServer('postgres@app_lane_1/ LOG: x', 250))).toBe('gap a')
})

test('lines of RabbitMQ name the virtual host and the user', () => {
  for (const text of [
    "[info] <0.5.0> Created user 'app_lane_10'",
    "[info] <0.6.0> connection <0.6.0> (172.18.0.1:5 -> 172.18.0.2:5672): user 'app_lane_10' authenticated and granted access to vhost 'lane_10'",
    "[warning] <0.6.0> closing AMQP connection <0.6.0> (172.18.0.1:5 -> 172.18.0.2:5672, vhost: 'lane_10', user: 'app_lane_10', duration: '1s')",
  ])
    expect(attribute(lanes, onServer(text))).toBe('key b')
})

test('a line of a shared server that names no lane may belong to all tests of that time', () => {
  expect(attribute(lanes, onServer('checkpoint starting'))).toBe('window a b')
  expect(attribute(lanes, onServer('my_app_lane_1 or app_lane_1-x'))).toBe('window a b')
  expect(attribute(lanes, onServer('checkpoint starting', 250))).toBe('window b')
  expect(attribute(lanes, onServer('checkpoint starting', 350))).toBe('gap b')
})

test('a line that names two lanes may belong to the tests of both', () => {
  expect(attribute(lanes, onServer('copy app_lane_1 to app_lane_10'))).toBe('window a b')
})

test('names on one shared server do not count on another', () => {
  expect(attribute(lanes, { ...onServer('app_lane_1'), service: 'queue' })).toBe('window a b')
})

test('a line with an address belongs to the lane that has it at that time', () => {
  const entries = [
    ...lanes,
    address('lane_1', '172.18.0.3', 90),
    address('lane_10', '172.18.0.3', 180),
  ]
  const text = 'accepting connection <0.1> (172.18.0.3:42 -> 172.18.0.2:5672)'
  expect(attribute(entries, onServer(text, 160))).toBe('key a')
  expect(attribute(entries, onServer(text, 190))).toBe('key b')
  expect(attribute(entries, onServer('from 172.18.0.33', 190))).toBe('window a b')
})

test('a line goes on with the one before if it begins with a tab', () => {
  const trace = mergeTrace([file('ev/a.ndjson', ...lanes)])
  const attributor = createAttributor(trace)
  const first = attributor.of(onServer('postgres@app_lane_10/ LOG: statement: select'))
  expect(attributor.of(onServer('\tfrom users'))).toBe(first)
  expect(attributor.of({ ...onServer('\tfrom users'), service: 'queue' })).not.toBe(first)
})

test('a shared server that one lane used is as its own', () => {
  const entries = ran('a', 'lane_1', 100, 200)
  expect(attribute(entries, onServer('checkpoint starting'))).toBe('exact a')
})

test('the trace id in a line says whose it is, wherever and whenever it was written', () => {
  const id = traceIdOf('a#0')
  for (const text of [
    `{"trace_id":"${id}"}`,
    `traceparent=00-${id.toUpperCase()}-00f067aa0ba902b7-01`,
  ])
    for (const line of [onServer(text, 350), { time: 350, lane: 'lane_10', text }])
      expect(attribute(lanes, line)).toBe('trace a')
  expect(attribute(lanes, onServer(`sha256:${id}${id}`))).toBe('window a b')
  expect(attribute(lanes, onServer('0af7651916cd43dd8448eb211c80319c'))).toBe('window a b')
})

test('of a test that a kept run had twice, the trace id belongs to the last one that had begun', () => {
  const entries = [...ran('a', 'lane_1', 100, 200), ...ran('a', 'lane_1', 300, 400)]
  const trace = mergeTrace([file('ev/a.ndjson', ...entries)])
  const attributor = createAttributor(trace)
  const of = (time: number) =>
    attributor.all[
      attributor.of({ time, lane: 'lane_1', service: 'api', text: '', trace: traceIdOf('a#0') })
    ]
  expect(of(250)).toEqual({ how: 'trace', tests: [0] })
  expect(of(450)).toEqual({ how: 'trace', tests: [1] })
})

test('equal attributions have one position', () => {
  const trace = mergeTrace([file('ev/a.ndjson', ...two)])
  const attributor = createAttributor(trace)
  const line = { lane: 'lane_1', service: 'api', text: '' }
  for (const time of [110, 350, 120, 310, 99, 350, 110]) attributor.of({ ...line, time })
  expect(attributor.all).toEqual([
    { how: 'exact', tests: [0] },
    { how: 'exact', tests: [1] },
    { how: 'gap', tests: [0] },
  ])
})
