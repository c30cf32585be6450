import { expect, test } from 'vitest'
import type { ReportTest } from '../../report/source.ts'
import type { TraceStatus } from '../../trace/read/trace.ts'
import { findAttempt } from './find-tests.ts'

const attempt = (
  test: string,
  titlePath: readonly string[],
  status: TraceStatus = 'passed',
  file = 'test/orders.test.ts',
): ReportTest => ({
  test,
  file,
  titlePath,
  retry: Number(test.split('#')[1]),
  status,
  start: 0,
  end: 1,
  touched: [],
})

const tests = [
  attempt('aaaa1#0', ['orders', 'are done'], 'failed'),
  attempt('aaaa1#1', ['orders', 'are done']),
  attempt('aaaa2#0', ['orders', 'are done twice']),
  attempt('bbbb1#0', ['mails', 'are sent'], 'passed', 'test/mails.test.ts'),
]
const lines = [5, 5, 20, 7]

const found = (named: string) =>
  findAttempt({ tests }, named, (position) => lines[position]).attempt.test

const failure = (named: string) => {
  try {
    return found(named)
  } catch (error) {
    return error
  }
}

test('a test is found by attempt, id, beginning of its id, title, file and line', () => {
  expect(found('aaaa1#1')).toBe('aaaa1#1')
  expect(found('aaaa2')).toBe('aaaa2#0')
  expect(found('bbbb')).toBe('bbbb1#0')
  expect(found('are sent')).toBe('bbbb1#0')
  expect(found('Mails > ARE sent')).toBe('bbbb1#0')
  expect(found('mails.test.ts')).toBe('bbbb1#0')
  expect(found('./test/mails.test.ts:7')).toBe('bbbb1#0')
  expect(found('/home/ann/shop/test/orders.test.ts:21:3')).toBe('aaaa2#0')
  expect(found('orders.test.ts:19')).toBe('aaaa1#0')
})

test('of several attempts of a test the last one that failed is found', () => {
  expect(found('aaaa1')).toBe('aaaa1#0')
})

test('a whole title is preferred to titles that contain it', () => {
  expect(found('orders › are done')).toBe('aaaa1#0')
})

test('a name that fits several tests is an error that lists them', () => {
  expect(failure('done')).toMatchObject({
    code: 'TEST_UNKNOWN',
    message: expect.stringContaining('"done" fits 2 tests'),
    details: [
      'aaaa1  passed  orders › are done  test/orders.test.ts',
      'aaaa2  passed  orders › are done twice  test/orders.test.ts',
    ],
    facts: { test: 'done', tests: ['aaaa1', 'aaaa2'] },
  })
  expect(failure('orders.test.ts')).toMatchObject({ code: 'TEST_UNKNOWN' })
})

test('an unknown name is an error with a similar title', () => {
  expect(failure('mails are snet')).toMatchObject({
    code: 'TEST_UNKNOWN',
    message: expect.stringContaining('did you mean "mails › are sent"?'),
  })
})
