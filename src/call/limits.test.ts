import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { limitSignal } from './limit-signal.ts'
import { silenceLimit } from './silence-limit.ts'
import { waitClock } from './wait-clock.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

test('a limit as a signal aborts with a TimeoutError, and not while a debugger is paused', () => {
  const signal = limitSignal(1_000)
  const suspended = waitClock.suspend('a test')
  vi.advanceTimersByTime(90_000)
  expect(signal.aborted).toBe(false)
  suspended[Symbol.dispose]()
  vi.advanceTimersByTime(2_000)
  expect(signal.reason).toMatchObject({ name: 'TimeoutError' })
})

test('a limit on silence begins again whenever the other side is heard', () => {
  const late = vi.fn()
  using limit = silenceLimit(1_000, late)
  for (const _ of [1, 2, 3]) {
    vi.advanceTimersByTime(900)
    limit.renew()
  }
  expect(late).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1_000)
  expect(late).toHaveBeenCalledOnce()
})

test('a limit on silence that is disposed never calls', () => {
  const late = vi.fn()
  silenceLimit(1_000, late)[Symbol.dispose]()
  vi.advanceTimersByTime(2_000)
  expect(late).not.toHaveBeenCalled()
})
