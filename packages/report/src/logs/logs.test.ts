import { expect, test } from 'vitest'
import type { LogTable } from '../../../../src/report/source.ts'
import { fold, traceAt } from './fold.ts'
import { highlight } from './highlight.ts'

/** Each line is `<service>: <text>`. */
const table = (lines: readonly string[]): LogTable =>
  ({
    length: lines.length,
    text: (row: number) => lines[row]?.slice(3) ?? '',
    service: (row: number) => lines[row]?.charCodeAt(0) ?? 0,
    lane: () => 0,
    stream: () => 2,
  }) as unknown as LogTable

const lines = table([
  'w: TypeError: no plan',
  'w:     at take (worker.js:1)',
  'a: POST /orders',
  'w:     at run (worker.js:9)',
  'w: done',
  'a:   indented first',
])
const all = new Uint32Array([0, 1, 2, 3, 4, 5])

test('frames are folded below the line of their service, though others wrote meanwhile', () => {
  const { heads, hidden } = fold(lines, all, new Set())
  expect([...heads]).toEqual([0, 2, 4])
  expect([...hidden]).toEqual([2, 1, 0])
})

test('an opened trace shows its frames', () => {
  expect([...fold(lines, all, new Set([0])).heads]).toEqual([0, 1, 2, 3, 4])
})

test('the trace at a line has all of its frames', () => {
  expect(traceAt(lines, 0)).toEqual([0, 1, 3])
  expect(traceAt(lines, 4)).toEqual([4])
})

test('what was searched for is found in letters of either case', () => {
  const found = (text: string, ...wanted: (string | RegExp)[]) =>
    highlight(text, wanted)
      .map((piece) => (piece.found ? `[${piece.text}]` : piece.text))
      .join('')
  expect(found('GET /a.b get', 'get', '.')).toBe('[GET] /a[.]b [get]')
  expect(found('order 42', /\d+/)).toBe('order [42]')
  expect(found('nothing', /x*/)).toBe('nothing')
})
