import { expect, test } from 'vitest'
import { renderSummary, summarize } from './split-summary.ts'

test('a summary has each lane, the slowest file as the bound, and the used share of the time', () => {
  const lanes = [
    { lane: 'lane_1', ms: 4_000, files: 3, exitCode: 0 },
    { lane: 'lane_12', ms: 2_000, files: 1, exitCode: 2 },
  ]
  const summary = summarize(lanes, { 'a.ts': 500, 'b.ts': 1_800.4 })
  expect(summary).toEqual({
    bound: { file: 'b.ts', ms: 1_800 },
    lanes,
    ms: 4_000,
    efficiency: 0.75,
  })
  expect(renderSummary(summary)).toBe(
    [
      '2 lanes in 4.0 s, efficiency 75 %',
      '  lane_1   4.0 s  3 files',
      '  lane_12  2.0 s  1 file  exit code 2',
      '  bound: 1.8 s, the slowest file b.ts',
    ].join('\n'),
  )
})

test('a run without files has no bound', () => {
  expect(renderSummary(summarize([{ lane: 'lane_1', ms: 0, files: 0, exitCode: 0 }], {}))).toBe(
    '1 lane in 0.0 s, efficiency 100 %\n  lane_1  0.0 s  0 files',
  )
})
