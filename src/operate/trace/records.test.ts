import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findRecord, listRecords } from './records.ts'

let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mesocosm-records-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const write = (name: string, facts: object | string, base = join(root, '.mesocosm/runs')) => {
  const folder = join(base, name)
  mkdirSync(join(folder, 'ev'), { recursive: true })
  const text = typeof facts === 'string' ? facts : JSON.stringify(facts)
  writeFileSync(join(folder, 'run.json'), text)
  return folder
}

const three = () => {
  write('20260101T000000-aaaaaa', {
    id: '20260101T000000-aaaaaa',
    status: 'ended',
    start: 1,
    end: 9,
  })
  write('20260102T000000-bbbbbb', {
    id: '20260102T000000-bbbbbb',
    status: 'running',
    start: 5,
    pid: process.pid,
  })
  write('20260103T000000-cccccc', '{"id": "2026')
}

test('the records of a project are listed, the newest first, also damaged ones', () => {
  three()
  expect(listRecords(root).map(({ run, status }) => `${run} ${status}`)).toEqual([
    '20260102T000000-bbbbbb running',
    '20260101T000000-aaaaaa ended',
    '20260103T000000-cccccc unfinished',
  ])
})

test('a record is found by id, by its beginning, by its folder, and the newest without a name', async () => {
  three()
  const elsewhere = write('shard', { id: 'r9', status: 'ended', start: 3 }, join(root, 'artifacts'))
  const found = async (named?: string) => (await findRecord(root, named)).run
  expect(await found()).toBe('20260102T000000-bbbbbb')
  expect(await found('latest')).toBe('20260102T000000-bbbbbb')
  expect(await found('20260101')).toBe('20260101T000000-aaaaaa')
  expect(await found('20260103T000000-cccccc')).toBe('20260103T000000-cccccc')
  expect(await found(elsewhere)).toBe('r9')
  expect(await found('artifacts/shard')).toBe('r9')
  expect((await findRecord(root, 'shard', join(root, 'artifacts'))).run).toBe('r9')
})

test('a name that fits no record or several is an error that lists them', async () => {
  three()
  await expect(findRecord(root, '202601')).rejects.toMatchObject({
    code: 'TRACE_NOT_FOUND',
    details: expect.arrayContaining(['20260101T000000-aaaaaa  ended']),
  })
  await expect(findRecord(root, './nothing')).rejects.toMatchObject({ code: 'TRACE_NOT_FOUND' })
  await expect(findRecord(join(root, 'empty'))).rejects.toMatchObject({
    message: expect.stringContaining('no run has left a record'),
  })
})

test('the run of a supervisor that was killed is unfinished', () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  write('20260104T000000-dddddd', { id: '20260104T000000-dddddd', status: 'running', pid })
  expect(listRecords(root)).toMatchObject([{ status: 'unfinished' }])
})
