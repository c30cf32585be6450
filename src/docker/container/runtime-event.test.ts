import { expect, test } from 'vitest'
import type { EventJson } from '../api/api-types.ts'
import { carries, runtimeEvent } from './runtime-event.ts'

const event = (Action: string, more: Partial<EventJson> = {}): EventJson => ({
  Type: 'container',
  Action,
  Actor: { ID: 'c1', Attributes: {} },
  timeNano: 5e6,
  ...more,
})

test('runtimeEvent returns the health of Docker’s and of Podman’s events', () => {
  const health = (healthy: boolean) => ({ kind: 'health', container: 'c1', healthy, timeMs: 5 })
  expect(runtimeEvent(event('health_status: healthy'))).toEqual(health(true))
  expect(runtimeEvent(event('health_status: unhealthy'))).toEqual(health(false))
  expect(runtimeEvent(event('health_status', { HealthStatus: 'healthy' }))).toEqual(health(true))
  expect(runtimeEvent(event('health_status', { HealthStatus: 'unhealthy' }))).toEqual(health(false))
  expect(runtimeEvent(event('health_status', { HealthStatus: 'starting' }))).toBeUndefined()
})

test('runtimeEvent returns the exit code, and undefined for actions that do not matter', () => {
  const Actor = { ID: 'c1', Attributes: { exitCode: '7' } }
  expect(runtimeEvent(event('die', { Actor }))).toMatchObject({ kind: 'exited', exitCode: 7 })
  expect(runtimeEvent(event('exec_create: sh'))).toBeUndefined()
})

test.each(['destroy', 'remove'])('runtimeEvent returns a removal for the action %s', (action) => {
  expect(runtimeEvent(event(action))).toEqual({ kind: 'removed', container: 'c1', timeMs: 5 })
})

test('carries returns whether an event is of a container with all labels', () => {
  const of = (labels: Record<string, string>) =>
    event('start', { Actor: { ID: 'c1', Attributes: { image: 'api', name: 'api', ...labels } } })
  const wanted = { run: 'r1', lane: 'lane_1' }
  expect(carries(of({ ...wanted, service: 'api' }), wanted)).toBe(true)
  expect(carries(of({ run: 'r1' }), wanted)).toBe(false)
  expect(carries(of({ run: 'r1', lane: 'lane_2' }), wanted)).toBe(false)
  expect(carries(of({}), {})).toBe(true)
})
