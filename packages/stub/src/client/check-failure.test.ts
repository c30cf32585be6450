import { expect, test } from 'vitest'
import { checkFailure } from './check-failure.ts'
import type { StubFailure } from './types.ts'

test('all faults of a failure are reported at once', () => {
  const wrong = {
    status: 99,
    delayMs: -1,
    drop: 'all',
    times: 0,
    headers: { 'a b': 'x' },
    delay: 1,
  }
  expect(() => checkFailure(wrong as unknown as StubFailure, 'payments')).toThrow(
    expect.objectContaining({
      code: 'ARGUMENT_INVALID',
      details: [
        'delay: is not one of status, headers, body, delayMs, drop, times',
        'status: must be an integer from 200 to 599, not 99',
        'delayMs: must be milliseconds from 0, not -1',
        'drop: must be "connection" or "mid-body", not "all"',
        'times: must be an integer from 1, not 0',
        'headers: "a b" cannot be sent as "x"',
      ],
    }),
  )
})

test('a failure that changes nothing is refused', () => {
  expect(() => checkFailure({ times: 1 }, 'payments')).toThrow(
    /needs a status, a delayMs or a drop/,
  )
  expect(() => checkFailure({ body: {}, delayMs: 1 }, 'payments')).toThrow(/need a status/)
  expect(() => checkFailure({ delayMs: 1 }, 'payments')).not.toThrow()
})
