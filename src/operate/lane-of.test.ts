import { expect, test } from 'vitest'
import type { ServiceView } from '../model/service-view.ts'
import type { RunView } from '../protocol/methods.ts'
import { laneOf } from './lane-of.ts'

const lane = (name: string, topology: string, services: Record<string, ServiceView['state']>) => ({
  lane: name,
  topology,
  held: false,
  state: 'free' as const,
  since: 0,
  services: Object.entries(services).map(([service, state]) => ({
    name: service,
    state,
    outputs: {},
    env: {},
    logLane: name,
    logName: service,
  })),
})

const view: Pick<RunView, 'lanes'> = {
  lanes: [
    lane('lane_1', 'shop', { api: 'ready', db: 'unstarted' }),
    lane('lane_2', 'shop', { api: 'ready', db: 'ready' }),
    lane('lane_3', 'bank', { ledger: 'ready' }),
  ],
}

test('laneOf returns the first lane in which the services run', () => {
  expect(laneOf(view, []).lane).toBe('lane_1')
  expect(laneOf(view, ['api', 'db']).lane).toBe('lane_2')
  expect(laneOf(view, ['ledger']).lane).toBe('lane_3')
})

test('laneOf considers only the named lane or topology', () => {
  expect(laneOf(view, ['api'], { lane: 'lane_2' }).lane).toBe('lane_2')
  expect(() => laneOf(view, ['ledger'], { topology: 'shop' })).toThrow(/unknown service "ledger"/)
  expect(() => laneOf(view, [], { lane: 'lane_9' })).toThrow(/lane lane_9 is not up/)
})

test('laneOf suggests the nearest name for an unknown service', () => {
  expect(() => laneOf(view, ['leger'])).toThrow(/did you mean "ledger"/)
})
