import type { Address, Outputs } from '../../model/endpoint.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { outputsOf } from '../../plan/outputs.ts'
import type { ServiceState as Shown } from '../context.ts'
import type { Member } from '../group-members.ts'

/** What a test sees of a service. */
export interface ServiceView {
  readonly name: string
  readonly state: Shown | 'unstarted'
  /** Of a program that ended. */
  readonly exitCode?: number
  readonly outputs: Outputs
  readonly env: Readonly<Record<string, string>>
  /** Lane name under which its log lies: the lane's own, or `run`. */
  readonly logLane: string
  readonly logName: string
}

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
  const addresses = (service: string) => addressesOf(memberOf(service), services[service] ?? {})
  return outputsOf(
    name,
    services[name] ?? {},
    'test',
    addresses(name),
    { name: lane },
    services,
    (other, port) => addresses(other)[port],
  )
}

const addressesOf = (
  member: Member | undefined,
  { ports = {} }: ServiceSpec,
): Record<string, Address> => {
  const found: Record<string, Address> = {}
  for (const [port, { port: number, protocol = 'tcp' }] of Object.entries(ports)) {
    const address = member?.published(number, protocol)
    if (address !== undefined) found[port] = address
  }
  return found
}
