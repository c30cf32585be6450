import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/lib/eventually.ts'
import type { TraceMode } from '../model/trace-mode.ts'
import { createRedactor } from '../trace/write/redact.ts'
import { openRunRecord } from '../trace/write/run-record.ts'
import { RunReport } from './run-report.ts'

const open = (trace: TraceMode = 'on') => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-report-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const record = openRunRecord(root, '20261130T010203-abcdef', createRedactor())
  const lines: string[] = []
  const log = (text: string) => void lines.push(text)
  const { folder } = record
  return {
    record,
    lines,
    path: join(folder, 'report.html'),
    report: new RunReport({ folder, trace, log, quietMs: 1 }),
  }
}

test('the report of a run that goes on is there when its last client has left', async () => {
  const { report, path, record } = open()
  report.uses({ kind: 'lease', trace: undefined })
  report.uses({ kind: 'left' })
  await eventually(() => expect(existsSync(path)).toBe(true))
  record[Symbol.dispose]()
  await report.finish()
})

test('a run that ends soon after its last client left has its report written once', async () => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-report-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const program = join(root, 'program.mjs')
  writeFileSync(program, "import { stderr } from 'node:process'\nstderr.write('written')\n")
  const lines: string[] = []
  const log = (text: string) => void lines.push(text)
  for (const graceMs of [300, 5_000]) {
    const report = new RunReport({ folder: root, trace: 'on', log, program, graceMs })
    report.uses({ kind: 'lease', trace: undefined })
    report.uses({ kind: 'left' })
    if (graceMs > 300) await eventually(() => expect(lines).toHaveLength(2))
    await report.finish()
    expect(lines).toHaveLength(graceMs > 300 ? 3 : 1)
  }
})

test('the report is written again when a run has ended', async () => {
  const { report, path, record } = open()
  report.uses({ kind: 'lease', trace: undefined })
  report.uses({ kind: 'free' })
  await eventually(() => expect(existsSync(path)).toBe(true))
  const first = statSync(path).ino
  record.events.write('run.end', { status: 'no client' })
  record[Symbol.dispose]()
  await report.finish()
  expect(statSync(path).ino).not.toBe(first)
  expect(readFileSync(path, 'utf8')).toContain('data-chunk="index"')
})

test('no report is written while a test uses the run, or if none has used it', async () => {
  const { report, path, record } = open()
  report.uses({ kind: 'left' })
  report.uses({ kind: 'lease', trace: undefined })
  report.uses({ kind: 'free' })
  report.uses({ kind: 'lease', trace: 'off' })
  expect(report.mode).toBe('off')
  record[Symbol.dispose]()
  await report.finish()
  expect(existsSync(path)).toBe(false)
})

test('of several clients, the one that keeps most decides', () => {
  const { report, record } = open('off')
  expect(report.mode).toBe('off')
  report.uses({ kind: 'lease', trace: 'retain-on-failure' })
  expect(report.mode).toBe('retain-on-failure')
  report.uses({ kind: 'lease', trace: undefined })
  report.uses({ kind: 'lease', trace: 'off' })
  expect(report.mode).toBe('retain-on-failure')
  report.uses({ kind: 'lease', trace: 'on' })
  expect(report.mode).toBe('on')
  report.uses({ kind: 'free' })
  record[Symbol.dispose]()
})

test('the end of a run does not fail if its report cannot be written', async () => {
  const gone = open()
  gone.record[Symbol.dispose]()
  rmSync(gone.record.folder, { recursive: true })
  await gone.report.finish()
  expect(existsSync(gone.record.folder)).toBe(false)
  expect(gone.lines).toEqual([])
  const { report, record, lines } = open()
  record[Symbol.dispose]()
  rmSync(join(record.folder, 'log'), { recursive: true })
  writeFileSync(join(record.folder, 'log'), 'not a folder')
  rmSync(join(record.folder, 'ev'), { recursive: true })
  await report.finish()
  expect(lines.join()).toMatch(/^no report: .* is not the record of a run/)
})
