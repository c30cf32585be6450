import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { LaneView, ServiceView } from '../model/service-view.ts'
import type { RunView } from '../protocol/methods.ts'
import { assertKnown } from './known-service.ts'

/** Which lane to use. */
export interface LaneChoice {
  /** Lane name; default the first lane in which the services run. */
  readonly lane?: string | undefined
  /** Name of the topology; default any. */
  readonly topology?: string | undefined
}

/**
 * Returns the lane of a run that has these services; any lane for none. A lane that is kept for a failed test only if it
 * is named, or if there is no other.
 *
 * @throws {MesocosmError} `LANE_RELEASED` when there is no such lane, `SERVICE_UNKNOWN`.
 */
export const laneOf = (
  view: Pick<RunView, 'lanes'>,
  services: readonly string[],
  { lane, topology }: LaneChoice = {},
): LaneView => {
  const lanes = view.lanes
    .filter(
      (one) =>
        (lane === undefined || one.lane === lane) &&
        (topology === undefined || one.topology === topology),
    )
    .sort((a, b) => Number(a.state === 'kept') - Number(b.state === 'kept'))
  if (lanes.length === 0) throw noLane(view, lane)
  const known = [...new Set(lanes.flatMap((one) => one.services.map(({ name }) => name)))]
  assertKnown(services, known)
  const started = (one: LaneView) => services.every((name) => stateIn(one, name) !== 'unstarted')
  const has = (one: LaneView) => services.every((name) => stateIn(one, name) !== undefined)
  return (lanes.find((one) => has(one) && started(one)) ?? lanes.find(has) ?? lanes[0]) as LaneView
}

// ---

const stateIn = (lane: LaneView, service: string): ServiceView['state'] | undefined =>
  lane.services.find(({ name }) => name === service)?.state

const noLane = ({ lanes }: Pick<RunView, 'lanes'>, lane: string | undefined) =>
  new MesocosmError({
    code: 'LANE_RELEASED',
    message: lane === undefined ? 'no lane of this topology is up' : `lane ${lane} is not up`,
    remedy:
      lanes.length === 0 || lane === undefined
        ? 'start one: `mesocosm up`'
        : `use one of ${lanes.map((one) => one.lane).join(', ')}`,
    facts: { ...(lane === undefined ? {} : { lane }), lanes: lanes.map((one) => one.lane) },
  })
