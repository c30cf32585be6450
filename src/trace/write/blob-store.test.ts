import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createBlobStore } from './blob-store.ts'
import { createRedactor } from './redact.ts'

test('text that cannot be kept has no reference, and the fault is reported', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-blob-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'file')
  writeFileSync(file, '')
  const faults: string[] = []
  const blob = createBlobStore(join(file, 'no-folder'), createRedactor(), {
    onFault: (_path, reason) => void faults.push(reason),
  })
  expect(blob('text')).toBeUndefined()
  expect(faults).toEqual([expect.stringContaining('ENOTDIR')])
  expect(readdirSync(folder)).toEqual(['file'])
})
