import { expect, test } from 'vitest'
import { eventually } from '../../../test/lib/eventually.ts'
import type { Moments } from '../../trace/event/event.ts'
import { openEngineClock } from './engine-clock.ts'

/** A clock over what an engine answers, and the entries that it writes. */
const open = (answer: () => Promise<number>, { directRoute = false, periodMs = 60_000 } = {}) => {
  const entries: Moments['clock'][] = []
  const events = {
    write: (_: string, entry: unknown) => void entries.push(entry as Moments['clock']),
  }
  const clock = openEngineClock({ clock: answer }, { directRoute }, events, periodMs)
  return { clock, entries }
}

test('times of an engine whose clock is ahead are on the clock of this process', async () => {
  const { clock, entries } = open(async () => Date.now() + 3_600_000)
  using _ = clock
  await eventually(() => expect(entries).toHaveLength(1))
  expect(Math.abs((entries[0]?.offsetMs ?? 0) - 3_600_000)).toBeLessThan(60_000)
  const began = Date.now() - 5_000
  expect(Math.abs(clock.toOwn(began + 3_600_000) - began)).toBeLessThan(60_000)
})

test('a difference that is smaller than its error is none', async () => {
  const { clock, entries } = open(async () => {
    const before = Date.now()
    // The answer takes longer than the clocks differ.
    await eventually(() => expect(Date.now() - before).toBeGreaterThan(20))
    return before
  })
  using _ = clock
  await eventually(() => expect(entries).toMatchObject([{ offsetMs: 0 }]))
  expect(clock.toOwn(1_000)).toBe(1_000)
})

test('an engine on this machine is not asked', () => {
  const { clock, entries } = open(() => Promise.reject(new Error('asked')), { directRoute: true })
  using _ = clock
  expect(entries).toEqual([{ source: 'engine', offsetMs: 0, errorMs: 0 }])
  expect(clock.toOwn(1_000)).toBe(1_000)
})

test('no time is in the future, and a clock that was set is compared again', async () => {
  let aheadMs = 0
  const { clock, entries } = open(async () => Date.now() + aheadMs, { periodMs: 5 })
  using _ = clock
  expect(clock.toOwn(Date.now() + 60_000)).toBeLessThanOrEqual(Date.now() + 1)
  await eventually(() => expect(entries.map(({ offsetMs }) => offsetMs)).toEqual([0]))
  aheadMs = 3_600_000
  await eventually(() => expect(entries.at(-1)?.offsetMs).toBeGreaterThan(3_000_000))
})

test('an engine that does not answer leaves the clock as it is', async () => {
  let asked = 0
  const { clock, entries } = open(
    () => {
      asked++
      return Promise.reject(new Error('busy'))
    },
    { periodMs: 5 },
  )
  using _ = clock
  await eventually(() => expect(asked).toBeGreaterThan(2))
  expect(entries).toEqual([])
  expect(clock.toOwn(1_000)).toBe(1_000)
})
