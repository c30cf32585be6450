import { expect, test } from 'vitest'
import { mergeTrace } from './merge-trace.ts'
import { renderTrace } from './render-trace.ts'
import type { TraceNode } from './trace.ts'

const file = (name: string, ...entries: readonly object[]) => ({
  name,
  text: entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
})
const head = (prefix: string, pid: number, v = 2) => ({ k: 'head', t: 1000, v, prefix, pid })

const run = file('run.json', { v: 1, id: 'r1', start: 1000, status: 'ended', root: '/p' })
const owner = file(
  'ev/owner.ndjson',
  head('s', 1),
  { k: 'run.start', t: 1000, engine: { name: 'docker', version: '29' }, root: '/p', pid: 1 },
  { k: 'lane.lease', t: 1010, l: 'lane_1', dirty: 'clean', reset: 'none' },
  {
    k: 'plan.start',
    t: 1120,
    i: 's.1',
    p: 'w7-1.2',
    x: 'abc#0',
    l: 'lane_1',
    steps: [
      { id: 1, do: 'stop program', service: 'api', after: [], cause: 'env SIGNUP changed' },
      { id: 2, do: 'start program', service: 'api', after: [1], cause: 'env SIGNUP changed' },
      { id: 3, do: 'await ready', service: 'api', after: [2], cause: 'depends on it' },
    ],
  },
  {
    k: 'plan.step',
    t: 1140,
    p: 's.1',
    l: 'lane_1',
    s: 'api',
    step: 1,
    do: 'stop program',
    status: 'done',
    ms: 20,
  },
  {
    k: 'svc.state',
    t: 1141,
    l: 'lane_1',
    s: 'api',
    state: 'exited',
    container: 'c',
    exitCode: 0,
    by: 'stop',
  },
  {
    k: 'plan.step',
    t: 1190,
    p: 's.1',
    l: 'lane_1',
    s: 'api',
    step: 2,
    do: 'start program',
    status: 'failed',
    ms: 50,
    error: { code: 'SERVICE_START_FAILED', message: 'api could not be started' },
  },
  {
    k: 'plan.step',
    t: 1190,
    p: 's.1',
    l: 'lane_1',
    s: 'api',
    step: 3,
    do: 'await ready',
    status: 'blocked',
  },
  { k: 'plan.end', t: 1191, i: 's.1', status: 'failed' },
  { k: 'env.change', t: 1192, x: 'abc#0', l: 'lane_1', s: 'api', diff: { SIGNUP: [null, 'off'] } },
  { k: 'run.end', t: 1400, status: 'idle' },
)
const worker = file(
  'ev/w7-1.ndjson',
  head('w7-1', 7),
  {
    k: 'test.start',
    t: 1100,
    i: 'w7-1.1',
    x: 'abc#0',
    l: 'lane_1',
    id: 'abc',
    retry: 0,
    file: 'a.test.ts',
    titlePath: ['sign-up', 'sends mail'],
  },
  { k: 'call.start', t: 1110, i: 'w7-1.2', x: 'abc#0', l: 'lane_1', s: 'api', method: 'withEnv' },
  {
    k: 'call.end',
    t: 1195,
    i: 'w7-1.2',
    status: 'failed',
    ms: 85,
    error: { message: 'api could not be started' },
  },
  { k: 'test.end', t: 1200, i: 'w7-1.1', status: 'failed', error: 'expected 1', touched: ['api'] },
)

test('what several processes wrote is one tree of what caused what', () => {
  expect(`\n${renderTrace(mergeTrace([worker, run, owner]))}\n`).toBe(`
run r1  docker 29  idle
+0.010     lease lane_1
+0.100     test sign-up › sends mail  failed 100 ms  expected 1
+0.110       call withEnv api  failed 85 ms  api could not be started
+0.120         plan lane_1  failed 71 ms
+0.120           stop program api  done 20 ms  (env SIGNUP changed)
+0.140           start program api  failed 50 ms  (env SIGNUP changed)  SERVICE_START_FAILED api could not be started
+0.190           await ready api  blocked 0 ms  (depends on it)
+0.192       env api: SIGNUP
+0.141     api exited with code 0  (stop)
`)
})

test('the order of files does not change the trace', () => {
  const [a, b] = [mergeTrace([owner, worker, run]), mergeTrace([run, worker, owner])]
  expect(renderTrace(a)).toBe(renderTrace(b))
  expect(a.events.map(({ t }) => t)).toEqual(a.events.map(({ t }) => t).toSorted())
  expect(a.run).toMatchObject({ id: 'r1', root: '/p', status: 'idle', start: 1000, end: 1400 })
})

test('spans of a killed writer are unfinished and end with its last entry', () => {
  const killed = { ...worker, text: worker.text.split('\n').slice(0, 3).join('\n') }
  const { tests } = mergeTrace([owner, killed])
  const error = { message: 'ev/w7-1.ndjson (pid 7) wrote no end' }
  expect(tests).toMatchObject([
    {
      status: 'unfinished',
      end: 1110,
      error,
      children: [{ name: 'withEnv api', status: 'unfinished', end: 1110, error }, {}],
    },
  ])
})

test('what a missing parent caused hangs below its test, else below the run', () => {
  const { root, tests } = mergeTrace([
    file(
      'ev/owner.ndjson',
      head('s', 1),
      { k: 'exec.start', t: 1150, i: 's.1', p: 'gone.1', x: 'abc#0', s: 'api', argv: ['true'] },
      { k: 'exec.start', t: 1160, i: 's.2', p: 'gone.1', x: 'other#0', s: 'api', argv: ['false'] },
    ),
    worker,
  ])
  expect(names(tests[0])).toContain('exec api: true')
  expect(names(root)).toContain('exec api: false')
})

test('a test that ran twice in a kept run has its entries below the right attempt', () => {
  const again = file(
    'ev/w8-1.ndjson',
    head('w8-1', 8),
    {
      k: 'test.start',
      t: 2000,
      i: 'w8-1.1',
      x: 'abc#0',
      id: 'abc',
      retry: 0,
      file: 'a.test.ts',
      titlePath: ['b'],
    },
    { k: 'env.change', t: 2010, x: 'abc#0', s: 'api', diff: { A: [null, '1'] } },
    { k: 'test.end', t: 2020, i: 'w8-1.1', status: 'passed', touched: [] },
  )
  const { tests } = mergeTrace([worker, again])
  expect(tests.map(names)).toEqual([['withEnv api'], ['env api: A']])
})

test('spans that name each other as parents hang below the run', () => {
  const { root } = mergeTrace([
    file(
      'ev/w.ndjson',
      head('w', 1),
      { k: 'step.start', t: 1, i: 'w.1', p: 'w.2', title: 'one' },
      { k: 'step.start', t: 2, i: 'w.2', p: 'w.1', title: 'two' },
    ),
  ])
  expect(names(root)).toEqual(['one', 'two'])
})

test('a step whose plan is missing, a failed task and a health state have readable names', () => {
  const { root } = mergeTrace([
    file(
      'ev/owner.ndjson',
      head('s', 1),
      {
        k: 'plan.step',
        t: 1,
        p: 's.9',
        s: 'db',
        step: 4,
        do: 'await ready',
        status: 'done',
        ms: 0,
      },
      { k: 'task', t: 2, s: 'db', purpose: 'reset', argv: ['psql', '-c', 'x'], exitCode: 2, ms: 1 },
      { k: 'svc.state', t: 3, s: 'db', state: 'health', container: 'c', healthy: false },
    ),
  ])
  expect(root.children).toMatchObject([
    { kind: 'plan step', name: 'await ready db', status: 'done' },
    { kind: 'task', name: 'reset db: psql -c x', status: 'failed', start: 1 },
    { kind: 'state', name: 'db is unhealthy' },
  ])
})

test('a record of version 1 is merged like one of today', () => {
  const { root } = mergeTrace([
    file(
      'ev/owner.ndjson',
      { ...head('', 1, 1), writer: 'supervisor' },
      { k: 'plan', t: 1100, l: 'lane_1', steps: ['#1 start program api  (new)'] },
      {
        k: 'plan.step',
        t: 1200,
        l: 'lane_1',
        s: 'api',
        do: 'start program',
        status: 'done',
        ms: 90,
      },
    ),
  ])
  expect(root.children).toMatchObject([
    {
      kind: 'plan',
      status: 'done',
      end: 1200,
      children: [{ name: 'start program api', start: 1110 }],
    },
  ])
})

test('log files are ignored and a damaged run.json is reported', () => {
  const trace = mergeTrace([
    { name: 'log/lane_1.api.c.ndjson', text: '[1,"x",1,0]\n' },
    { name: 'run.json', text: '{' },
  ])
  expect(trace.events).toEqual([])
  expect(trace.run).toMatchObject({ status: 'unfinished' })
  expect(trace.skipped).toMatchObject([{ file: 'run.json', reason: 'invalid' }])
})

// ---

const names = (node: TraceNode | undefined) => node?.children.map(({ name }) => name)

test('what a run was started with is known of it, and is not part of the tree', () => {
  const git = { commit: 'abc', branch: 'main', changed: true }
  const client = { client: 'vitest', pid: 7, runtime: 'node 24.0.0', runner: 6, argv: ['vitest'] }
  const { run, root } = mergeTrace([
    file(
      'ev/owner.ndjson',
      head('s', 1),
      { k: 'run.start', t: 1000, engine: {}, root: '/p', pid: 1, git },
      { k: 'clock', t: 1001, source: 'engine', offsetMs: -4, errorMs: 1 },
      { k: 'topology', t: 1002, name: 'shop', services: { api: { image: 'a' } } },
      { k: 'topology', t: 1003, name: 'shop', services: { api: { image: 'b' } } },
    ),
    file('ev/w.ndjson', head('w', 7), { k: 'client', t: 1004, ...client }),
  ])
  expect(run).toMatchObject({
    git,
    clients: [client],
    topologies: { shop: { name: 'shop', services: { api: { image: 'b' } } } },
  })
  expect(root.children).toEqual([])
})

test('captured mails and objects, and services that came and went, are nodes of their test', () => {
  const at = { x: 'abc#0', l: 'lane_1' }
  const { tests } = mergeTrace([
    file(
      'ev/w.ndjson',
      head('w', 7),
      { k: 'test.start', t: 1, i: 'w.1', ...at, id: 'abc', retry: 0, file: 'a', titlePath: ['a'] },
      { k: 'svc.add', t: 2, ...at, s: 'outbox', service: { image: 'mail' } },
      {
        k: 'cap.mail',
        t: 3,
        ...at,
        s: 'outbox',
        id: '1',
        from: 'a@b.c',
        to: ['d@e.f'],
        subject: 'welcome',
        bytes: 12,
        text: 'hi',
      },
      { k: 'cap.object', t: 4, ...at, s: 'files', do: 'put', bucket: 'b', key: 'k', bytes: 1 },
      { k: 'cap.missing', t: 5, ...at, s: 'files', reason: 'no answer' },
      { k: 'edge.used', t: 6, ...at, s: 'api', to: 'db', port: 5432 },
      { k: 'svc.remove', t: 7, ...at, s: 'outbox', cause: 'reset' },
    ),
  ])
  expect(tests[0]?.children.map(({ kind, name, cause }) => [kind, name, cause])).toEqual([
    ['service', 'add outbox', undefined],
    ['mail', 'mail to d@e.f: welcome', undefined],
    ['object', 'put b/k', undefined],
    ['state', 'what files captured is missing', 'no answer'],
    ['edge', 'api → db:5432', undefined],
    ['service', 'remove outbox', 'reset'],
  ])
})
