import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createRedactor } from '../trace/write/redact.ts'
import { openRunRecord } from '../trace/write/run-record.ts'
import { openFileOrder } from './file-order.ts'

const project = () => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-file-order-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  writeFileSync(join(root, 'package.json'), '{}')
  return root
}

const paths = (root: string, ...names: string[]) =>
  names.map((name) => ({ path: join(root, name) }))

test('files that have run are ordered by their times, the longest first', () => {
  const root = project()
  const files = paths(root, 'test/a.ts', 'test/b.ts', 'test/c.ts')
  const times = files.map((file, index) => ({ ...file, ms: [10, 900, 400][index] ?? 0 }))
  expect(openFileOrder(root).record(times)).toBeUndefined()
  const order = openFileOrder(join(root, 'test')).order(files, 1)
  expect(order).toEqual([files[1], files[2], files[0]])
})

test('files that have not run are ordered by size', () => {
  const root = project()
  const files = [
    { path: join(root, 'a.ts'), bytes: 10 },
    { path: join(root, 'b.ts'), bytes: 30 },
  ]
  expect(openFileOrder(root).order(files, 4)).toEqual(files.toReversed())
})

test('files whose tests ask for one environment follow each other in the next run', () => {
  const root = project()
  const files = paths(root, 'a.ts', 'b.ts', 'c.ts', 'd.ts')
  const first = openFileOrder(root)
  using record = openRunRecord(root, 'r1', createRedactor())
  const { events } = record
  for (const [index, { path }] of files.entries()) {
    const x = `${index}#0`
    const test = events.span('test', {
      x,
      l: 'lane_1',
      id: x,
      retry: 0,
      file: path,
      titlePath: [x],
    })
    const mode = index % 2 === 0 ? 'x' : 'y'
    events.write('env.change', { x, l: 'lane_1', s: 'api', diff: { MODE: [null, mode] } })
    test.end({ status: 'passed', touched: ['api'] })
    events.write('lane.reset', { l: 'lane_1', level: 'light', ms: 1 })
  }
  expect(first.record(files.map((file) => ({ ...file, ms: 100 })))).toBeUndefined()
  const order = openFileOrder(root).order(files, 1)
  expect(order.map(({ path }) => files.findIndex((file) => file.path === path) % 2)).toEqual(
    order[0] === files[0] ? [0, 0, 1, 1] : [1, 1, 0, 0],
  )
})
