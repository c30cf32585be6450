import { expect, test } from 'vitest'
import { mergeTrace, type TraceFile } from '../trace/read/merge-trace.ts'
import type { Trace } from '../trace/read/trace.ts'
import { type ReadRun, summarizeAttempt } from './attempt/summarize-attempt.ts'
import { attemptMarkdown } from './markdown.ts'
import type { LogLevel, LogTable, ReportIndex } from './source.ts'

const file = (name: string, ...entries: readonly object[]): TraceFile => ({
  name,
  text: entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
})

const x = 'abc#0'
const inTest = { x, l: 'lane_1' }
const steps = [
  { id: 1, do: 'stop program', service: 'worker', after: [], cause: 'env MODE changed' },
  { id: 2, do: 'start program', service: 'worker', after: [1], cause: 'env MODE changed' },
]
const stepDone = (step: number, t: number) => ({
  ...inTest,
  k: 'plan.step',
  t,
  p: 's.1',
  s: 'worker',
  step,
  do: steps[step - 1]?.do,
  status: 'done',
  ms: 50,
})

/** A test that changes the environment of a worker, which then crashes. */
const files = (...more: readonly object[]): TraceFile[] => [
  file('run.json', { v: 1, id: 'r1', start: 1000, status: 'ended', root: '/p' }),
  file(
    'ev/owner.ndjson',
    { k: 'head', t: 1000, v: 2, prefix: 's', pid: 1 },
    { ...inTest, k: 'plan.start', t: 2110, i: 's.1', p: 'w.2', steps },
    stepDone(1, 2160),
    stepDone(2, 2210),
    { ...inTest, k: 'plan.end', t: 2220, i: 's.1', status: 'done' },
    {
      ...inTest,
      k: 'env.change',
      t: 2112,
      p: 'w.2',
      s: 'worker',
      diff: { MODE: ['slow', 'fast'], OLD: ['1', null] },
    },
    { ...inTest, k: 'svc.state', t: 2210, s: 'worker', state: 'started', container: 'c1' },
    {
      ...inTest,
      k: 'svc.state',
      t: 2500,
      s: 'worker',
      state: 'exited',
      container: 'c1',
      exitCode: 1,
      by: 'crash',
    },
    { ...inTest, k: 'exec.start', t: 2300, i: 's.2', p: 'w.4', s: 'api', argv: ['node', 'a b'] },
    {
      ...inTest,
      k: 'exec.end',
      t: 2340,
      i: 's.2',
      exit: 3,
      ms: 40,
      stdout: 'seeded\n',
      stderr: 'no such user\n',
    },
    { k: 'lane.keep', t: 3010, l: 'lane_1', test: x, until: 3_603_010 },
    ...more,
  ),
  file(
    'ev/w.ndjson',
    { k: 'head', t: 1500, v: 2, prefix: 'w', pid: 2 },
    {
      ...inTest,
      k: 'test.start',
      t: 2000,
      i: 'w.1',
      id: 'abc',
      retry: 0,
      file: 'orders.test.ts',
      titlePath: ['orders', 'are done'],
    },
    { ...inTest, k: 'call.start', t: 2100, i: 'w.2', s: 'worker', method: 'withEnv' },
    { ...inTest, k: 'call.end', t: 2230, i: 'w.2', status: 'done', ms: 130 },
    { ...inTest, k: 'call.start', t: 2290, i: 'w.4', s: 'api', method: 'exec.seed' },
    { ...inTest, k: 'call.end', t: 2345, i: 'w.4', status: 'done', ms: 55 },
    { ...inTest, k: 'call.start', t: 2400, i: 'w.3', s: 'worker', method: 'logs.waitFor' },
    {
      ...inTest,
      k: 'call.end',
      t: 2990,
      i: 'w.3',
      status: 'timeout',
      ms: 590,
      error: { code: 'LOG_TIMEOUT', message: 'worker logged no line that matches /done/' },
    },
    {
      ...inTest,
      k: 'test.end',
      t: 3000,
      i: 'w.1',
      status: 'failed',
      error: 'worker logged no line that matches /done/\n  remedy: …',
      touched: ['worker', 'api'],
    },
    {
      k: 'test.start',
      t: 3100,
      x: 'abc#1',
      i: 'w.9',
      id: 'abc',
      retry: 1,
      file: 'orders.test.ts',
      titlePath: ['orders', 'are done'],
    },
    { k: 'test.end', t: 3200, i: 'w.9', status: 'passed', touched: [] },
  ),
]

type Line = readonly [time: number, service: string, text: string, level?: LogLevel]

const logLines: readonly Line[] = [
  [2215, 'worker', 'mode \u001b[32mfast\u001b[39m'],
  [2480, 'worker', 'TypeError: handlers[mode] is not a function', 'error'],
  [2480.5, 'worker', '    at run (worker.js:12:3)'],
  [2481, 'worker', 'bye'],
  [2310, 'api', 'seeding'],
]

const runOf = (trace: Trace = mergeTrace(files()), lines: readonly Line[] = logLines): ReadRun => {
  const services = ['api', 'worker']
  const index: ReportIndex = {
    v: 1,
    run: trace.run,
    tests: trace.tests.map((node) => {
      const start = node.events.find(({ k }) => k === 'test.start')
      const end = node.events.find(({ k }) => k === 'test.end')
      if (start?.k !== 'test.start' || end?.k !== 'test.end') throw new Error('not a test')
      const { file, titlePath, retry } = start
      return {
        test: node.test ?? '',
        file,
        titlePath,
        retry,
        status: end.status,
        ...(end.error === undefined ? {} : { error: end.error }),
        ...(node.lane === undefined ? {} : { lane: node.lane }),
        start: node.start,
        end: node.end,
        touched: end.touched,
      }
    }),
    services,
    lanes: ['lane_1'],
    lines: lines.length,
    missing: [],
  }
  const at = (row: number): Line => lines[row] ?? [0, '', '']
  const logs: LogTable = {
    length: lines.length,
    time: (row) => at(row)[0],
    text: (row) => at(row)[2],
    service: (row) => services.indexOf(at(row)[1]),
    lane: () => 0,
    stream: () => 1,
    flags: () => 0,
    level: (row) => at(row)[3],
    attribution: () => ({ how: 'exact', tests: [0] }),
    rowAt: () => 0,
    find: ({ test }) => Uint32Array.from(test === 0 ? lines.keys() : []),
  }
  return { index, trace, logs }
}

const markdownOf = (run: ReadRun, options = {}) => {
  const report = summarizeAttempt(run, 0)
  if (report === undefined) throw new Error('no such test')
  return attemptMarkdown(report, options)
}

test('the markdown of a failed test names error, cause, changes, commands, states and last lines', () => {
  expect(
    markdownOf(runOf(), { report: 'file:///p/report.html#t=abc' }),
  ).toBe(`# orders › are done: failed after 1.00 s

- file: \`orders.test.ts\`
- attempt: \`abc#0\`; others in this run: abc#1 passed
- lane: \`lane_1\`
- services it used: \`worker\`, \`api\`
- show it again: \`mesocosm trace show abc#0 --run r1\`
- its lane is kept until 1970-01-01T01:00:03.010Z: \`mesocosm lanes --kept\`
- report: file:///p/report.html#t=abc

## Error

\`\`\`text
worker logged no line that matches /done/
  remedy: …
\`\`\`

## Error-level log lines

\`\`\`text
+0.480  worker | TypeError: handlers[mode] is not a function
+0.480  worker |     at run (worker.js:12:3)
\`\`\`

## What happened

\`\`\`text
+0.100   withEnv worker  done 130 ms
+0.110     plan lane_1  done 110 ms
             env MODE changed: stop program worker, start program worker
+0.112     env worker: MODE, OLD
+0.210   worker started
+0.290   exec.seed api: node a b  done 55 ms
+0.400   logs.waitFor worker  timeout 590 ms  LOG_TIMEOUT: worker logged no line that matches /done/
+0.500   worker exited with code 1  (crash)
\`\`\`

## Changes of environments

\`\`\`diff
@@ worker at +0.112 @@
-MODE=slow
+MODE=fast
-OLD=1
\`\`\`

## Commands

\`\`\`text
+0.300  api$ node 'a b'  (exit 3, 40 ms)
        stdout | seeded
        stderr | no such user
\`\`\`

## States of services at the end

\`\`\`text
worker: exited, code 1, by crash, since +0.500
\`\`\`

## Last log lines

\`\`\`text
+0.215  worker | mode fast
+0.480  worker | TypeError: handlers[mode] is not a function
+0.480  worker |     at run (worker.js:12:3)
+0.481  worker | bye
+0.310  api | seeding
\`\`\`
`)
})

test('a long attempt is cut to the number of lines, and what failed stays', () => {
  const many = Array.from({ length: 3000 }, (_, number) => ({
    ...inTest,
    k: 'svc.state',
    t: 2510 + number / 10,
    s: `s${number}`,
    state: 'started',
    container: 'c',
  }))
  const lines = Array.from(
    { length: 5000 },
    (_, number): Line => [2500 + number / 100, 'worker', `line ${number}`, 'error'],
  )
  const text = markdownOf(runOf(mergeTrace(files(...many)), lines), { maxLines: 100 })
  expect(text.split('\n').length).toBeLessThanOrEqual(100)
  expect(text).toMatch(/^… \d+ more lines: `mesocosm logs --level error --test 'abc#0'`$/m)
  expect(text).toMatch(/^\+0\.400 {3}logs\.waitFor worker {2}timeout/m)
  expect(text).toMatch(/^\+0\.500 {3}worker exited with code 1 {2}\(crash\)/m)
  expect(text).toContain('line 4999')
})

test('what a service wrote cannot end its code block, hide text or become very long', () => {
  const hostile: Line[] = [
    [2400, 'worker', '```\n# not a heading', 'error'],
    [2401, 'worker', `\u001b]0;title\u0007\u001b[2J${'x'.repeat(10_000)}`, 'error'],
  ]
  const text = markdownOf(runOf(undefined, hostile))
  const [, block = ''] =
    /## Error-level log lines\n\n(`+text\n[\s\S]*?\n`+)\n\n## /.exec(text) ?? []
  expect(block).toContain('``` # not a heading')
  expect(text).not.toMatch(/^# not a heading/m)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no control characters may be left
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(600)
})

test('what happened many times in a row is one line with its count', () => {
  const polls = Array.from({ length: 40 }, (_, number) => [
    {
      ...inTest,
      k: 'call.start',
      t: 2600 + number,
      i: `p.${number}`,
      s: 'api',
      method: 'http.fetch',
    },
    { ...inTest, k: 'call.end', t: 2600.5 + number, i: `p.${number}`, status: 'done', ms: 0.5 },
  ])
  const text = markdownOf(runOf(mergeTrace(files(...polls.flat()))))
  expect(text).toContain('http.fetch api  ×40  done 20 ms')
})

test('an attempt without an end, a lane or log lines has a markdown, too', () => {
  const started = {
    k: 'test.start',
    t: 2000,
    i: 'w.1',
    x,
    id: 'abc',
    retry: 0,
    file: 'a.ts',
    titlePath: ['a'],
  }
  const trace = mergeTrace([
    file('ev/w.ndjson', { k: 'head', t: 1, v: 2, prefix: 'w', pid: 1 }, started),
  ])
  const index: ReportIndex = {
    v: 1,
    run: trace.run,
    tests: [
      {
        test: x,
        file: 'a.ts',
        titlePath: ['a'],
        retry: 0,
        status: 'unfinished',
        start: 2000,
        end: 2000,
        touched: [],
      },
    ],
    services: [],
    lanes: [],
    lines: 0,
    missing: [],
  }
  const text = markdownOf({ ...runOf(undefined, []), trace, index })
  expect(text).toMatch(/^# a: unfinished after 0 ms\n/)
  expect(text).toContain('- lane: none')
})

test('a debugger that was paused during the test is a line of what happened', () => {
  const paused = [
    { k: 'suspended.start', t: 2420, i: 's.8', why: 'api is paused in a debugger' },
    { k: 'suspended.end', t: 2920, i: 's.8' },
    { k: 'suspended.start', t: 3150, i: 's.9', why: 'later' },
    { k: 'suspended.end', t: 3160, i: 's.9' },
  ]
  const text = markdownOf(runOf(mergeTrace(files(...paused))))
  expect(text).toMatch(/limits stand still: api is paused in a debugger {2}done 500 ms/)
  expect(text).not.toContain('later')
})
