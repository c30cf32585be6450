import { expect, test } from 'vitest'
import { duration } from './duration.ts'

test('duration uses seconds up to two minutes, then minutes, then hours', () => {
  expect([40, 9_940, 9_960, 119_000, 121_000, 7_300_000].map(duration)).toEqual([
    '0.0 s',
    '9.9 s',
    '10 s',
    '119 s',
    '2 min',
    '2 h',
  ])
})
