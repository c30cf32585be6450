import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadTrace } from './load-trace.ts'
import { createRedactor } from './write/redact.ts'
import { openRunRecord } from './write/run-record.ts'

const project = () => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-load-trace-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  return root
}

test('the record of a run that is still being written is loaded', () => {
  const root = project()
  using record = openRunRecord(root, 'r1', createRedactor())
  record.events.write('run.start', { engine: { name: 'memory' }, root, pid: process.pid })
  record.events.span('exec', { s: 'api', argv: ['true'] })
  const { run, root: tree } = loadTrace(join(root, '.mesocosm', 'latest'))
  expect(run).toMatchObject({ id: 'r1', root, status: 'running' })
  expect(tree.children).toMatchObject([{ name: 'exec api: true', status: 'unfinished' }])
})

test('a folder without a record is an error that names it', () => {
  const root = project()
  expect(() => loadTrace(root)).toThrow(
    expect.objectContaining({ code: 'TRACE_NOT_FOUND', facts: { runFolder: root } }),
  )
})
