import { describe, expect, test } from 'vitest'
import { createEventFilter, type SeenContainer } from './event-filter.ts'
import type { ContainerEvent } from './runtime-event.ts'

type Plain = 'started' | 'paused' | 'unpaused' | 'removed'

const at = (timeMs: number, kind: Plain, container = 'a'): ContainerEvent => ({
  kind,
  container,
  timeMs,
})
const exited = (timeMs: number, exitCode = 0): ContainerEvent => ({
  kind: 'exited',
  container: 'a',
  exitCode,
  timeMs,
})
const container = (more: Partial<SeenContainer>): SeenContainer => ({
  id: 'a',
  status: 'running',
  exitCode: 0,
  startedMs: 9,
  finishedMs: 0,
  ...more,
})

/** A filter that has seen these events. */
const after = (...events: readonly ContainerEvent[]) => {
  const filter = createEventFilter()
  for (const event of events) filter.note(event)
  return filter
}

const shown = (events: readonly ContainerEvent[]) =>
  events.map((event) => (event.kind === 'exited' ? `exited ${event.exitCode}` : event.kind))

describe('what an interrupted stream has missed', () => {
  test.each<[string, readonly ContainerEvent[], SeenContainer[], string[]]>([
    ['nothing happened', [at(10, 'started')], [container({})], []],
    ['it was only created', [], [container({ status: 'created' })], []],
    ['it started', [], [container({})], ['started']],
    [
      'it started and exited',
      [],
      [container({ status: 'exited', exitCode: 3, finishedMs: 12 })],
      ['started', 'exited 3'],
    ],
    [
      'it exited',
      [at(10, 'started')],
      [container({ status: 'exited', exitCode: 3, finishedMs: 12 })],
      ['exited 3'],
    ],
    [
      'it exited, and this was seen',
      [at(10, 'started'), exited(12.5)],
      [container({ status: 'exited', finishedMs: 12 })],
      [],
    ],
    [
      'it was started again by another program',
      [at(10, 'started')],
      [container({ startedMs: 20, finishedMs: 15 })],
      ['exited 137', 'started'],
    ],
    [
      'it was started again and exited',
      [at(10, 'started'), exited(12)],
      [container({ status: 'exited', exitCode: 1, startedMs: 20, finishedMs: 25 })],
      ['started', 'exited 1'],
    ],
    ['it was removed', [at(10, 'started')], [], ['exited 137', 'removed']],
    ['it exited before and was removed', [at(10, 'started'), exited(12)], [], ['removed']],
    ['its removal was seen', [at(10, 'started'), exited(12), at(13, 'removed')], [], []],
    ['it was paused', [at(10, 'started')], [container({ status: 'paused' })], ['paused']],
    ['it started and was paused', [], [container({ status: 'paused' })], ['started', 'paused']],
    ['it was unpaused', [at(10, 'started'), at(11, 'paused')], [container({})], ['unpaused']],
    [
      'it is still paused',
      [at(10, 'started'), at(11, 'paused')],
      [container({ status: 'paused' })],
      [],
    ],
  ])('%s', (_, seen, now, expected) => {
    const filter = after(...seen)
    expect(shown(filter.missed(now))).toEqual(expected)
    // Looking again finds nothing new.
    expect(filter.missed(now)).toEqual([])
  })
})

test('an event that the next stream repeats is not news', () => {
  const filter = after(at(10, 'started'), exited(12))
  expect([filter.accept(at(10, 'started')), filter.accept(exited(12))]).toEqual([false, false])
  expect(filter.accept(at(13, 'removed'))).toBe(true)
})

test('an event that was made up is not reported when it arrives late', () => {
  const filter = after(at(10, 'started'))
  filter.missed([container({ status: 'exited', exitCode: 3, finishedMs: 12 })])
  expect(filter.accept(exited(12.5, 3))).toBe(false)
  expect(filter.accept(at(20, 'started'))).toBe(true)
})

test('events before a state that is known are not reported', () => {
  const filter = after(at(10, 'started'))
  expect(shown(filter.missed([container({ startedMs: 20, finishedMs: 15 })]))).toEqual([
    'exited 137',
    'started',
  ])
  expect(filter.accept(exited(15.5))).toBe(false)
  expect(filter.accept(at(20.5, 'started'))).toBe(false)
  expect(filter.accept(exited(30))).toBe(true)
})

test('the last time is that of the latest event of any container', () => {
  const filter = createEventFilter()
  expect(filter.lastMs).toBeUndefined()
  filter.note(at(20, 'started', 'a'))
  filter.note(at(10, 'started', 'b'))
  expect(filter.lastMs).toBe(20)
})

test('a removal that the engine reports twice is news once', () => {
  const filter = createEventFilter()
  filter.note(at(10, 'started'))
  expect([filter.note(at(12, 'removed')), filter.note(at(12.1, 'removed'))]).toEqual([true, false])
  expect(filter.accept(at(12.2, 'removed'))).toBe(false)
  expect(filter.missed([])).toEqual([])
})

test('events of a container that come after its removal was made up are no news', () => {
  const filter = createEventFilter()
  filter.note(at(10, 'started'))
  expect(shown(filter.missed([]))).toEqual(['exited 137', 'removed'])
  expect([filter.accept(exited(12)), filter.accept(at(13, 'removed'))]).toEqual([false, false])
})
