import { expect, test } from 'vitest'
import { outcomeOf, skippedIn, type Task, testOf } from './task.ts'

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

test('a Vitest test has the titles of its suites and the number of its attempt', () => {
  const suite = task({ name: 'sign-up', suite: task({ name: '' }) })
  expect(testOf(task({ suite, result: { state: 'run', retryCount: 2 } }))).toEqual({
    project: undefined,
    file: '/p/a.test.ts',
    titlePath: ['sign-up', 'sends mail'],
    retry: 2,
  })
})

test('the outcome of a Vitest test has the error of its last attempt', () => {
  const errors = [{ message: 'first' }, { message: 'second' }]
  expect(outcomeOf(task({ result: { state: 'fail', errors } }))).toEqual({
    status: 'failed',
    error: errors[1],
  })
  expect(outcomeOf(task({ result: { state: 'pass', errors } }))).toEqual({ status: 'passed' })
  expect(outcomeOf(task({ result: { state: 'skip' } }))).toEqual({ status: 'skipped' })
})

test('the outcome of a test that must fail is the other way round', () => {
  expect(outcomeOf(task({ fails: true, result: { state: 'fail' } }))).toEqual({ status: 'passed' })
  expect(outcomeOf(task({ fails: true, result: { state: 'pass' } }))).toEqual({
    status: 'failed',
    error: { message: 'expected test to fail' },
  })
})

test('the skipped tests of a file are found in its suites, without those that began', () => {
  const began = { ...task({ name: 'began', mode: 'skip' }) }
  const never = task({ name: 'never began', mode: 'skip' })
  const suite = { ...task(), name: 's', type: 'suite', tasks: [never, task()] }
  Object.assign(began, { file: file(began, suite) })
  expect(skippedIn(new Set([began]))).toEqual([never])
  expect(skippedIn(new Set())).toEqual([])
})
