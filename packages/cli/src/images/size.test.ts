import { expect, test } from 'vitest'
import { sizeOf } from './size.ts'

test('sizeOf returns decimal units with at most two digits of what people compare', () => {
  expect([0, 999, 1_200, 77_800_000, 237_000_000, 1_240_000_000].map(sizeOf)).toEqual([
    '0 B',
    '999 B',
    '1.2 kB',
    '78 MB',
    '237 MB',
    '1.2 GB',
  ])
})
