import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { outputOf } from './exec-output.ts'
import { createRedactor } from './redact.ts'
import { openRunRecord } from './run-record.ts'

const limit = 8 * 1024

const fixture = (...secrets: string[]) => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-output-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const redactor = createRedactor()
  redactor.add(secrets)
  const record = openRunRecord(root, 'r1', redactor)
  onTestFinished(() => record[Symbol.dispose]())
  const folder = join(record.folder, 'blob')
  return { record, folder, files: () => readdirSync(folder) }
}

test('output of up to 8 KiB is in the entry alone', () => {
  const { record, files } = fixture()
  const stdout = 'x'.repeat(limit)
  expect(outputOf(record, { stdout, stderr: '' })).toEqual({ stdout, stderr: '' })
  expect(files()).toEqual([])
})

test('the whole of longer output is in a file that only its owner can read', () => {
  const { record, folder, files } = fixture()
  const stderr = `${'é'.repeat(limit)}end`
  const { blobs, ...inline } = outputOf(record, { stdout: 'short', stderr })
  const sha256 = createHash('sha256').update(stderr).digest('hex')
  expect(inline).toEqual({ stdout: 'short', stderr: 'é'.repeat(limit) })
  expect(blobs).toEqual({ stderr: { sha256, bytes: Buffer.byteLength(stderr) } })
  expect(files()).toEqual([sha256])
  expect(readFileSync(join(folder, sha256), 'utf8')).toBe(stderr)
  expect(statSync(join(folder, sha256)).mode & 0o777).toBe(0o600)
})

test('the same output is written once', () => {
  const { record, folder, files } = fixture()
  const output = { stdout: 'y'.repeat(limit + 1), stderr: '' }
  const { blobs } = outputOf(record, output)
  const path = join(folder, String(blobs?.stdout?.sha256))
  const { ino } = statSync(path)
  expect(outputOf(record, output).blobs).toEqual(blobs)
  expect(files()).toHaveLength(1)
  expect(statSync(path).ino).toBe(ino)
})

test('the end of output that the engine cut has no part of a secret', () => {
  const { record, folder, files } = fixture('correct-horse-battery')
  const stdout = `${'z'.repeat(2 * limit)} correct-horse-batt`
  const truncated = { stdout: true, stderr: false }
  expect(outputOf(record, { stdout, stderr: '', truncated })).toMatchObject({ truncated })
  const text = readFileSync(join(folder, files()[0] ?? ''), 'utf8')
  expect(text).toBe(`${'z'.repeat(2 * limit)} `)
})

test('a secret is neither in the file nor, where the entry is cut, half in the entry', () => {
  const secret = 'correct-horse-battery'
  const { record, folder, files } = fixture(secret)
  const stdout = `${'z'.repeat(limit - 8)}${secret}${'z'.repeat(limit)}${secret}`
  const inline = outputOf(record, { stdout, stderr: '' })
  expect(inline.stdout).not.toContain('correct')
  expect(inline.stdout).toHaveLength(limit)
  const [name = ''] = files()
  const text = readFileSync(join(folder, name), 'utf8')
  expect(text).not.toContain('correct')
  expect(name).toBe(createHash('sha256').update(text).digest('hex'))
})
