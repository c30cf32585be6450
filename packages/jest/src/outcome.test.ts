import { expect, test } from 'vitest'
import type { CircusTest } from './circus.ts'
import { failureOf, resultOf } from './outcome.ts'

const testWith = (...errors: unknown[]) => ({ errors }) as unknown as CircusTest

test('a test without errors passed', () => {
  expect(resultOf(testWith())).toEqual({ status: 'passed' })
  expect(failureOf(testWith())).toBeUndefined()
})

test('the failure of a test is what was thrown, without colours', () => {
  const error = new Error('\u001b[31mexpected\u001b[39m 1')
  expect(failureOf(testWith([error, new Error('place')]))).toBe(error)
  expect(resultOf(testWith([error, new Error('place')]))).toEqual({
    status: 'failed',
    error: 'expected 1',
  })
})

test('a text that was thrown becomes an error at the place of the test, which lines can be appended to', () => {
  const place = new Error('')
  const frames = (place.stack ?? '').split('\n').slice(1)
  const failed = testWith(['Exceeded timeout of 5 s for a test.', place])
  const failure = failureOf(failed)
  expect(failure).toBe(place)
  expect(failed.errors).toEqual([[place, place]])
  expect(failure?.stack?.split('\n')).toEqual(['Exceeded timeout of 5 s for a test.', ...frames])
})

test('what is thrown and cannot be changed is reported as it is', () => {
  expect(resultOf(testWith([undefined, undefined]))).toEqual({
    status: 'failed',
    error: 'undefined',
  })
  expect(failureOf(testWith([42, undefined]))).toBeUndefined()
})
