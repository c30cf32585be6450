import { expect, test } from 'vitest'
import { decodeFiles, encodeFiles } from './encode-files.ts'

test('files are the same after they were chunks', () => {
  const files = [
    { name: 'run.json', text: '{"ä": "→"}' },
    { name: 'ev/owner.ndjson', text: '{"k":1}\n{"k":2}\n{"cut' },
    { name: 'ev/empty.ndjson', text: '' },
  ]
  expect(decodeFiles([...encodeFiles(files)])).toEqual(files)
})

test('a file that is longer than a chunk goes on in the next ones, from a line on', () => {
  const line = `${'→'.repeat(400_000)}\n`
  const files = [
    { name: 'a', text: line.repeat(50) },
    { name: 'b', text: `${'y'.repeat(20_000_000)}\n${line}` },
  ]
  const chunks = [...encodeFiles(files)]
  expect(chunks.length).toBeGreaterThan(2)
  const read = decodeFiles(chunks)
  expect(read.map(({ name, text }) => [name, text.length])).toEqual(
    files.map(({ name, text }) => [name, text.length]),
  )
  expect(read[0]?.text === files[0]?.text && read[1]?.text === files[1]?.text).toBe(true)
})

test('no files are no chunks', () => {
  expect([...encodeFiles([])]).toEqual([])
  expect(decodeFiles([])).toEqual([])
})
