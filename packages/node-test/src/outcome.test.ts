import { expect, test } from 'vitest'
import { failureOf, outcomeOf, titlesOf } from './outcome.ts'

const progress = { inLane: true, endedAt: 5, skipped: undefined, todo: undefined }
const threw = (cause: unknown) => ({ passed: false, error: { message: 'of Node', cause } })

test('the titles of a test end with its own, whatever it looks like', () => {
  expect(titlesOf({ name: 'a > b', fullName: 'suite > inner > a > b' })).toEqual([
    'suite',
    'inner',
    'a > b',
  ])
  expect(titlesOf({ name: 'a', fullName: 'a' })).toEqual(['a'])
})

test('a test without an end has no outcome', () => {
  expect(outcomeOf({ passed: true, error: null }, { ...progress, endedAt: undefined })).toBe(
    undefined,
  )
})

test('the outcome has what was thrown, or what Node says', () => {
  const errorOf = (cause: unknown) => outcomeOf(threw(cause), progress)?.result
  expect(errorOf(new Error('thrown'))).toEqual({ status: 'failed', error: 'thrown' })
  expect(errorOf('test timed out')).toEqual({ status: 'failed', error: 'test timed out' })
  expect(errorOf(undefined)).toEqual({ status: 'failed', error: 'of Node' })
})

test('a skipped test is skipped, and one that is to do counts only if it passes', () => {
  const of = (more: object, passed = false) =>
    outcomeOf({ passed, error: passed ? null : { message: 'no' } }, { ...progress, ...more })
      ?.result
  expect(of({ skipped: 'why' })).toEqual({ status: 'skipped', error: 'why' })
  expect(of({ todo: '' })).toEqual({ status: 'skipped', error: 'todo: no' })
  expect(of({ todo: 'later' })).toEqual({ status: 'skipped', error: 'todo: later' })
  expect(of({ todo: '' }, true)).toEqual({ status: 'passed' })
})

test('a text of Node becomes an error that reporters print with its lines', () => {
  const ended = threw('test timed out')
  const failure = failureOf(ended) as Error
  expect(ended.error.cause).toBe(failure)
  expect([failure.message, failure.stack]).toEqual(['test timed out', 'Error: test timed out'])
  expect(failureOf({ passed: true, error: { message: 'expected' } })).toBe(undefined)
})
