import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openLogFile } from '../write/log-file.ts'
import { createRedactor } from '../write/redact.ts'
import { createLogReader, logStart } from './log-reader.ts'

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const open = (folder: string, seq: number, service = 'api', redactor = createRedactor()) =>
  openLogFile(folder, { lane: 'lane_1', service, container: `container${seq}`, seq }, redactor)

const texts = (lines: readonly { readonly text: string }[]) => lines.map(({ text }) => text)

test('what was written is read, with time, stream and service', () => {
  const folder = newFolder()
  const file = open(folder, 1)
  file.write([
    [1000.5, 'größe\t"x"', 1, 0],
    [1001, 'bad', 2, 1],
  ])
  const { lines } = createLogReader(folder, 'lane_1', 'api').read(logStart)
  expect(lines).toEqual([
    { time: 1000.5, text: 'größe\t"x"', stream: 'stdout', service: 'api' },
    { time: 1001, text: 'bad', stream: 'stderr', service: 'api' },
  ])
})

test('reading continues where it ended, into the files of later containers', () => {
  const folder = newFolder()
  const reader = createLogReader(folder, 'lane_1', 'api')
  const first = open(folder, 1)
  first.write([[1, 'one', 1, 0]])
  const { next } = reader.read(logStart)
  expect(reader.read(next)).toEqual({ lines: [], next })
  first.write([[2, 'two', 1, 0]])
  const second = open(folder, 12)
  second.write([[3, 'three', 1, 0]])
  const more = reader.read(next)
  expect(texts(more.lines)).toEqual(['two', 'three'])
  second.write([[4, 'four', 1, 0]])
  expect(texts(reader.read(more.next).lines)).toEqual(['four'])
  expect(texts(reader.read(logStart).lines)).toEqual(['one', 'two', 'three', 'four'])
})

test('a half-written line is read once, when it is whole', () => {
  const folder = newFolder()
  const file = open(folder, 1)
  file.write([[1, 'whole', 1, 0]])
  const reader = createLogReader(folder, 'lane_1', 'api')
  const row = Buffer.from('[2,"tör'.concat('n",1,0]\n'))
  const half = row.indexOf('ö') + 1
  appendFileSync(file.path, row.subarray(0, half))
  const { lines, next } = reader.read(logStart)
  expect(texts(lines)).toEqual(['whole'])
  appendFileSync(file.path, row.subarray(half))
  expect(texts(reader.read(next).lines)).toEqual(['törn'])
})

test('a file is read once its header is written', () => {
  const folder = newFolder()
  const path = join(folder, 'lane_1.api.c1.ndjson')
  writeFileSync(path, '{"k":"svc.segment","v":1,')
  const reader = createLogReader(folder, 'lane_1', 'api')
  expect(reader.read(logStart)).toEqual({ lines: [], next: logStart })
  appendFileSync(path, '"t":1,"seq":1}\n[1,"one",1,0]\n')
  expect(texts(reader.read(logStart).lines)).toEqual(['one'])
})

test('the end is the position after everything that is written', () => {
  const folder = newFolder()
  const reader = createLogReader(folder, 'lane_1', 'api')
  expect(reader.end()).toEqual(logStart)
  const file = open(folder, 1)
  file.write([[1, 'one', 1, 0]])
  const end = reader.end()
  file.write([[2, 'two', 1, 0]])
  expect(texts(reader.read(end).lines)).toEqual(['two'])
})

test('reading can start at a time within a file or between two', () => {
  const folder = newFolder()
  const reader = createLogReader(folder, 'lane_1', 'api')
  const at = Date.now() + 10_000
  expect(reader.since(at)).toEqual(logStart)
  const file = open(folder, 1)
  file.write([
    [at - 2, 'before', 1, 0],
    [at, 'at', 1, 0],
    [at + 1, 'after', 1, 0],
  ])
  expect(texts(reader.read(reader.since(at)).lines)).toEqual(['at', 'after'])
  expect(texts(reader.read(reader.since(at + 5)).lines)).toEqual([])
  // All files begun since then are read whole.
  expect(texts(reader.read(reader.since(0)).lines)).toEqual(['before', 'at', 'after'])
})

test('lines of services and lanes whose names begin alike are not mixed', () => {
  const folder = newFolder()
  open(folder, 1, 'api').write([[1, 'mine', 1, 0]])
  open(folder, 2, 'api-2').write([[1, 'other', 1, 0]])
  expect(texts(createLogReader(folder, 'lane_1', 'api').read(logStart).lines)).toEqual(['mine'])
  expect(createLogReader(folder, 'lane_2', 'api').read(logStart).lines).toEqual([])
  expect(createLogReader(join(folder, 'gone'), 'lane_1', 'api').end()).toEqual(logStart)
})

test('writing to a closed log file and closing it again are no-ops', () => {
  const folder = newFolder()
  const file = open(folder, 1)
  file[Symbol.dispose]()
  file[Symbol.dispose]()
  file.write([[1, 'late', 1, 0]])
  expect(createLogReader(folder, 'lane_1', 'api').read(logStart).lines).toEqual([])
})

test('secrets are not written to log files', () => {
  const folder = newFolder()
  const redactor = createRedactor()
  redactor.add(['hunter2'])
  const file = open(folder, 1, 'api', redactor)
  file.write([[1, 'password=hunter2&x', 1, 0]])
  expect(readFileSync(file.path, 'utf8')).not.toContain('hunter2')
  expect(createLogReader(folder, 'lane_1', 'api').read(logStart).lines).toMatchObject([
    { text: 'password=•••&x' },
  ])
})
