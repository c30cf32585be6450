import { expect, test } from 'vitest'
import { createLineSplitter, type LinePiece } from './split-lines.ts'

/** Pushes bytes in pieces of this size; the rest as the last element. */
const split = (bytes: Uint8Array, size: number): (string | undefined)[] => {
  const splitter = createLineSplitter()
  const pieces: LinePiece[] = []
  for (let at = 0; at < bytes.length; at += size)
    pieces.push(...splitter.push(bytes.subarray(at, at + size)))
  const rest = splitter.flush()
  return [
    ...pieces.map(({ text }) => text),
    ...(rest.length === 0 ? [undefined] : rest.map(({ text }) => text)),
  ]
}

test('lines are the same however the bytes are split, even within a character', () => {
  const bytes = Buffer.from('größe 🦀\r\nzwei\n\n三 lines\nlast')
  for (const size of [1, 2, 3, 5, 1000])
    expect(split(bytes, size)).toEqual(['größe 🦀', 'zwei', '', '三 lines', 'last'])
})

test('flush returns nothing after a whole line', () => {
  expect(split(Buffer.from('one\n'), 2)).toEqual(['one', undefined])
  expect(split(Buffer.from(''), 2)).toEqual([undefined])
})

test('a carriage return is removed only at the end of a line', () => {
  expect(split(Buffer.from('10 %\r100 %\r\n\r\r\n'), 3)).toEqual(['10 %\r100 %', '\r', undefined])
})

test('an incomplete character at the end is a replacement character', () => {
  expect(split(Buffer.from('ü').subarray(0, 1), 1)).toEqual(['\ufffd'])
})

test('an endless line is split and nothing of it is lost', () => {
  const long = 'x'.repeat(700_000)
  const lines = split(Buffer.from(`${long}\nshort`), 64 * 1024)
  expect(lines.length).toBeGreaterThan(3)
  expect(Math.max(...lines.map((line) => line?.length ?? 0))).toBeLessThanOrEqual(256 * 1024)
  expect(lines.slice(0, -1).join('')).toBe(long)
  expect(lines.at(-1)).toBe('short')
})

test('bytes may be part of a larger buffer', () => {
  const whole = Buffer.from('--hello\n--')
  expect(createLineSplitter().push(new Uint8Array(whole.buffer, whole.byteOffset + 2, 6))).toEqual([
    { text: 'hello', cut: false },
  ])
})

test('what has no line feed yet is pending', () => {
  const splitter = createLineSplitter()
  splitter.push(Buffer.from('one\ntwo\r'))
  expect(splitter.pending).toBe('two')
  splitter.push(Buffer.from('\n'))
  expect(splitter.pending).toBe('')
})

test('a line is cut where its cutter says, once enough of the rest is known', () => {
  const splitter = createLineSplitter({ cutBefore: (_, atMost) => atMost - 10, longest: 100 })
  const most = 256 * 1024
  expect(splitter.push(Buffer.from('x'.repeat(most + 100)))).toEqual([])
  const [first, ...others] = splitter.push(Buffer.from('x\n'))
  expect(first).toEqual({ text: 'x'.repeat(most - 10), cut: true })
  expect(others).toEqual([{ text: 'x'.repeat(111), cut: false }])
})
