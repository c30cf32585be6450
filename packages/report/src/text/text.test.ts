import { expect, test } from 'vitest'
import { fieldsOf } from './fields.ts'
import { bytes, counted, duration, offset } from './format.ts'
import { continues } from './stack.ts'

test('durations have the unit that fits', () => {
  expect([0, 0.4, 812.4, 4200, 59_960, 60_000, 200_000, Number.NaN].map(duration)).toEqual([
    '0 ms',
    '0.4 ms',
    '812 ms',
    '4.20 s',
    '60.0 s',
    '1 min',
    '3 min 20 s',
    '–',
  ])
})

test('sizes, counts and times since a start are short', () => {
  expect([0, 999, 3400, 52_000, 1_200_000].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '3.4 KB',
    '52 KB',
    '1.2 MB',
  ])
  expect([counted(1, 'line'), counted(12_000, 'line')]).toEqual(['1 line', '12,000 lines'])
  expect([offset(1204), offset(-3)]).toEqual(['+1.204', '−0.003'])
})

test('a JSON line has a message and fields', () => {
  expect(
    fieldsOf('{"time":1,"level":"info","message":"POST /orders","status":201,"tags":["a"]}'),
  ).toMatchObject({
    message: 'POST /orders',
    rest: [
      ['status', '201'],
      ['tags', '["a"]'],
    ],
  })
  expect(fieldsOf('{"a":1')).toBeUndefined()
  expect(fieldsOf('{broken}')).toBeUndefined()
  expect(fieldsOf('plain')).toBeUndefined()
})

test('frames of stack traces continue the line before', () => {
  for (const line of [
    '    at takeJob (/app/worker.js:41:11)',
    '  File "/app/pricing.py", line 12, in price',
    'Caused by: java.net.ConnectException',
    '#0 /app/index.php(3): main()',
    '\tgoroutine 1',
  ])
    expect(continues(line), line).toBe(true)
  for (const line of ['TypeError: x', '', '   ', 'listening'])
    expect(continues(line), line).toBe(false)
})
