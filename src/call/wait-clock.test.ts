import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createWaitClock, type RealTime } from './wait-clock.ts'

const debug = { open: false, stoppedMs: 0 }

const time: RealTime = {
  now: () => performance.now() + debug.stoppedMs,
  every(ms, call) {
    const timer = setInterval(call, ms)
    return { [Symbol.dispose]: () => clearInterval(timer) }
  },
  isDebuggerOpen: () => debug.open,
}

beforeEach(() => {
  Object.assign(debug, { open: false, stoppedMs: 0 })
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
  })
})
afterEach(() => void vi.useRealTimers())

/** Lets time pass in which nothing of this process runs. */
const stop = (ms: number) => {
  debug.stoppedMs += ms
}

/** A clock, and how often its one timer of `ms` has called. */
const withTimer = (ms: number) => {
  const clock = createWaitClock(time)
  const calls: number[] = []
  const timer = clock.timer(ms, () => void calls.push(clock.now()))
  return { clock, calls, timer }
}

test('a timer calls once when its time is over, and not when it was disposed', () => {
  const { calls, clock } = withTimer(1_000)
  clock.timer(1_000, () => void calls.push(-1))[Symbol.dispose]()
  vi.advanceTimersByTime(999)
  expect(calls).toEqual([])
  vi.advanceTimersByTime(5_000)
  expect(calls).toHaveLength(1)
  expect(vi.getTimerCount()).toBe(0)
})

test('a clock that is suspended stands still, and its timers get the time back', () => {
  const { clock, calls } = withTimer(1_000)
  vi.advanceTimersByTime(600)
  const before = clock.now()
  const suspended = clock.suspend('api is paused in a debugger')
  vi.advanceTimersByTime(90_000)
  expect(clock.now()).toBe(before)
  expect(calls).toEqual([])
  suspended[Symbol.dispose]()
  suspended[Symbol.dispose]()
  vi.advanceTimersByTime(399)
  expect(calls).toEqual([])
  vi.advanceTimersByTime(1)
  expect(calls).toEqual([before + 400])
  expect(vi.getTimerCount()).toBe(0)
})

test('a suspension shorter than what is left of a timer extends the timer by its length', () => {
  const { clock, calls } = withTimer(1_000)
  for (const _ of [1, 2, 3]) {
    using _suspended = clock.suspend('a')
    vi.advanceTimersByTime(100)
  }
  vi.advanceTimersByTime(999)
  expect(calls).toEqual([])
  vi.advanceTimersByTime(1)
  expect(calls).toHaveLength(1)
})

test('a timer that begins while the clock is suspended begins to count when it goes on', () => {
  const clock = createWaitClock(time)
  const suspended = clock.suspend('a')
  vi.advanceTimersByTime(50)
  const call = vi.fn()
  clock.timer(1_000, call)
  const short = vi.fn()
  clock.timer(10, short)
  vi.advanceTimersByTime(400)
  suspended[Symbol.dispose]()
  vi.advanceTimersByTime(9)
  expect(short).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(short).toHaveBeenCalledOnce()
  vi.advanceTimersByTime(989)
  expect(call).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(call).toHaveBeenCalledOnce()
})

test('the clock goes on when the last of several suspensions has ended', () => {
  const { clock, calls } = withTimer(10)
  const seen: (readonly string[])[] = []
  const listening = clock.onChange((suspended) => void seen.push(suspended))
  const [one, two] = [clock.suspend('api'), clock.suspend('worker')]
  one[Symbol.dispose]()
  vi.advanceTimersByTime(1_000)
  expect(clock.suspended).toEqual(['worker'])
  expect(calls).toEqual([])
  two[Symbol.dispose]()
  vi.advanceTimersByTime(10)
  expect(calls).toHaveLength(1)
  listening[Symbol.dispose]()
  clock.suspend('again')[Symbol.dispose]()
  expect(seen).toEqual([['api'], ['api', 'worker'], ['worker'], []])
})

test('a timer that waits for the clock to go on keeps the process alive, and can be disposed', () => {
  const { clock, calls, timer } = withTimer(10)
  const suspended = clock.suspend('a')
  vi.advanceTimersByTime(1_000)
  // The beat, and the timer itself.
  expect(vi.getTimerCount()).toBe(2)
  timer[Symbol.dispose]()
  expect(vi.getTimerCount()).toBe(0)
  suspended[Symbol.dispose]()
  vi.advanceTimersByTime(1_000)
  expect(calls).toEqual([])
})

test('the time at a breakpoint of this process does not count', () => {
  debug.open = true
  const { clock, calls } = withTimer(1_000)
  vi.advanceTimersByTime(500)
  const before = clock.now()
  stop(90_000)
  expect(clock.now()).toBe(before)
  vi.advanceTimersByTime(499)
  expect(calls).toEqual([])
  vi.advanceTimersByTime(1)
  expect(calls).toHaveLength(1)
})

test('a timer that comes due at a breakpoint does not call before the rest of its time is over', () => {
  debug.open = true
  const { calls } = withTimer(50)
  vi.advanceTimersByTime(20)
  stop(90_000)
  vi.advanceTimersByTime(30)
  expect(calls).toEqual([])
  vi.advanceTimersByTime(50)
  expect(calls).toHaveLength(1)
})

test('the time in which this process was stopped counts when no debugger is open', () => {
  const { clock, calls } = withTimer(1_000)
  const before = clock.now()
  stop(90_000)
  expect(clock.now() - before).toBe(90_000)
  vi.advanceTimersByTime(1_000)
  expect(calls).toHaveLength(1)
})

test('a process that is only busy is not at a breakpoint', () => {
  debug.open = true
  const { clock } = withTimer(1_000)
  const before = clock.now()
  stop(300)
  expect(clock.now() - before).toBe(300)
})

test('a time at a breakpoint during a suspension is counted once', () => {
  debug.open = true
  const { clock, calls } = withTimer(1_000)
  const before = clock.now()
  const suspended = clock.suspend('a')
  stop(90_000)
  suspended[Symbol.dispose]()
  expect(clock.now()).toBe(before)
  vi.advanceTimersByTime(999)
  expect(calls).toEqual([])
  vi.advanceTimersByTime(1)
  expect(calls).toHaveLength(1)
})

test('a timer without an end never calls', () => {
  const clock = createWaitClock(time)
  const call = vi.fn()
  clock.timer(Number.POSITIVE_INFINITY, call)
  clock.timer(2 ** 31, call)
  vi.advanceTimersByTime(60_000)
  expect(call).not.toHaveBeenCalled()
  expect(vi.getTimerCount()).toBe(0)
})
