import { expect, test } from 'vitest'
import { levelOf } from '../trace/read/level.ts'
import { type LineFilter, lineFilter, type ReadLine } from './line-filter.ts'

const line = (text: string, time = 0, more: Partial<ReadLine> = {}): ReadLine => {
  const level = levelOf(text)
  return {
    time,
    text,
    stream: 'stdout',
    service: 'api',
    lane: 'lane_1',
    ...(level === undefined ? {} : { level }),
    ...more,
  }
}

const kept = (filter: LineFilter, lines: readonly ReadLine[]) =>
  lines.filter(lineFilter(filter)).map(({ text }) => text)

test('a filter without parts keeps everything', () => {
  expect(kept({}, [line('a'), line('b')])).toEqual(['a', 'b'])
})

test('since leaves out earlier lines', () => {
  expect(kept({ since: 2 }, [line('a', 1), line('b', 2)])).toEqual(['b'])
})

test('every part of grep must be in the line: strings in any case, patterns as they are', () => {
  const lines = [line('Order 1 paid'), line('order 2 PAID'), line('order 3 open')]
  expect(kept({ grep: ['ORDER', 'paid'] }, lines)).toEqual(['Order 1 paid', 'order 2 PAID'])
  expect(kept({ grep: [/paid/g] }, [lines[0] as ReadLine, lines[0] as ReadLine])).toHaveLength(2)
})

test('a level keeps worse ones and stacks, and no lines of other services in between', () => {
  const lines = [
    line('INFO started'),
    line('TypeError: no'),
    line('    at run (a.js:1:1)'),
    line('    indented', 0, { service: 'worker' }),
    line('WARN slow'),
    line('plain'),
    line('    at later (b.js:1:1)'),
  ]
  expect(kept({ level: 'error' }, lines)).toEqual(['TypeError: no', '    at run (a.js:1:1)'])
  expect(kept({ level: 'warn' }, lines)).toEqual([
    'TypeError: no',
    '    at run (a.js:1:1)',
    'WARN slow',
  ])
})

test('a gap of the record is always kept', () => {
  expect(
    kept({ grep: ['x'], level: 'error' }, [line('3 lines are missing', 0, { gap: true })]),
  ).toEqual(['3 lines are missing'])
})
