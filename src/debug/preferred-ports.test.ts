import { expect, test } from 'vitest'
import type { ServiceSpec } from '../model/service-spec.ts'
import { preferredPorts } from './preferred-ports.ts'

const node = { debug: { kind: 'node' } } as const
const services: Readonly<Record<string, ServiceSpec>> = {
  db: {},
  api: node,
  jobs: { debug: { kind: 'python' } },
  worker: node,
}

test('services of one language get the usual port and those after it, in declared order', () => {
  const portOf = (service: string, usual: number) =>
    preferredPorts(usual, { lane: 'lane_1', service, services })
  expect(portOf('api', 9_229)).toEqual([9_229])
  expect(portOf('worker', 9_229)).toEqual([9_230])
  expect(portOf('jobs', 5_678)).toEqual([5_678])
})

test('lanes have ports of their own', () => {
  const portOf = (lane: string) => preferredPorts(9_229, { lane, service: 'worker', services })
  expect(portOf('lane_2')).toEqual([9_240])
  expect(portOf('lane_11')).toEqual([9_330])
})

test('there is no preferred port where it would be that of another lane, or none', () => {
  const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`s${index}`, node]))
  const portOf = (lane: string, service: string) =>
    preferredPorts(9_229, { lane, service, services: many })
  expect(portOf('lane_1', 's9')).toEqual([9_238])
  expect(portOf('lane_1', 's10')).toEqual([])
  expect(portOf('lane_9999', 's0')).toEqual([])
})
