import { expect, test } from 'vitest'
import { orderFiles, timedFiles } from './order-files.ts'

test('files run the longest first, those with the declared environment before those of each variant', () => {
  const durations = {
    'a.ts': { '': 10 },
    'b.ts': { '': 30 },
    'c.ts': { 'api MODE=x': 20 },
    'd.ts': { 'api MODE=y': 90 },
    'e.ts': { 'api MODE=x': 80 },
  }
  const files = timedFiles(
    Object.keys(durations).map((file) => ({ file })),
    durations,
  )
  expect(orderFiles(files).map(({ file }) => file)).toEqual([
    'b.ts',
    'a.ts',
    'e.ts',
    'c.ts',
    'd.ts',
  ])
})

test('a file without a duration counts as the mean, by its size', () => {
  const files = [
    { file: 'a.ts', bytes: 100 },
    { file: 'b.ts', bytes: 300 },
    { file: 'c.ts', bytes: 200 },
  ]
  expect(timedFiles(files, { 'a.ts': { '': 100 } })).toEqual([
    { file: 'a.ts', ms: 100, known: true, variant: '' },
    { file: 'b.ts', ms: 150, known: false, variant: '' },
    { file: 'c.ts', ms: 100, known: false, variant: '' },
  ])
})

test('a file whose tests ask for several environments has all of them as its variant, and their sum', () => {
  const [file] = timedFiles([{ file: 'a.ts' }], { 'a.ts': { y: 10, '': 5, x: 20 } })
  expect(file).toMatchObject({ ms: 35, variant: 'x+y' })
})
