import { expect, onTestFinished, test, vi } from 'vitest'
import { createNow, now } from './clock.ts'

test('times have fractions and do not go back when the wall clock does', () => {
  let wall = 10_000
  let elapsed = 10_000.25
  const time = createNow({ wall: () => wall, monotonic: () => elapsed })
  expect(time()).toBe(10_000.25)
  wall -= 3_600_000
  elapsed += 1
  expect(time()).toBe(10_001.25)
})

test('times follow the wall clock when the process slept with its machine', () => {
  const time = createNow({ wall: () => 3_610_000, monotonic: () => 10_000 })
  expect(time()).toBe(3_610_000)
})

test('times do not go back when the wall clock is ahead by about as much as it takes to have slept', () => {
  let wall = 11_000.5
  let elapsed = 10_000
  const time = createNow({ wall: () => wall, monotonic: () => elapsed })
  const first = time()
  wall = 11_000
  elapsed += 0.25
  expect(time()).toBeGreaterThan(first)
})

test('the time is real while a test has fake timers', () => {
  const before = now()
  vi.useFakeTimers({ now: 0 })
  onTestFinished(() => void vi.useRealTimers())
  expect([Date.now(), performance.now()]).toEqual([0, 0])
  expect(performance.timeOrigin).toBe(0)
  // Fractions show that it is the monotonic clock, whose start is faked, too.
  for (let look = 0; look < 100; look++) expect(now()).toBeGreaterThanOrEqual(before)
  expect(now() - before).toBeLessThan(60_000)
})
