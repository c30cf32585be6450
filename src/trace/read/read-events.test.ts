import { expect, test } from 'vitest'
import { traceVersion } from '../event/event.ts'
import { readEvents } from './read-events.ts'

const lines = (...entries: readonly object[]) =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')

const head = { k: 'head', t: 1, v: traceVersion, writer: 'client', pid: 7, prefix: 'w7-1' }

test('entries of this version are returned as they are', () => {
  const step = { k: 'step.start', t: 2, i: 'w7-1.1', title: 'sign up', x: 'abc#0' }
  const { events, skipped, version } = readEvents(lines(head, step), 'w.ndjson')
  expect({ events, skipped, version }).toEqual({ events: [head, step], skipped: [], version: 2 })
})

test('a last line that was cut is skipped', () => {
  const { events, skipped } = readEvents(`${lines(head)}{"k":"step.sta`, 'w.ndjson')
  expect(events).toEqual([head])
  expect(skipped).toEqual([{ file: 'w.ndjson', line: 2, reason: 'cut', detail: '{"k":"step.sta' }])
})

test('a last line without its line feed is read if it is whole', () => {
  const { events, skipped } = readEvents(lines(head).trimEnd(), 'w.ndjson')
  expect({ events, skipped }).toEqual({ events: [head], skipped: [] })
})

test('damaged lines and unknown kinds are skipped, and what follows is read', () => {
  const undo = { k: 'undo', t: 5, method: 'add', error: 'gone' }
  const text = `${lines(head)}\0\0\n${lines({ k: 'cap.http', t: 3 }, { k: 'exec.start', t: 4 }, undo)}`
  const { events, skipped } = readEvents(text, 'w.ndjson')
  expect(events).toEqual([head, undo])
  expect(skipped).toMatchObject([
    { line: 2, reason: 'invalid' },
    { line: 3, reason: 'unknown kind', detail: 'cap.http' },
    { line: 4, reason: 'invalid', detail: 'exec.start' },
  ])
})

test('a file of a later version is skipped as a whole', () => {
  const { events, skipped, version } = readEvents(lines({ ...head, v: 3 }), 'w.ndjson')
  expect(events).toEqual([])
  expect(version).toBe(3)
  expect(skipped).toEqual([{ file: 'w.ndjson', line: 0, reason: 'newer', detail: 'version 3' }])
})

test('an empty file has no entries', () => {
  expect(readEvents('', 'w.ndjson')).toMatchObject({ events: [], skipped: [] })
})

const v1 = (...entries: readonly object[]) =>
  readEvents(lines({ k: 'head', t: 1, v: 1, writer: 'supervisor', pid: 9 }, ...entries), 'ev/o')

test('spans of version 1 get ids that are unique in the run', () => {
  const { events, version } = v1(
    { k: 'step.start', t: 2, i: 1, title: 'sign up' },
    { k: 'step.start', t: 3, i: 2, p: 1, title: 'open' },
    { k: 'step.end', t: 4, i: 2, error: 'Error: closed' },
  )
  expect(version).toBe(1)
  expect(events).toMatchObject([
    { k: 'head', v: 2, prefix: 'ev/o' },
    { k: 'step.start', i: 'ev/o#1' },
    { k: 'step.start', i: 'ev/o#2', p: 'ev/o#1' },
    { k: 'step.end', i: 'ev/o#2', error: { message: 'Error: closed' } },
  ])
})

test('a mark of version 1 is a task, a kept image or an undo', () => {
  const { events, skipped } = v1(
    { k: 'mark', t: 2, l: 'lane_1', s: 'db', task: 'reset', argv: ['psql'], exitCode: 0, ms: 3 },
    { k: 'mark', t: 3, prebuilt: 'mesocosm/db:1', ms: 4 },
    { k: 'mark', t: 4, l: 'lane_1', undo: 'add', error: 'Error: gone' },
    { k: 'mark', t: 5, note: 'hello' },
  )
  expect(events.slice(1)).toEqual([
    { k: 'task', t: 2, l: 'lane_1', s: 'db', purpose: 'reset', argv: ['psql'], exitCode: 0, ms: 3 },
    { k: 'prebuilt', t: 3, image: 'mesocosm/db:1', ms: 4 },
    { k: 'undo', t: 4, l: 'lane_1', method: 'add', error: 'Error: gone' },
  ])
  expect(skipped).toMatchObject([{ line: 5, reason: 'unknown kind', detail: 'mark' }])
})

test('a plan of version 1 is a span whose steps are data, and ends with its last step', () => {
  const { events } = v1(
    {
      k: 'plan',
      t: 2,
      l: 'lane_1',
      steps: [
        '#1 start holder api  (new)',
        '#2 start program api  after #1  (depends on db (healthy))',
      ],
    },
    { k: 'plan.step', t: 3, l: 'lane_1', s: 'api', do: 'start holder', status: 'done', ms: 1 },
    { k: 'plan.step', t: 4, l: 'run', s: 'api', do: 'start program', status: 'done', ms: 1 },
    {
      k: 'plan.step',
      t: 5,
      l: 'lane_1',
      s: 'api',
      do: 'start program',
      status: 'failed',
      error: 'x',
    },
  )
  expect(events.slice(1)).toMatchObject([
    {
      k: 'plan.start',
      i: 'ev/o#plan1',
      steps: [
        { id: 1, do: 'start sandbox', service: 'api', after: [], cause: 'new' },
        { id: 2, do: 'start program', after: [1], cause: 'depends on db (healthy)' },
      ],
    },
    { k: 'plan.step', p: 'ev/o#plan1', step: 1, do: 'start sandbox' },
    // Another lane's step belongs to no plan of this lane.
    { k: 'plan.step', l: 'run', step: 0 },
    { k: 'plan.step', p: 'ev/o#plan1', step: 2, error: { message: 'x' } },
    { k: 'plan.end', t: 5, i: 'ev/o#plan1', status: 'failed' },
  ])
})
