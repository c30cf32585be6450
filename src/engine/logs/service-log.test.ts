import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { rowFlag } from '../../trace/event/row-flag.ts'
import type { LogFile, LogRow } from '../../trace/write/log-file.ts'
import { createServiceLog } from './service-log.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Longer than a program pauses within a line. */
const pause = () => vi.advanceTimersByTime(60)

const fixture = () => {
  const written: LogRow[] = []
  const called = { opened: 0, any: 0, closed: 0 }
  const file: LogFile = {
    path: '/log',
    cutter: { cutBefore: (_, atMost) => atMost, longest: 0 },
    write: (lines) => void written.push(...lines),
    [Symbol.dispose]: () => void called.closed++,
  }
  const log = createServiceLog(
    () => {
      called.opened++
      return file
    },
    () => void called.any++,
  )
  const print = (text: string, stream: 'stdout' | 'stderr' = 'stdout') =>
    log.push({ stream, bytes: Buffer.from(text) })
  return { log, print, written, called }
}

test('whole lines are written at once, with their stream; the streams do not mix', () => {
  const { log, print, written, called } = fixture()
  log.begin(false)
  print('one\ntw')
  print('bad\n', 'stderr')
  print('o\n')
  expect(written.map(([, text, fd]) => [text, fd])).toEqual([
    ['one', 1],
    ['bad', 2],
    ['two', 1],
  ])
  expect(called.any).toBe(3)
})

test('the last line is written when the output ends, marked as without a line feed, and only once', () => {
  const { log, print, written } = fixture()
  log.begin(false)
  print('last')
  expect(written).toEqual([])
  log.end()
  log.end()
  expect(written.map(([, text, , flags]) => [text, flags])).toEqual([['last', 1]])
})

test('text without a line feed is written when the program pauses, and again with the rest of its line', () => {
  const { log, print, written, called } = fixture()
  log.begin(true)
  print('ready')
  expect(log.pending).toEqual([])
  print('> ')
  pause()
  expect(log.pending).toEqual(['ready> '])
  expect(log.last()).toEqual(['ready> '])
  print('yes\n')
  expect(log.pending).toEqual([])
  expect(log.last()).toEqual(['ready> yes'])
  expect(log.sinceStart).toEqual(['ready> yes'])
  expect(written.map(([, text, fd, flags]) => [text, fd, flags])).toEqual([
    ['ready> ', 1, rowFlag.partial],
    ['ready> yes', 1, 0],
  ])
  expect(called.any).toBe(2)
  pause()
  expect(written).toHaveLength(2)
})

test('a line that grows slowly is written less often the longer it is', () => {
  const { log, print, written } = fixture()
  log.begin(false)
  for (let dot = 0; dot < 5_000; dot++) {
    print('.')
    vi.advanceTimersByTime(100)
  }
  const bytes = written.reduce((sum, [, text]) => sum + text.length, 0)
  // Every text at once would be 12.5 million characters.
  expect(bytes).toBeLessThan(2_200_000)
  expect(written.at(-1)?.[1].length).toBeGreaterThan(4_900)
})

test('text of a start that has ended is not pending, and a closed log writes nothing more', () => {
  const { log, print, written } = fixture()
  log.begin(true)
  print('half')
  log.begin(true)
  pause()
  expect(log.pending).toEqual([])
  print('later')
  log[Symbol.dispose]()
  pause()
  expect(written).toEqual([])
})

test('pieces of a line that is too long are marked as cut, the last one is not', () => {
  const { log, print, written } = fixture()
  log.begin(false)
  print(`${'x'.repeat(600_000)}\n`)
  expect(written.map(([, text, , flags]) => [text.length, flags])).toEqual([
    [262_144, rowFlag.cut],
    [262_144, rowFlag.cut],
    [75_712, 0],
  ])
})

test('a partial line of one start is not joined with the next start', () => {
  const { log, print, written } = fixture()
  log.begin(false)
  print('half')
  log.begin(false)
  print('whole\n')
  expect(written.map(([, text]) => text)).toEqual(['whole'])
})

test('the file is opened at the first start, and once', () => {
  const { log, called } = fixture()
  expect(called.opened).toBe(0)
  log[Symbol.dispose]()
  expect(called.closed).toBe(0)
  log.begin(false)
  log.begin(false)
  log[Symbol.dispose]()
  expect(called).toMatchObject({ opened: 1, closed: 1 })
})

test('a gap ends the lines before it, and shows in errors where output is missing', () => {
  const { log, print, written } = fixture()
  log.begin(false)
  print('one\nhalf')
  log.gap('cut')
  print('of another\n')
  expect(written.map(([, text, , flags]) => [text, flags])).toEqual([
    ['one', 0],
    ['half', rowFlag.noLineFeed],
    ['output is missing here: cut', rowFlag.gap],
    ['of another', 0],
  ])
  expect(log.last()).toEqual(['one', 'half', '(output is missing here: cut)', 'of another'])
})

test('errors show the last twenty lines', () => {
  const { log, print } = fixture()
  log.begin(false)
  for (let line = 1; line <= 30; line++) print(`line ${line}\n`)
  expect(log.last()).toHaveLength(20)
  expect(log.last()[0]).toBe('line 11')
})

test('lines are kept for probes only with keepLines, until settled', () => {
  const { log, print } = fixture()
  log.begin(false)
  print('not kept\n')
  expect(log.sinceStart).toEqual([])
  log.begin(true)
  print('one\ntwo\n')
  expect(log.sinceStart).toEqual(['one', 'two'])
  log.begin(true)
  expect(log.sinceStart).toEqual([])
  print('three\n')
  log.settled()
  print('four\n')
  expect(log.sinceStart).toEqual([])
})

test('listeners are called for lines, and for text without a line feed after a pause, until they are disposed', () => {
  const { log, print } = fixture()
  let heard = 0
  log.begin(false)
  const listening = log.onLines(() => void heard++)
  print('a')
  expect(heard).toBe(0)
  print('b\nc\n')
  expect(heard).toBe(1)
  print('prompt')
  pause()
  expect(heard).toBe(2)
  listening[Symbol.dispose]()
  print('d\n')
  expect(heard).toBe(2)
})
