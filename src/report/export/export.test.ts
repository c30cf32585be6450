import { expect, test } from 'vitest'
import { spansIn } from '../../otlp/decode-json.ts'
import { parentIdOf, traceIdOf } from '../../trace/event/trace-context.ts'
import { mergeTrace } from '../../trace/read/merge-trace.ts'
import { otlpLogs, otlpTraces } from './otlp.ts'
import { perfettoTrace } from './perfetto.ts'

const start = 1_796_000_000_000
const at = (ms: number) => start + ms
const trace = traceIdOf('a#0')
const serverSpan = '00000000000000a1'

const entries = [
  {
    ...{ k: 'test.start', t: at(100), i: 'w.1', x: 'a#0', l: 'lane_1', id: 'a', retry: 0 },
    ...{ file: '/p/a.test.ts', titlePath: ['signs up'] },
  },
  {
    ...{ k: 'call.start', t: at(110), i: 'w.2', p: 'w.1', x: 'a#0', l: 'lane_1', s: 'api' },
    ...{ method: 'http.fetch', http: { method: 'GET', path: '/' } },
  },
  {
    ...{ k: 'otlp.span', t: at(180), l: 'lane_1', s: 'api', trace, id: serverSpan },
    ...{ parent: parentIdOf('w.2'), name: 'GET /', kind: 'server', ms: 60.5 },
    ...{ attrs: { 'http.route': '/', n: 1, list: [true, 0.5] }, error: { message: 'refused' } },
    ...{
      events: [[10, 'exception', { 'exception.type': 'Error' }]],
      links: [`${trace}-00000000000000b2`],
    },
  },
  {
    ...{ k: 'otlp.log', t: at(150), l: 'lane_1', s: 'api', trace, span: serverSpan },
    ...{ level: 'error', text: 'no table', attrs: { code: 42 } },
  },
  {
    ...{ k: 'call.end', t: at(190), i: 'w.2', status: 'done', ms: 80, http: { status: 500 } },
  },
  {
    ...{ k: 'env.change', t: at(195), x: 'a#0', p: 'w.1', l: 'lane_1', s: 'api' },
    diff: { SIGNUP: [null, 'open'] },
  },
  { k: 'test.end', t: at(200), i: 'w.1', x: 'a#0', status: 'failed', error: 'boom', touched: [] },
]

const merged = mergeTrace([
  { name: 'run.json', text: JSON.stringify({ v: 1, id: 'r1', start, status: 'ended' }) },
  { name: 'ev/a.ndjson', text: entries.map((entry) => `${JSON.stringify(entry)}\n`).join('') },
])

const spans = () =>
  otlpTraces(merged).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans: all }) =>
      all.map((span) => ({ ...span, service: resource.attributes[0]?.value })),
    ),
  )

test('a test, its calls and the spans of services are one trace of OTLP', () => {
  const byName = new Map(spans().map((span) => [span.name, span]))
  const signsUp = byName.get('signs up')
  const call = byName.get('http.fetch api: GET / → 500')
  const served = byName.get('GET /')
  expect(signsUp).toMatchObject({
    ...{ traceId: trace, kind: 1, service: { stringValue: 'tests' } },
    status: { code: 2, message: 'boom' },
    events: [{ timeUnixNano: '1796000000195000000', name: 'env api: SIGNUP' }],
  })
  expect(signsUp).not.toHaveProperty('parentSpanId')
  expect(call).toMatchObject({ traceId: trace, parentSpanId: signsUp?.spanId, kind: 3 })
  expect(call?.attributes).toContainEqual({
    key: 'http.response.status_code',
    value: { intValue: '500' },
  })
  expect(served).toEqual({
    ...{ traceId: trace, spanId: serverSpan, parentSpanId: call?.spanId, name: 'GET /', kind: 2 },
    startTimeUnixNano: '1796000000119500000',
    endTimeUnixNano: '1796000000180000000',
    attributes: expect.arrayContaining([
      {
        key: 'list',
        value: { arrayValue: { values: [{ boolValue: true }, { doubleValue: 0.5 }] } },
      },
    ]),
    events: [
      {
        timeUnixNano: '1796000000129500000',
        name: 'exception',
        attributes: [{ key: 'exception.type', value: { stringValue: 'Error' } }],
      },
    ],
    links: [{ traceId: trace, spanId: '00000000000000b2' }],
    status: { code: 2, message: 'refused' },
    service: { stringValue: 'api' },
  })
  expect(new Set(spans().map(({ spanId }) => spanId)).size).toBe(spans().length)
})

test('log records of services are exported with their span', () => {
  expect(otlpLogs(merged).resourceLogs).toMatchObject([
    {
      scopeLogs: [
        {
          logRecords: [
            {
              ...{ timeUnixNano: '1796000000150000000', severityNumber: 17 },
              ...{ traceId: trace, spanId: serverSpan, body: { stringValue: 'no table' } },
            },
          ],
        },
      ],
    },
  ])
})

test('what OTLP exports can be received again', () => {
  const received = spansIn(JSON.parse(JSON.stringify(otlpTraces(merged)))).flatMap(
    ({ items }) => items,
  )
  const served = received.find(({ id }) => id === serverSpan)
  expect(served).toMatchObject({ trace, parent: parentIdOf('w.2'), status: 2, kind: 2 })
  expect(served?.attributes).toMatchObject({ 'http.route': '/', n: 1, list: [true, 0.5] })
})

test('Perfetto gets a process per lane and a thread per service, with times since the run began', () => {
  const { traceEvents } = perfettoTrace(merged)
  const named = (name: string, pid?: number) =>
    traceEvents.find(
      (event) => event.ph === 'M' && event.args?.name === name && (pid ?? event.pid) === event.pid,
    )
  const of = (name: string) => traceEvents.find((event) => event.ph !== 'M' && event.name === name)
  const lane = named('lane_1')
  expect(of('GET /')).toMatchObject({
    ...{ ph: 'X', ts: 119_500, dur: 60_500, cat: 'span', pid: lane?.pid },
    tid: named('api', lane?.pid)?.tid,
    args: { error: 'refused', 'http.route': '/' },
  })
  expect(of('signs up')).toMatchObject({ ts: 100_000, dur: 100_000, pid: lane?.pid })
  expect(of('env api: SIGNUP')).toMatchObject({ ph: 'i', s: 't', ts: 195_000 })
})

test('spans that overlap have threads of their own in Perfetto, those in each other share one', () => {
  const span = (id: string, from: number, to: number) => ({
    ...{ k: 'otlp.span', t: at(to), l: 'lane_1', s: 'api', trace: '1'.repeat(32), id, name: id },
    ms: to - from,
  })
  const { traceEvents } = perfettoTrace(
    mergeTrace([
      {
        name: 'ev/a.ndjson',
        text: [span('a', 0, 100), span('b', 10, 90), span('c', 50, 150), span('d', 95, 99)]
          .map((entry) => JSON.stringify(entry))
          .join('\n'),
      },
    ]),
  )
  const tid = (name: string) => traceEvents.find((event) => event.name === name)?.tid
  expect(tid('b')).toBe(tid('a'))
  expect(tid('d')).toBe(tid('a'))
  expect(tid('c')).not.toBe(tid('a'))
})
