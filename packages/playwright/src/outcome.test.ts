import { expect, test } from 'vitest'
import { isFailure, resultOf, testOf } from './outcome.ts'

const ended = (status: string, more: Partial<Parameters<typeof resultOf>[0]> = {}) => ({
  status,
  expectedStatus: 'passed',
  annotations: [],
  errors: [],
  ...more,
})

test('an attempt is named by its project, test file and titles', () => {
  const identity = {
    rootDir: '/p/tests',
    project: 'chromium',
    titlePath: ['shop/a.spec.ts', 'sign-up', 'sends mail'],
    retry: 1,
    repeatEachIndex: 2,
  }
  expect(testOf(identity)).toEqual({
    project: 'chromium',
    file: '/p/tests/shop/a.spec.ts',
    titlePath: ['sign-up', 'sends mail'],
    retry: 1,
    repeat: 2,
  })
})

test('a failure has the first error, without name and colours', () => {
  const errors = [{ message: 'Error: \u001b[31mfirst\u001b[39m' }, { message: 'second' }]
  expect(resultOf(ended('failed', { errors }))).toEqual({ status: 'failed', error: 'first' })
  expect(resultOf(ended('timedOut', { errors: [{ value: '"thrown"' }] }))).toEqual({
    status: 'failed',
    error: '"thrown"',
  })
  expect(resultOf(ended('failed'))).toEqual({ status: 'failed' })
})

test('a test that must fail passes when it does, and fails when it passes or takes too long', () => {
  const expectedStatus = 'failed'
  expect(resultOf(ended('failed', { expectedStatus }))).toEqual({ status: 'passed' })
  expect(resultOf(ended('passed', { expectedStatus }))).toEqual({
    status: 'failed',
    error: 'Expected to fail, but passed.',
  })
  expect(isFailure(ended('timedOut', { expectedStatus }))).toBe(true)
})

test('a skipped test has its reason, and an interrupted one counts as skipped', () => {
  const skip = { type: 'skip', description: 'not on Mondays' }
  expect(resultOf(ended('skipped', { annotations: [skip] }))).toEqual({
    status: 'skipped',
    error: 'not on Mondays',
  })
  expect(resultOf(ended('skipped', { annotations: [{ type: 'fixme' }] }))).toEqual({
    status: 'skipped',
    error: 'fixme',
  })
  expect(resultOf(ended('skipped'))).toEqual({ status: 'skipped' })
  expect(resultOf(ended('interrupted'))).toEqual({ status: 'skipped', error: 'interrupted' })
})
