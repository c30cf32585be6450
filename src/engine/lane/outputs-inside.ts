import type { Outputs } from '../../model/endpoint.ts'
import { outputsOf } from '../../plan/outputs.ts'
import type { LaneCore } from './lane-core.ts'
import { addressesFromHere } from './local-env.ts'

/**
 * Returns the outputs of a service with the addresses at which the programs of its lane reach it. Without containers
 * there is no network of the lane: programs use the same addresses as the test.
 */
export const outputsInside = (lane: LaneCore, service: string): Outputs => {
  const services = lane.spec.complete
  const named = { name: lane.name }
  return lane.context.info.processes
    ? outputsOf(
        { services, view: 'test', lane: named, addressOf: addressesFromHere(lane) },
        service,
      )
    : outputsOf({ services, view: 'inside', lane: named }, service)
}
