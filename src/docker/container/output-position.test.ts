import { expect, test } from 'vitest'
import { createOutputPosition } from './output-position.ts'

type Stream = 'stdout' | 'stderr'

const chunk = (text: string | Uint8Array, stream: Stream = 'stdout') => ({
  stream,
  bytes: typeof text === 'string' ? Buffer.from(text) : text,
})

/** Pushes a log in pieces of this size; returns what comes after what was read. */
const rest = (read: string, log: string, size: number): string => {
  const position = createOutputPosition()
  position.add(chunk(read))
  const found: Uint8Array[] = []
  const after = position.after(({ bytes }) => void found.push(bytes))
  const bytes = Buffer.from(log)
  for (let at = 0; at < bytes.length; at += size) after.push(chunk(bytes.subarray(at, at + size)))
  return Buffer.concat(found).toString()
}

test('the rest of a log begins where reading ended, at every byte and for pieces of any size', () => {
  const log = 'eins\n\nzwölf\nzwölf\n\n🦀 last'
  const bytes = Buffer.from(log)
  for (let cut = 0; cut <= bytes.length; cut++)
    for (const size of [1, 2, 3, 7, 100]) {
      const position = createOutputPosition()
      position.add(chunk(bytes.subarray(0, cut)))
      const found: Uint8Array[] = []
      const after = position.after(({ bytes: more }) => void found.push(more))
      for (let at = 0; at < bytes.length; at += size)
        after.push(chunk(bytes.subarray(at, at + size)))
      expect(Buffer.concat([bytes.subarray(0, cut), ...found]).toString()).toBe(log)
      expect(after.reached()).toBe(true)
    }
})

test('the streams have positions of their own', () => {
  const position = createOutputPosition()
  position.add(chunk('a\nb\n'))
  position.add(chunk('x\n', 'stderr'))
  const found: string[] = []
  const after = position.after(
    ({ stream, bytes }) => void found.push(`${stream} ${Buffer.from(bytes)}`),
  )
  after.push(chunk('x\ny\n', 'stderr'))
  after.push(chunk('a\nb\nc\n'))
  expect(found).toEqual(['stderr y\n', 'stdout c\n'])
})

test('a log that is shorter than what was read is not reached', () => {
  const position = createOutputPosition()
  position.add(chunk('a\nb\nc\n'))
  const after = position.after(() => expect.unreachable())
  after.push(chunk('a\nb\n'))
  expect(after.reached()).toBe(false)
})

test('a line that the log has shorter than it was read ends at its line end', () => {
  expect(rest('one\nlonger than', 'one\nshort\nnext\n', 4)).toBe('\nnext\n')
})

test('bytes that the log replaces are skipped, where reading ended within a line', () => {
  const read = Buffer.from([0x6f, 0x0a, 0xff, 0x61, 0xc3, 0xef, 0xbf, 0xbd])
  for (const size of [1, 2, 3, 100]) {
    const position = createOutputPosition()
    position.add(chunk(read))
    const found: Uint8Array[] = []
    const after = position.after(({ bytes }) => void found.push(bytes))
    const log = Buffer.from('o\n\ufffda\ufffd\ufffd\ufffd rest')
    for (let at = 0; at < log.length; at += size) after.push(chunk(log.subarray(at, at + size)))
    expect(Buffer.concat(found).toString()).toBe('\ufffd rest')
  }
})

test('an unfinished line of any length is skipped', () => {
  const line = 'x'.repeat(200_000)
  expect(rest(line, `${line}y\nz`, 16_384)).toBe('y\nz')
})

test('a start continues in the line with which the start before ended', () => {
  const position = createOutputPosition()
  position.add(chunk('one\ntwo'))
  position.add(chunk('one\nt'))
  const found: Uint8Array[] = []
  position.after(({ bytes }) => void found.push(bytes)).push(chunk('one\ntwoone\ntwo'))
  expect(Buffer.concat(found).toString()).toBe('wo')
})
