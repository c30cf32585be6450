import { expect, test } from 'vitest'
import { attemptOf, endOf, failureOf, historyOf, type Task, testsOf } from './task.ts'

const file = (...tasks: readonly object[]): Task['file'] => ({
  name: 'a.test.ts',
  type: 'suite',
  mode: 'run',
  filepath: '/p/a.test.ts',
  tasks: tasks as readonly Task[],
})
const task = (more: Partial<Task> = {}): Task => ({
  name: 'sends mail',
  type: 'test',
  mode: 'run',
  file: file(),
  ...more,
})
const failed = { state: 'fail', errors: [{ message: 'first' }, { message: 'second' }] }

test('an attempt has the titles of its suites and the number of attempts before it', () => {
  const suite = task({ name: 'sign-up', suite: task({ name: '' }) })
  const attempts = [failed, { state: 'pass' }]
  expect(attemptOf(task({ suite, result: { state: 'run', attempts } }))).toEqual({
    index: 2,
    test: {
      project: undefined,
      file: '/p/a.test.ts',
      titlePath: ['sign-up', 'sends mail'],
      retry: 2,
      // A repetition comes after an attempt that passed.
      afterFailure: false,
      concurrent: undefined,
    },
  })
  expect(attemptOf(task({ result: { state: 'run', attempts: [failed] } })).test).toMatchObject({
    retry: 1,
    afterFailure: true,
  })
})

test('an attempt has no end before Vitest has decided, then the last error and the time', () => {
  const first = { index: 0, test: attemptOf(task()).test }
  expect(endOf(task({ result: { state: 'fail' } }), first)).toBeUndefined()
  const attempts = [{ ...failed, startTime: 1000, duration: 2.5 }, { state: 'pass' }]
  const ended = task({ result: { state: 'pass', attempts } })
  expect(endOf(ended, first)).toEqual({
    result: { status: 'failed', error: 'second' },
    times: { from: 1000, to: 1002.5 },
  })
  expect(endOf(ended, { ...first, index: 1 })).toEqual({ result: { status: 'passed' } })
})

test('a running test that has failed so far has its last error', () => {
  expect(failureOf(task({ result: failed }))).toEqual({ message: 'second' })
  expect(failureOf(task({ result: { ...failed, state: 'run' } }))).toBeUndefined()
})

test('a test without attempts was skipped, with the reason where Vitest knows one', () => {
  const resultOf = (one: Task) => historyOf(one).map(({ ended }) => ended.result)
  expect(resultOf(task({ mode: 'skip' }))).toEqual([{ status: 'skipped' }])
  expect(resultOf(task({ mode: 'todo' }))).toEqual([{ status: 'skipped', error: 'todo' }])
  const suite = task({ result: { state: 'fail', errors: [{ message: 'beforeAll failed' }] } })
  expect(resultOf(task({ suite, result: { state: 'skip' } }))).toEqual([
    { status: 'skipped', error: 'beforeAll failed' },
  ])
  const attempts = [{ state: 'skip' }]
  expect(resultOf(task({ result: { state: 'skip', note: 'not on Mondays', attempts } }))).toEqual([
    { status: 'skipped', error: 'not on Mondays' },
  ])
})

test('every attempt of a test is in its history', () => {
  const attempts = [failed, { state: 'pass' }]
  expect(
    historyOf(task({ result: { state: 'pass', attempts } })).map(({ test, ended }) => [
      test.retry,
      ended.result.status,
    ]),
  ).toEqual([
    [0, 'failed'],
    [1, 'passed'],
  ])
})

test('the tests of a file are found in its suites', () => {
  const inner = task({ name: 'inner' })
  const suite = { ...task(), type: 'suite', tasks: [inner] }
  expect(testsOf(file(task(), suite)).map(({ name }) => name)).toEqual(['sends mail', 'inner'])
})
