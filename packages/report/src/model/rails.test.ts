import { expect, test } from 'vitest'
import { railsOf } from './rails.ts'

test('a wait for the step before is in the first column, and waits that would cross are apart', () => {
  const { rails, width } = railsOf([
    { id: 1, after: [] },
    { id: 2, after: [1] },
    { id: 3, after: [2] },
    { id: 4, after: [1, 3] },
  ])
  expect(rails).toEqual([
    { from: 0, to: 1, column: 0 },
    { from: 1, to: 2, column: 0 },
    { from: 2, to: 3, column: 0 },
    { from: 0, to: 3, column: 1 },
  ])
  expect(width).toBe(2)
})

test('waits for steps that the plan does not have are left out', () => {
  expect(railsOf([{ id: 1, after: [7, 1] }])).toEqual({ rails: [], width: 0 })
})
