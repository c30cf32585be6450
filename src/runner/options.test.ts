import { expect, test } from 'vitest'
import { checkOptions, limitsOf, type RunnerOptions } from './options.ts'

test('wrong options of createTest are refused, all at once', () => {
  const wrong = { client: 'x', lane: 'tests', rest: 'none', timeoutMs: Number.NaN, onRetry: 'none' }
  expect(() => checkOptions(wrong as unknown as RunnerOptions)).toThrow(
    expect.objectContaining({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining('4 invalid arguments of createTest'),
      details: [
        expect.stringContaining('options.lane: must be "worker" or "test"'),
        'options.rest: unknown key; did you mean "reset"?',
        expect.stringContaining('options.timeoutMs: must be a number of milliseconds, 0 or more'),
        expect.stringContaining('options.onRetry: must be "light" or "deep"'),
      ],
    }),
  )
  expect(() => checkOptions({ client: 'x', timeoutMs: Number.POSITIVE_INFINITY })).not.toThrow()
})

test('no limit is one that a timer can wait for', () => {
  expect(limitsOf({})).toEqual({ timeoutMs: 120_000, imagesTimeoutMs: 1_800_000 })
  const { timeoutMs, imagesTimeoutMs } = limitsOf({
    timeoutMs: 0,
    imagesTimeoutMs: Number.POSITIVE_INFINITY,
  })
  expect([timeoutMs, imagesTimeoutMs]).toEqual([2_147_000_000, 2_147_000_000])
})
