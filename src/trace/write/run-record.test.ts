import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createRedactor } from './redact.ts'
import { openRunRecord } from './run-record.ts'

const fixture = () => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-record-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const runs = join(root, '.mesocosm', 'runs')
  const open = (id: string, redactor = createRedactor()) => {
    const record = openRunRecord(root, id, redactor)
    onTestFinished(() => record[Symbol.dispose]())
    return record
  }
  const facts = (id: string) => JSON.parse(readFileSync(join(runs, id, 'run.json'), 'utf8'))
  return { root, runs, open, facts }
}

test('run.json says running, then ended, and keeps all facts', () => {
  const { open, facts } = fixture()
  const record = open('20260101-a')
  expect(facts('20260101-a')).toMatchObject({ v: 1, id: '20260101-a', status: 'running' })
  record.describe({ pid: 1 })
  record.describe({ engine: { name: 'memory' } })
  record[Symbol.dispose]()
  expect(facts('20260101-a')).toMatchObject({
    status: 'ended',
    pid: 1,
    engine: { name: 'memory' },
    end: expect.any(Number),
  })
})

test('the record is ignored by git and run.json has no secrets', () => {
  const { root, open, facts } = fixture()
  const redactor = createRedactor()
  redactor.add(['hunter2'])
  open('20260101-a', redactor).describe({ command: 'run hunter2' })
  expect(readFileSync(join(root, '.mesocosm', '.gitignore'), 'utf8')).toBe('*\n')
  expect(facts('20260101-a').command).toBe('run •••')
})

test('`latest` points to the newest run', () => {
  const { root, runs, open } = fixture()
  open('20260101-a')
  open('20260102-b')
  const latest = join(root, '.mesocosm', 'latest')
  expect(realpathSync(latest)).toBe(realpathSync(join(runs, '20260102-b')))
  expect(readdirSync(join(root, '.mesocosm')).sort()).toEqual(['.gitignore', 'latest', 'runs'])
})

test('the newest thirty earlier runs are kept', () => {
  const { runs, open } = fixture()
  for (let day = 1; day <= 35; day++)
    mkdirSync(join(runs, `202601${String(day).padStart(2, '0')}-x`), { recursive: true })
  open('20260201-now')
  const left = readdirSync(runs).sort()
  expect(left).toHaveLength(31)
  expect(left[0]).toBe('20260106-x')
  expect(left.at(-1)).toBe('20260201-now')
})

test('files, links and folders with other names among the runs are kept', () => {
  const { root, runs, open } = fixture()
  for (let day = 1; day <= 31; day++)
    mkdirSync(join(runs, `202601${day + 10}-x`), { recursive: true })
  const target = join(root, 'target')
  mkdirSync(target)
  writeFileSync(join(target, 'kept'), '')
  symlinkSync(target, join(runs, '20250101-link'), 'junction')
  writeFileSync(join(runs, '20250101-file'), '')
  for (const name of ['0-baseline', '2025', 'baseline']) mkdirSync(join(runs, name))
  open('20260201-now')
  const left = readdirSync(runs)
  for (const name of ['20250101-link', '20250101-file', '0-baseline', '2025', 'baseline'])
    expect(left).toContain(name)
  expect(left.filter((name) => name.startsWith('2026'))).toHaveLength(31)
  expect(readdirSync(target)).toEqual(['kept'])
})

test('an old run is kept while its supervisor lives', () => {
  const { runs, open } = fixture()
  const old = (id: string, pid: number) => {
    mkdirSync(join(runs, id), { recursive: true })
    writeFileSync(join(runs, id, 'run.json'), JSON.stringify({ status: 'running', pid }))
  }
  old('20250101-warm', process.pid)
  old('20250101-killed', 2 ** 30)
  for (let day = 1; day <= 31; day++) mkdirSync(join(runs, `202601${day + 10}-x`))
  open('20260201-now')
  expect(existsSync(join(runs, '20250101-warm'))).toBe(true)
  expect(existsSync(join(runs, '20250101-killed'))).toBe(false)
})

test('every container has a log file whose path is known in advance', () => {
  const { open } = fixture()
  const record = open('20260101-a')
  const path = record.logPath('lane_1', 'api', 'abcdef0123456789')
  expect(existsSync(path)).toBe(false)
  expect(record.openLog('lane_1', 'api', 'abcdef0123456789').path).toBe(path)
  record.openLog('lane_1', 'api', 'fedcba9876543210')
  const seqs = readdirSync(record.logFolder)
    .map((name) => readFileSync(join(record.logFolder, name), 'utf8').split('\n')[0] as string)
    .map((head) => JSON.parse(head).seq)
  expect(seqs.sort()).toEqual([1, 2])
})
