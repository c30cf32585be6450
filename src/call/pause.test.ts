import { expect, test } from 'vitest'
import { pause, settledWithin, settledWithinRealTime } from './pause.ts'
import { waitClock } from './wait-clock.ts'

const never = new Promise<void>(() => {})

test('settledWithin returns true when the promise settles in time, even if it rejects', async () => {
  expect(await settledWithin(Promise.resolve(), 1_000)).toBe(true)
  expect(await settledWithin(Promise.reject(new Error('no')), 1_000)).toBe(true)
})

test('settledWithin returns false when the time is over', async () => {
  expect(await settledWithin(never, 5)).toBe(false)
})

test('a signal ends both the wait and the pause at once', async () => {
  const signal = AbortSignal.abort()
  expect(await settledWithin(never, 60_000, signal)).toBe(false)
  await pause(60_000, signal)
  const later = new AbortController()
  const paused = pause(60_000, later.signal)
  later.abort()
  await paused
})

test('only the limit of settledWithin stands still while the clock is suspended', async () => {
  const suspended = waitClock.suspend('a test')
  const waiting = settledWithin(never, 1)
  await pause(5)
  expect(await settledWithinRealTime(never, 5)).toBe(false)
  expect(await settledWithinRealTime(waiting, 5)).toBe(false)
  suspended[Symbol.dispose]()
  expect(await waiting).toBe(false)
})
