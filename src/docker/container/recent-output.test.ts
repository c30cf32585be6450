import { expect, test } from 'vitest'
import { createRecentOutput } from './recent-output.ts'

/** Whether output that was read in pieces of this size ends like a log. */
const endsLike = (output: string, log: string, size = 1_000): boolean => {
  const recent = createRecentOutput()
  const bytes = Buffer.from(output)
  for (let at = 0; at < bytes.length; at += size) recent.add(bytes.subarray(at, at + size))
  return recent.endsLike(Buffer.from(log))
}

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}\n`).join('')

test.each([1, 7, 1_000, 100_000])(
  'output ends like the end of its log, in pieces of %i',
  (size) => {
    const output = `${lines(1, 5_000)}no line end`
    for (const from of [4_990, 4_000, 1])
      expect(endsLike(output, `${lines(from, 5_000)}no line end`, size)).toBe(true)
    expect(endsLike(output, `e 4999\n${lines(5_000, 5_000)}no line end`, size)).toBe(true)
    expect(endsLike('one\n', '', size)).toBe(true)
  },
)

test('output that lacks lines of the log, or a part of one, does not end like it', () => {
  expect(endsLike(lines(1, 5_000), lines(4_950, 5_001))).toBe(false)
  expect(endsLike(lines(1, 5_000), lines(5_001, 5_050))).toBe(false)
  expect(endsLike(`${lines(1, 5_000)}no`, `${lines(4_990, 5_000)}no line end`)).toBe(false)
  expect(endsLike('', 'one\n')).toBe(false)
})

test('lines that repeat may be later ones', () => {
  expect(endsLike('same\n'.repeat(5_000), 'same\n'.repeat(50))).toBe(false)
  expect(endsLike('a\nb\n'.repeat(5_000), 'a\nb\n'.repeat(25))).toBe(false)
  expect(endsLike('\n\n\n\n', '\n\n')).toBe(false)
})
