import { expect, test } from 'vitest'
import type { TraceEvent } from '../../trace/event/event.ts'
import { statesOf } from './states.ts'

const at = (
  t: number,
  s: string,
  state: string,
  more: Partial<TraceEvent<'svc.state'>> = {},
): TraceEvent => ({ k: 'svc.state', t, l: 'lane_1', s, state, container: 'c1', ...more })

const shown = (events: readonly TraceEvent[]) =>
  statesOf(events, { start: 1000, end: 2000, lane: 'lane_1' }).map(
    ({ service, state, by, at }) => `${service} ${state} ${by ?? '-'} ${at}`,
  )

test('the state of a service is the last one before the end of the test', () => {
  expect(
    shown([
      at(900, 'api', 'started'),
      at(1500, 'api', 'exited', { exitCode: 1, by: 'crash' }),
      at(2500, 'api', 'started', { container: 'c2' }),
    ]),
  ).toEqual(['api exited crash 500'])
})

test('the removal of a replaced program says nothing about the one that runs', () => {
  expect(
    shown([
      at(900, 'api', 'started'),
      at(1100, 'api', 'started', { container: 'c2' }),
      at(1200, 'api', 'exited', { by: 'stop' }),
      at(1300, 'api', 'removed'),
    ]),
  ).toEqual(['api started - 100'])
})

test('shared servers count, other lanes and what was removed before the test do not', () => {
  expect(
    shown([
      at(800, 'old', 'started'),
      at(850, 'old', 'removed'),
      at(900, 'db', 'started', { l: 'run' }),
      at(950, 'api', 'started', { l: 'lane_2' }),
      at(1100, 'extra', 'started'),
      at(1200, 'extra', 'removed'),
    ]),
  ).toEqual(['db started - -100', 'extra removed - 200'])
})

test('health is added to what the program does', () => {
  const [state] = statesOf(
    [at(900, 'api', 'started'), at(1100, 'api', 'healthy', { healthy: true })],
    { start: 1000, end: 2000, lane: 'lane_1' },
  )
  expect(state).toMatchObject({ state: 'started', healthy: true })
})
