import type { Outputs } from '../../model/endpoint.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import type { ServiceView } from '../../model/service-view.ts'
import { type AddressOf, outputsOf } from '../../plan/outputs.ts'
import type { Member } from '../group-members.ts'

export const shownState = (member: Member | undefined): ServiceView['state'] => {
  const program = member?.program
  if (program === undefined) return 'unstarted'
  if (program.status === 'running') return program.ready ? 'ready' : 'starting'
  if (program.status === 'paused') return 'paused'
  if (program.status === 'created') return 'preparing'
  return program.stopped ? 'stopped' : 'exited'
}

/** A service's outputs as the test sees them: what is not published yet is left out. */
export const shownOutputs = (
  name: string,
  lane: string,
  services: Readonly<Record<string, ServiceSpec>>,
  memberOf: (service: string) => Member | undefined,
): Outputs => {
  const addressOf: AddressOf = (_test, to, port) => {
    const declared = services[to]?.ports?.[port]
    return declared && memberOf(to)?.published(declared.port, declared.protocol ?? 'tcp')
  }
  return outputsOf({ services, view: 'test', lane: { name: lane }, addressOf }, name)
}
