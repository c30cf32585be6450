import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rowFlag } from '../event/row-flag.ts'
import { loadTrace } from '../load-trace.ts'
import { createLogReader, logStart } from '../read/log-reader.ts'
import type { LogRow } from './log-file.ts'
import { createRedactor } from './redact.ts'
import { openRunRecord } from './run-record.ts'

const openRecord = (limitBytes: number) => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-limit-'))
  const record = openRunRecord(root, 'r1', createRedactor(), { limitBytes })
  return {
    record,
    reader: createLogReader(record.logFolder, 'lane_1', 'api'),
    files: () => readdirSync(record.logFolder).sort(),
    [Symbol.dispose]() {
      record[Symbol.dispose]()
      rmSync(root, { recursive: true })
    },
  }
}

const row = (time: number, text: string, flags = 0): LogRow => [time, text, 1, flags]

const mebibyte = 'x'.repeat(1024 * 1024)

test('a reader that follows a service sees its lines also after the record is full', () => {
  using run = openRecord(200)
  const log = run.record.openLog('lane_1', 'api', 'c1')
  log.write([row(1, 'first')])
  const { next } = run.reader.read(logStart)
  log.write([row(2, 'y'.repeat(200))])
  log.write([row(3, 'last')])
  expect(run.reader.read(next).lines.map(({ text }) => text)).toEqual(['y'.repeat(200), 'last'])
  const mark = run.record.lastRow
  log.write([row(4, 'more')])
  expect(run.reader.read(run.reader.after(mark)).lines).toMatchObject([{ text: 'more' }])
})

test('a full record says so once, as an entry', () => {
  using run = openRecord(100)
  const log = run.record.openLog('lane_1', 'api', 'c1')
  for (let time = 0; time < 10; time++) log.write([row(time, 'z'.repeat(50))])
  expect(run.record.blob('long output '.repeat(10))).toBeUndefined()
  const truncated = loadTrace(run.record.folder).events.filter(({ k }) => k === 'trace.truncated')
  expect(truncated).toMatchObject([
    { what: 'logs', limitBytes: 100 },
    { what: 'output', limitBytes: 100 },
  ])
})

test('a full record keeps the last lines of a service, and counts those in between', () => {
  using run = openRecord(1_000)
  const log = run.record.openLog('lane_1', 'api', 'c1')
  log.write([row(0, 'first')])
  for (let time = 1; time <= 20; time++) log.write([row(time, mebibyte)])
  expect(run.files()).toHaveLength(3)
  const { lines } = run.reader.read(logStart)
  const [first, ...others] = lines
  expect(first?.text).toBe('first')
  const gaps = others.filter(({ gap }) => gap)
  const kept = others.filter(({ gap }) => !gap)
  expect(gaps[0]?.text).toMatch(/^4 lines were not recorded: the record of the run is full/)
  expect(kept.length + gaps.length * 4).toBe(20)
  expect(kept.at(-1)?.time).toBe(20)
  expect(kept.length).toBeGreaterThanOrEqual(4)
})

test('a line that is still written does not turn into two when the record gets full', () => {
  using run = openRecord(150)
  const log = run.record.openLog('lane_1', 'api', 'c1')
  log.write([row(1, 'password', rowFlag.partial)])
  log.write([row(1, `password: ${'a'.repeat(200)}`, rowFlag.partial)])
  log.write([row(1, 'password: done')])
  log.write([row(2, 'next')])
  const { lines, open } = run.reader.read(logStart)
  expect(lines.map(({ text }) => text)).toEqual(['password: done', 'next'])
  expect(open).toEqual([])
  expect(run.files()).toHaveLength(2)
})

test('output that is recorded already takes no more space', () => {
  using run = openRecord(20)
  const ref = run.record.blob('ten bytes!')
  expect(ref?.bytes).toBe(10)
  expect(run.record.blob('ten bytes!')).toEqual(ref)
  expect(run.record.blob('ten others')).toBeDefined()
  expect(run.record.blob('too much')).toBeUndefined()
})
