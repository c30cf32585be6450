import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { rowFlag } from '../event/row-flag.ts'
import { openLogFile } from '../write/log-file.ts'
import { createRedactor } from '../write/redact.ts'
import { createLogReader, logStart } from './log-reader.ts'

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Shared by all tests, so no number is 1 by chance. */
const count = { last: 0 }

const open = (folder: string, seq: number, service = 'api', redactor = createRedactor()) =>
  openLogFile(
    folder,
    { lane: 'lane_1', service, container: `container${seq}`, seq },
    { redactor, count },
  )

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
  expect(reader.read(next)).toEqual({ lines: [], numbers: [], open: [], next })
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
  expect(reader.read(logStart)).toEqual({ lines: [], numbers: [], open: [], next: logStart })
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

test('reading can start after a row of the run, in a file or between two', () => {
  const folder = newFolder()
  const reader = createLogReader(folder, 'lane_1', 'api')
  const begun = count.last
  expect(reader.after(begun)).toEqual(logStart)
  const file = open(folder, 1)
  file.write([[9_000, 'before', 1, 0]])
  open(folder, 2, 'db').write([[5, 'of another service', 1, 0]])
  const mark = count.last
  // Its own clock may jump.
  file.write([[5, 'after', 1, 0]])
  open(folder, 3).write([[1, 'in a later file', 1, 0]])
  const from = (row: number) => texts(reader.read(reader.after(row)).lines)
  expect(from(mark)).toEqual(['after', 'in a later file'])
  expect(from(mark + 1)).toEqual(['in a later file'])
  expect(from(count.last)).toEqual([])
  expect(from(begun)).toEqual(['before', 'after', 'in a later file'])
})

test('a line without an end is open until it has ended, and is not read twice', () => {
  const folder = newFolder()
  const file = open(folder, 1)
  const reader = createLogReader(folder, 'lane_1', 'api')
  file.write([[1, 'ready> ', 1, rowFlag.partial]])
  const first = reader.read(logStart)
  expect(first).toMatchObject({ lines: [], open: [{ text: 'ready> ', partial: true }] })
  file.write([[2, 'bad', 2, 0]])
  expect(reader.read(logStart)).toMatchObject({
    lines: [{ text: 'bad' }],
    open: [{ text: 'ready> ' }],
  })
  file.write([[3, 'ready> yes', 1, 0]])
  expect(reader.read(logStart)).toMatchObject({
    lines: [{ text: 'bad' }, { text: 'ready> yes' }],
    open: [],
  })
  expect(texts(reader.read(first.next).lines)).toEqual(['bad', 'ready> yes'])
})

test('a row that cannot be parsed is a gap, and what follows is read', () => {
  const folder = newFolder()
  const file = open(folder, 1)
  file.write([[1, 'one', 1, 0]])
  appendFileSync(file.path, '[2,"to\nnull\n[3]\n')
  file.write([[4, 'two', 1, 0]])
  const reader = createLogReader(folder, 'lane_1', 'api')
  expect(reader.read(logStart).lines).toEqual([
    { time: 1, text: 'one', stream: 'stdout', service: 'api' },
    {
      time: 4,
      text: '3 damaged lines of the record skipped',
      stream: 'stdout',
      service: 'api',
      gap: true,
    },
    { time: 4, text: 'two', stream: 'stdout', service: 'api' },
  ])
  appendFileSync(file.path, '[5,"half')
  const end = reader.end()
  appendFileSync(file.path, '",1,0,99]\n')
  expect(texts(reader.read(end).lines)).toEqual(['half'])
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

test('a line that has not ended does not show the beginning of a secret', () => {
  const folder = newFolder()
  const redactor = createRedactor()
  redactor.add(['hunter2-word'])
  const file = open(folder, 1, 'api', redactor)
  file.write([[1, 'password: hunter2-', 1, rowFlag.partial]])
  expect(readFileSync(file.path, 'utf8')).not.toContain('hunter')
  file.write([[1, 'password: hunter2-word!', 1, 0]])
  const { lines } = createLogReader(folder, 'lane_1', 'api').read(logStart)
  expect(texts(lines)).toEqual(['password: •••!'])
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
