import type { Outputs } from '../../model/endpoint.ts'
import type { ServiceView } from '../../model/service-view.ts'
import { outputsOf } from '../../plan/outputs.ts'
import type { Member } from '../group/group-members.ts'
import type { LaneCore } from './lane-core.ts'
import { environmentOf } from './lane-desired.ts'
import { addressesFromHere } from './local-env.ts'

/** Returns what a test sees of one service. Throws `SERVICE_UNKNOWN`. */
export const viewOf = (lane: LaneCore, name: string): ServiceView => {
  const { member } = lane.slot(name)
  const exit = member?.program?.exit
  const state = stateOf(member)
  return {
    name,
    state,
    ...progressOf(state, member),
    outputs: outputsSeen(lane, name),
    env: environmentOf(lane, name),
    ...(exit === undefined ? {} : { exitCode: exit.exitCode }),
    ...(member?.program === undefined ? {} : { container: member.program.id.slice(0, 12) }),
    ...logOf(lane, name),
  }
}

/** Returns under which lane and name the record keeps a service's log. */
export const logOf = (lane: LaneCore, name: string) => {
  const { key, shared } = lane.slot(name)
  return { logLane: shared ? lane.shared.group.name : lane.name, logName: key }
}

// ---

const stateOf = (member: Member | undefined): ServiceView['state'] => {
  const program = member?.program
  if (program === undefined) return 'unstarted'
  if (program.status === 'running') return program.ready ? 'ready' : 'starting'
  if (program.status === 'paused') return 'paused'
  if (program.status === 'created') return 'preparing'
  return program.stopped ? 'stopped' : 'exited'
}

const progressOf = (state: ServiceView['state'], member: Member | undefined) => {
  const { program } = member ?? {}
  if (program === undefined || (state !== 'preparing' && state !== 'starting')) return {}
  const { since, awaits } = program
  return {
    forMs: Math.round(performance.now() - since),
    ...(awaits === undefined ? {} : { awaits }),
  }
}

/** Ports that are not published yet are left out. */
const outputsSeen = (lane: LaneCore, name: string): Outputs => {
  const services = lane.spec.complete
  const addressOf = addressesFromHere(lane)
  return outputsOf({ services, view: 'test', lane: { name: lane.name }, addressOf }, name)
}
