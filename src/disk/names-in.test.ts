import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { namesIn } from './names-in.ts'

test('a folder has the names of its entries, a missing folder and a file have none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'names-'))
  const file = join(folder, 'a')
  writeFileSync(file, '')
  expect(namesIn(folder)).toEqual(['a'])
  expect(namesIn(join(folder, 'missing'))).toEqual([])
  expect(namesIn(file)).toEqual([])
})
