import { expect, test } from 'vitest'
import { readTestFlags } from './flags.ts'

test('only a time limit that the user gave counts, in either spelling', () => {
  expect(readTestFlags(['--test-timeout=0'], {}).hasTimeout).toBe(false)
  expect(readTestFlags(['--test-timeout=05'], {}).hasTimeout).toBe(true)
  expect(readTestFlags(['--test-timeout=5000'], {}).hasTimeout).toBe(true)
  expect(readTestFlags(['--test-timeout', '5000'], {}).hasTimeout).toBe(true)
})

test('filters are found by their flags', () => {
  expect(readTestFlags(['--test-concurrency=0', '--test-isolation=process'], {})).toEqual({
    hasTimeout: false,
    filters: false,
    covers: false,
  })
  for (const flag of ['--test-name-pattern=x', '--test-skip-pattern=x', '--test-only'])
    expect(readTestFlags([flag], {}).filters).toBe(true)
})

test('coverage is found by its flag or variable', () => {
  expect(readTestFlags(['--experimental-test-coverage'], {}).covers).toBe(true)
  expect(readTestFlags([], { NODE_V8_COVERAGE: '/tmp' }).covers).toBe(true)
})
