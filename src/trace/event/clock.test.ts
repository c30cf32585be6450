import { afterEach, expect, test, vi } from 'vitest'
import { now } from './clock.ts'

afterEach(() => void vi.restoreAllMocks())

test('times have fractions and do not go back when the wall clock does', () => {
  const before = now()
  vi.spyOn(Date, 'now').mockReturnValue(before - 3_600_000)
  const after = now()
  expect(after).toBeGreaterThanOrEqual(before)
  expect(after - before).toBeLessThan(60_000)
  expect([before, after, now(), now()].some((time) => !Number.isInteger(time))).toBe(true)
})

test('times follow the wall clock when the process slept with its machine', () => {
  const later = Date.now() + 3_600_000
  vi.spyOn(Date, 'now').mockReturnValue(later)
  expect(now()).toBe(later)
})
