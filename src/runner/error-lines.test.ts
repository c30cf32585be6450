import { expect, test } from 'vitest'
import { errorLines } from './error-lines.ts'

const err = (...texts: string[]) => texts.map((text) => ({ text, stream: 'stderr' as const }))
const out = (...texts: string[]) => texts.map((text) => ({ text, stream: 'stdout' as const }))

test('an error has its stack trace, also if other output is between', () => {
  expect(
    errorLines([
      ...out('waiting for jobs'),
      ...err('job failed: TypeError: Invalid URL', '    at new URL (node:internal/url:816:29)'),
      ...out('GET /health'),
      ...err('    at price (file:///app/worker.js:50:15)', "    code: 'ERR_INVALID_URL'", '}'),
      ...out('order 1 done'),
    ]),
  ).toEqual([
    'job failed: TypeError: Invalid URL',
    '    at new URL (node:internal/url:816:29)',
    '    at price (file:///app/worker.js:50:15)',
    "    code: 'ERR_INVALID_URL'",
    '}',
  ])
})

test('a trace of Python ends with its error', () => {
  const trace = [
    'Traceback (most recent call last):',
    '  File "/app/pricing.py", line 10, in <module>',
    '    DISCOUNT = int(os.environ.get("DISCOUNT", "0"))',
    "ValueError: invalid literal for int() with base 10: 'half'",
  ]
  expect(errorLines(err(...trace, 'ERROR:root:another'))).toEqual([...trace, 'ERROR:root:another'])
})

test('an error that comes again is there once, as it was last', () => {
  const lines = Array.from(
    { length: 40 },
    (_, at) => `2026-01-01 12:00:${at} ERROR try ${at} failed`,
  )
  expect(errorLines(out(...lines))).toEqual(['2026-01-01 12:00:39 ERROR try 39 failed  (40 times)'])
})

test('of many errors the last different ones are returned, and long ones are cut', () => {
  const names = ['a', 'b', 'c', 'd']
  expect(errorLines(out(...names.map((name) => `ERROR of ${name}s`)))).toEqual([
    'ERROR of bs',
    'ERROR of cs',
    'ERROR of ds',
  ])
  const [first = '', ...rest] = errorLines([
    ...err(`ERROR ${'x'.repeat(1_000)}`),
    ...err(...Array.from({ length: 50 }, () => '    at f (a.js:1:1)')),
  ])
  expect([first.length, rest.length]).toEqual([301, 13])
})

test('of a line of JSON the message and the stack trace are returned', () => {
  const json = (entry: object) => JSON.stringify(entry)
  expect(
    errorLines(
      out(
        json({ level: 'error', message: 'request failed', error: 'connect ECONNREFUSED' }),
        json({ level: 50, msg: 'job failed', err: { stack: 'Error: no\n    at f (a.js:1:1)' } }),
        json({ level: 'info', message: 'an error that was handled' }),
        json({ level: 'error', code: 7 }),
      ),
    ),
  ).toEqual([
    'request failed: connect ECONNREFUSED',
    'job failed',
    'Error: no',
    '    at f (a.js:1:1)',
    '{"level":"error","code":7}',
  ])
})

test('lines without an error, and gaps of the record, are none', () => {
  const gap = { text: 'ERROR lines are missing', stream: 'stdout', gap: true } as const
  expect(errorLines([...out('ready', 'GET /errors 200'), gap])).toEqual([])
})
