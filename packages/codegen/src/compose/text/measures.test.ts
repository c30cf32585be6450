import { expect, test } from 'vitest'
import { mebibytes, milliseconds } from './measures.ts'

test('Compose durations are converted to milliseconds', () => {
  expect(['1m30s', '500ms', '2h', '10', '1.5s', 'soon'].map(milliseconds)).toEqual([
    90_000,
    500,
    7_200_000,
    10_000,
    1_500,
    undefined,
  ])
})

test('Compose sizes are converted to mebibytes', () => {
  expect(['512m', '1g', '1.5gb', '1073741824', '256MiB', '1k', '0', 'much'].map(mebibytes)).toEqual(
    [512, 1024, 1536, 1024, 256, 1, undefined, undefined],
  )
})
