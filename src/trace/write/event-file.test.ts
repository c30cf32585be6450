import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openEventFile } from './event-file.ts'
import { createRedactor } from './redact.ts'

const fixture = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-events-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const redactor = createRedactor()
  const file = openEventFile(join(folder, 'owner.ndjson'), 'supervisor', 's', redactor)
  const events = () =>
    readFileSync(file.path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  return { file, events, redactor }
}

test('an event file begins with a head, and every entry is on disk at once with its time', () => {
  const { file, events } = fixture()
  const before = Date.now()
  file.write('undo', { l: 'lane_1', method: 'add', error: 'x' })
  const [head, undo] = events()
  expect(head).toMatchObject({
    k: 'head',
    v: 2,
    writer: 'supervisor',
    pid: process.pid,
    prefix: 's',
  })
  expect(undo).toMatchObject({ k: 'undo', l: 'lane_1', method: 'add' })
  expect(Math.abs(Number(undo?.t) - before)).toBeLessThan(1_000)
})

test('both entries of a span have its id and its origin', () => {
  const { file, events } = fixture()
  const outer = file.span('step', { x: 'a#0', l: 'lane_1', title: 'a' })
  const inner = file.span('step', { x: 'a#0', p: outer.id, s: 'api', title: 'b' })
  inner.end({ error: { message: 'no' } })
  outer.end({})
  expect(events().slice(1)).toMatchObject([
    { k: 'step.start', i: 's.1', title: 'a' },
    { k: 'step.start', i: 's.2', p: 's.1' },
    { k: 'step.end', i: 's.2', p: 's.1', x: 'a#0', s: 'api', error: { message: 'no' } },
    { k: 'step.end', i: 's.1', x: 'a#0', l: 'lane_1' },
  ])
})

test('secrets are not written to event files, even if they were added later', () => {
  const { file, events, redactor } = fixture()
  redactor.add(['hunter2'])
  file.write('run.end', { status: 'env PASSWORD hunter2' })
  expect(events()[1]).toMatchObject({ status: 'env PASSWORD •••' })
})

test('writing to a closed event file and closing it again are no-ops', () => {
  const { file, events } = fixture()
  const span = file.span('step', { title: 'a' })
  file[Symbol.dispose]()
  file[Symbol.dispose]()
  span.end({})
  file.write('run.end', { status: 'ended' })
  expect(events()).toHaveLength(2)
})
