import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseDurations, renderDurations } from './durations.ts'
import { readDurations, recordDurations } from './store.ts'

test.each([
  ['nothing', ''],
  ['a file that was cut off', '{"version":1,"files":{"a.ts":{"":10'],
  ['another version', '{"version":2,"files":{"a.ts":{"":10}}}'],
  ['an array', '[]'],
])('%s is read as no durations', (_, text) => {
  expect(parseDurations(text)).toEqual({})
})

test('entries that are no times are left out, and others are kept', () => {
  const files = { 'a.ts': { '': 10, x: 'long', y: -1 }, 'b.ts': 7, 'c.ts': { '': 0 } }
  expect(parseDurations(JSON.stringify({ version: 1, files }))).toEqual({
    'a.ts': { '': 10 },
    'c.ts': { '': 0 },
  })
})

test('durations are read as they were written, in the order of names', () => {
  const durations = { 'b.ts': { '': 2 }, 'a.ts': { '': 1, x: 3 } }
  const text = renderDurations(durations)
  expect(parseDurations(text)).toEqual(durations)
  expect(text.indexOf('a.ts')).toBeLessThan(text.indexOf('b.ts'))
})

test('a record replaces the files that ran, keeps others, and replaces a damaged file', () => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-durations-'))
  try {
    expect(readDurations(root)).toEqual({})
    expect(recordDurations(root, { 'a.ts': { '': 1 }, 'b.ts': { '': 2 } })).toBeUndefined()
    recordDurations(root, { 'a.ts': { x: 3.4 } })
    expect(readDurations(root)).toEqual({ 'a.ts': { x: 3 }, 'b.ts': { '': 2 } })
    writeFileSync(join(root, '.mesocosm/durations.json'), '{')
    recordDurations(root, { 'c.ts': { '': 5 } })
    expect(readDurations(root)).toEqual({ 'c.ts': { '': 5 } })
    expect(readFileSync(join(root, '.mesocosm/durations.json'), 'utf8')).toContain('c.ts')
  } finally {
    rmSync(root, { recursive: true })
  }
})

test('durations that cannot be written are a sentence, not an error', () => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-durations-'))
  try {
    writeFileSync(join(root, '.mesocosm'), 'a file in the place of the folder')
    expect(recordDurations(root, { 'a.ts': { '': 1 } })).toMatch(
      /^the durations of the test files were not recorded: /,
    )
  } finally {
    rmSync(root, { recursive: true })
  }
})
