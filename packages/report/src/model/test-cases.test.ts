import { expect, test } from 'vitest'
import type { ReportTest } from '../../../../src/report/source.ts'
import { attemptOf, countOutcomes, testFiles } from './test-cases.ts'
import { testRows } from './test-rows.ts'

const attempt = (
  id: string,
  retry: number,
  status: ReportTest['status'],
  file = 'a.test.ts',
): ReportTest => ({
  test: `${id}#${retry}`,
  file,
  titlePath: ['suite', id],
  retry,
  status,
  start: 0,
  end: 1,
  touched: [],
})

test('attempts are one test, which is flaky if a retry passed', () => {
  const files = testFiles([
    attempt('one', 0, 'failed'),
    attempt('two', 0, 'passed'),
    attempt('one', 1, 'passed'),
    attempt('three', 0, 'timeout'),
    attempt('three', 1, 'failed'),
  ])
  expect(files[0]?.cases.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['one', 'flaky'],
    ['two', 'passed'],
    ['three', 'failed'],
  ])
  expect(files[0]?.cases[0]?.attempts.map(({ position }) => position)).toEqual([0, 2])
  expect(countOutcomes(files)).toEqual({
    failed: 1,
    unfinished: 0,
    flaky: 1,
    passed: 1,
    skipped: 0,
  })
})

test('a test that ran again in a kept run and passed is not flaky', () => {
  const [file] = testFiles([attempt('one', 0, 'failed'), attempt('one', 0, 'passed')])
  expect(file?.cases.map(({ outcome }) => outcome)).toEqual(['passed'])
})

test('files with failures are first', () => {
  const files = testFiles([
    attempt('one', 0, 'passed', 'a.test.ts'),
    attempt('two', 0, 'unfinished', 'c.test.ts'),
    attempt('three', 0, 'skipped', 'b.test.ts'),
  ])
  expect(files.map(({ file }) => file)).toEqual(['c.test.ts', 'a.test.ts', 'b.test.ts'])
})

test('rows leave out closed files and what is not shown', () => {
  const files = testFiles([
    attempt('one', 0, 'passed'),
    attempt('two', 0, 'passed'),
    attempt('three', 0, 'passed', 'b.test.ts'),
    attempt('four', 0, 'passed', 'c.test.ts'),
  ])
  const rows = testRows(files, new Set(['b.test.ts']), ({ id }) => id !== 'two' && id !== 'four')
  expect(rows.map((row) => (row.kind === 'file' ? row.file.file : row.test.id))).toEqual([
    'a.test.ts',
    'one',
    'b.test.ts',
  ])
})

test('an attempt is found by its number, also if earlier ones were left out', () => {
  const caseOf = (...retries: readonly number[]) => {
    const [test] =
      testFiles(retries.map((retry) => attempt('one', retry, 'failed')))[0]?.cases ?? []
    if (test === undefined) throw new Error('no test')
    return (number?: number) => attemptOf(test, number).position
  }
  const all = caseOf(0, 1, 2)
  expect([all(), all(1), all(2), all(9)]).toEqual([2, 0, 1, 2])
  const pruned = caseOf(1, 2)
  expect([pruned(2), pruned(3), pruned(1)]).toEqual([0, 1, 0])
  const kept = caseOf(0, 0)
  expect([kept(1), kept(2)]).toEqual([0, 1])
})
