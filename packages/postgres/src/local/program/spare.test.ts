import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { noteUse, removeUnused } from './spare.ts'

test('what no server has used for a month is removed, and what one has used is not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-pg-kept-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const now = Date.now()
  const daysAgo = { 'used-again': 40, forgotten: 31, 'forgotten.spare': 40, recent: 29 }
  for (const [name, days] of Object.entries(daysAgo)) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'PG_VERSION'), '18')
    const time = new Date(now - days * 24 * 3_600_000)
    utimesSync(join(folder, name), time, time)
  }
  noteUse(join(folder, 'used-again'))
  noteUse(join(folder, 'missing'))
  removeUnused(folder, now)
  expect(readdirSync(folder).sort()).toEqual(['recent', 'used-again'])
})
