import { expect, test } from 'vitest'
import type { TraceEvent } from '../trace/event/event.ts'
import { measuredFiles } from './measured.ts'

const start = (i: string, t: number, file: string, l = 'lane_1'): TraceEvent => ({
  k: 'test.start',
  t,
  i,
  l,
  id: i,
  retry: 0,
  file,
  titlePath: [i],
})
const end = (i: string, t: number, l = 'lane_1'): TraceEvent => ({
  k: 'test.end',
  t,
  i,
  l,
  status: 'passed',
  touched: [],
})
const change = (t: number, diff: Record<string, (string | null)[]>, l = 'lane_1'): TraceEvent => ({
  k: 'env.change',
  t,
  l,
  s: 'api',
  diff,
})

test('the time of a file is the sum of its tests', () => {
  const events = [start('a', 0, 'a.ts'), end('a', 10), start('b', 20, 'a.ts'), end('b', 25)]
  expect(measuredFiles(events, (path) => path)).toEqual({ 'a.ts': { '': 15 } })
})

test('the variant of a test is the environment that it set, or found', () => {
  const events = [
    start('a', 0, 'a.ts'),
    change(1, { MODE: [null, 'x'] }),
    end('a', 10),
    start('b', 10, 'b.ts'),
    end('b', 14),
    change(15, { MODE: ['x', null] }),
    start('c', 20, 'a.ts'),
    end('c', 23),
  ]
  expect(measuredFiles(events, (path) => path)).toEqual({
    'a.ts': { 'api MODE=x': 10, '': 3 },
    'b.ts': { 'api MODE=x': 4 },
  })
})

test('a reset restores the declared environment, on its lane alone', () => {
  const events: TraceEvent[] = [
    change(0, { MODE: ['a', 'x'] }),
    change(0, { MODE: ['a', 'y'] }, 'lane_2'),
    { k: 'lane.reset', t: 1, l: 'lane_1', level: 'light', ms: 1 },
    start('a', 2, 'a.ts'),
    end('a', 3),
    start('b', 4, 'b.ts', 'lane_2'),
    end('b', 6, 'lane_2'),
  ]
  expect(measuredFiles(events, (path) => path)).toEqual({
    'a.ts': { '': 1 },
    'b.ts': { 'api MODE=y': 2 },
  })
})

test('a test without end counts for nothing', () => {
  expect(measuredFiles([start('a', 0, 'a.ts')], (path) => path)).toEqual({})
})
