import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { probeFileOf, readProbeFile, writeProbeFile } from './probe-file.ts'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesocosm-probe-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a probe file is sorted by key and written only if its content changed', async () => {
  const file = probeFileOf(folder, 'api')
  expect(readProbeFile(file)).toBeUndefined()
  const record = { kind: 'x', argv: ['b', 'a'], answer: { z: [{ y: 1, x: null }], a: true } }
  expect(await writeProbeFile(file, record)).toBe('written')
  const text = readFileSync(file, 'utf8')
  expect(text.replaceAll(/\s+/g, '')).toBe(
    '{"answer":{"a":true,"z":[{"x":null,"y":1}]},"argv":["b","a"],"kind":"x"}',
  )
  expect(text.endsWith('}\n')).toBe(true)
  const { mtimeMs } = statSync(file)
  const turned = { answer: { a: true, z: [{ x: null, y: 1 }] }, argv: ['b', 'a'], kind: 'x' }
  expect(await writeProbeFile(file, turned)).toBe('unchanged')
  // As checked out on Windows.
  writeFileSync(file, text.replaceAll('\n', '\r\n'))
  expect(await writeProbeFile(file, turned)).toBe('unchanged')
  expect(statSync(file).mtimeMs).toBeGreaterThanOrEqual(mtimeMs)
  expect(readProbeFile(file)).toEqual(record)
})
