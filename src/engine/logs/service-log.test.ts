import { expect, test } from 'vitest'
import type { LogFile, StoredLine } from '../../trace/write/log-file.ts'
import { createServiceLog } from './service-log.ts'

const fixture = () => {
  const written: StoredLine[] = []
  const called = { opened: 0, any: 0, closed: 0 }
  const file: LogFile = {
    path: '/log',
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
    ['half', 1],
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

test('listeners are called for whole lines until they are disposed', () => {
  const { log, print } = fixture()
  let heard = 0
  log.begin(false)
  const listening = log.onLines(() => void heard++)
  print('a')
  expect(heard).toBe(0)
  print('b\nc\n')
  expect(heard).toBe(1)
  listening[Symbol.dispose]()
  print('d\n')
  expect(heard).toBe(1)
})
