import { expect, test } from 'vitest'
import type { LogFile, StoredLine } from '../../trace/write/log-file.ts'
import { createServiceLog } from './service-log.ts'

const fixture = () => {
  const written: StoredLine[] = []
  const told = { opened: 0, any: 0, closed: 0 }
  const file: LogFile = {
    path: '/log',
    write: (lines) => void written.push(...lines),
    [Symbol.dispose]: () => void told.closed++,
  }
  const log = createServiceLog(
    () => {
      told.opened++
      return file
    },
    () => void told.any++,
  )
  const say = (text: string, stream: 'stdout' | 'stderr' = 'stdout') =>
    log.push({ stream, bytes: Buffer.from(text) })
  return { log, say, written, told }
}

test('whole lines are written at once, with their stream; the streams do not mix', () => {
  const { log, say, written, told } = fixture()
  log.begin(false)
  say('one\ntw')
  say('bad\n', 'stderr')
  say('o\n')
  expect(written.map(([, text, fd]) => [text, fd])).toEqual([
    ['one', 1],
    ['bad', 2],
    ['two', 1],
  ])
  expect(told.any).toBe(3)
})

test('the last line is written when the output ends, marked as without a line feed, and only once', () => {
  const { log, say, written } = fixture()
  log.begin(false)
  say('last')
  expect(written).toEqual([])
  log.end()
  log.end()
  expect(written.map(([, text, , flags]) => [text, flags])).toEqual([['last', 1]])
})

test('a partial line of one start is not joined with the next start', () => {
  const { log, say, written } = fixture()
  log.begin(false)
  say('half')
  log.begin(false)
  say('whole\n')
  expect(written.map(([, text]) => text)).toEqual(['whole'])
})

test('the file is opened at the first start, and once', () => {
  const { log, told } = fixture()
  expect(told.opened).toBe(0)
  log[Symbol.dispose]()
  expect(told.closed).toBe(0)
  log.begin(false)
  log.begin(false)
  log[Symbol.dispose]()
  expect(told).toMatchObject({ opened: 1, closed: 1 })
})

test('errors show the last twenty lines', () => {
  const { log, say } = fixture()
  log.begin(false)
  for (let line = 1; line <= 30; line++) say(`line ${line}\n`)
  expect(log.last()).toHaveLength(20)
  expect(log.last()[0]).toBe('line 11')
})

test('lines are kept for probes only with keepLines, until settled', () => {
  const { log, say } = fixture()
  log.begin(false)
  say('nobody looks\n')
  expect(log.sinceStart).toEqual([])
  log.begin(true)
  say('one\ntwo\n')
  expect(log.sinceStart).toEqual(['one', 'two'])
  log.begin(true)
  expect(log.sinceStart).toEqual([])
  say('three\n')
  log.settled()
  say('four\n')
  expect(log.sinceStart).toEqual([])
})

test('listeners are called for whole lines until they are disposed', () => {
  const { log, say } = fixture()
  let heard = 0
  log.begin(false)
  const listening = log.onLines(() => void heard++)
  say('a')
  expect(heard).toBe(0)
  say('b\nc\n')
  expect(heard).toBe(1)
  listening[Symbol.dispose]()
  say('d\n')
  expect(heard).toBe(1)
})
