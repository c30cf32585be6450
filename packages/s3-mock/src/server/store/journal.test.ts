import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Change } from './change.ts'
import { openJournal, readJournal } from './journal.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 's3-journal-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const gone = (bucket: string): Change => ({ op: 'gone', bucket })
const read = (path: string) => [...(readJournal(path) ?? [])].map(({ bucket }) => bucket)

test('changes are read in the order in which they were added', () => {
  const path = join(folder, 'order')
  expect(readJournal(path)).toBeUndefined()
  const journal = openJournal(path, () => [gone('before')])
  for (const name of ['a', 'ü', '\n']) journal.append(gone(name))
  journal.close()
  expect(read(path)).toEqual(['before', 'a', 'ü', '\n'])
  expect(() => journal.append(gone('late'))).toThrow()
})

test('half a line is passed over, and is no longer there after the next change', () => {
  const path = join(folder, 'torn')
  const first = openJournal(path, () => [])
  first.append(gone('whole'))
  first.close()
  appendFileSync(path, '{"op":"gone","bu')
  expect(read(path)).toEqual(['whole'])
  const second = openJournal(path, () => [gone('whole')])
  second.append(gone('next'))
  second.close()
  expect(readFileSync(path, 'utf8')).not.toContain('"bu\n')
  expect(read(path)).toEqual(['whole', 'next'])
})

test('a file that has become much longer than its state is rewritten', () => {
  const path = join(folder, 'long')
  const state = [gone('state')]
  const journal = openJournal(path, () => state)
  const long = gone('x'.repeat(1024 * 1024))
  for (let count = 0; count < 20; count++) journal.append(long)
  journal.close()
  expect(statSync(path).size).toBeLessThan(8 * 1024 * 1024)
  expect(read(path)[0]).toBe('state')
})
