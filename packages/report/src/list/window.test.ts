import { expect, test } from 'vitest'
import { highest, listWindow, scrollTo } from './window.ts'

test('only rows in view and a few around them are drawn', () => {
  expect(listWindow(1000, 20, 100, 400)).toEqual({ spacer: 20_000, first: 16, end: 29, top: 320 })
  expect(listWindow(3, 20, 100, 0)).toEqual({ spacer: 60, first: 0, end: 3, top: 0 })
})

test('a list that is too high for browsers still reaches its last row', () => {
  const viewport = 500
  const { spacer } = listWindow(2_000_000, 20, viewport, 0)
  expect(spacer).toBe(highest)
  const { first, end, top } = listWindow(2_000_000, 20, viewport, spacer - viewport)
  expect(end).toBe(2_000_000)
  expect(top + (end - first) * 20).toBeCloseTo(spacer)
})

test('scrolling to a row brings it into view, and not further than needed', () => {
  for (const count of [1000, 2_000_000])
    for (const row of [0, 1, 500, count - 1]) {
      const scroll = scrollTo(row, count, 20, 500, 7000)
      const { first, top } = listWindow(count, 20, 500, scroll)
      const y = top + (row - first) * 20 - scroll
      expect(y, `row ${row} of ${count}`).toBeGreaterThanOrEqual(-0.01)
      expect(y).toBeLessThanOrEqual(480.01)
    }
  expect(scrollTo(352, 1000, 20, 500, 7000)).toBe(7000)
})
