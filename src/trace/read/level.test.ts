import { expect, test } from 'vitest'
import { isContinuation, levelOf } from './level.ts'

test.each([
  ['{"time":"2026-01-01T00:00:00Z","level":"error","message":"no"}', 'error'],
  ['{"level":50,"time":1,"msg":"no"}', 'error'],
  ['{"level":30,"time":1,"msg":"error: none"}', 'info'],
  ['{"severity":"WARNING","message":"slow"}', 'warn'],
  ['{"message":"an ERROR that is only quoted"}', undefined],
  ['time=2026-01-01 level=warning msg="slow"', 'warn'],
  ['2026-01-01 12:00:00.000 UTC [12] ERROR:  duplicate key value', 'error'],
  ['2026-01-01 12:00:00.000 UTC [12] shop@lane_1 FATAL:  no such role', 'error'],
  ['2026-01-01 12:00:00.000 UTC [12] LOG:  ready', 'info'],
  ['2026/01/01 12:00:00 [error] 12#12: *1 open() failed', 'error'],
  ['2026-01-01 12:00:00,000 - shop - WARNING - slow', 'warn'],
  ['ERROR:root:no', 'error'],
  ['npm ERR! code ENOENT', 'error'],
  ['\u001b[31mERROR\u001b[39m no', 'error'],
  ['error: no such file', 'error'],
  ['E0612 12:00:00.000000 1 main.go:1] no', 'error'],
  ['TypeError: Invalid URL', 'error'],
  ['TypeError [ERR_INVALID_URL]: Invalid URL', 'error'],
  ['job failed, will retry: TypeError: Invalid URL', 'error'],
  ['ValueError: invalid literal for int()', 'error'],
  ['java.lang.IllegalStateException: no', 'error'],
  ['Traceback (most recent call last):', 'error'],
  ['panic: runtime error: index out of range', 'error'],
  ['DEBUG1:  checkpoint', 'debug'],
  ['GET /errors 200', undefined],
  ['tests: 0 errors', undefined],
  ['listening, discount 0 %', undefined],
  ['order 1 done', undefined],
])('%s is %s', (line, level) => {
  expect(levelOf(line)).toBe(level)
})

test('a line of stderr without a level is an error if it says that something failed', () => {
  expect(levelOf('job failed, will retry: pricing answered 500', 2)).toBe('error')
  expect(levelOf('job failed, will retry: pricing answered 500', 1)).toBe(undefined)
  expect(levelOf('listening', 2)).toBe(undefined)
  expect(levelOf('info: nothing failed', 2)).toBe('info')
})

test('frames and causes go on with the line before', () => {
  const lines = [
    '    at price (file:///app/worker.js:50:15)',
    '  File "/app/pricing.py", line 10, in <module>',
    'Caused by: java.io.IOException: no',
    '\tat com.acme.Main.main(Main.java:1)',
    "    code: 'ERR_INVALID_URL',",
    '}',
  ]
  expect(lines.filter(isContinuation)).toEqual(lines)
  expect(['order 1 done', 'TypeError: no', '', 'GET /'].filter(isContinuation)).toEqual([])
})
