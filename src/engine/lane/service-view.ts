import type { Address, Outputs } from '../../model/endpoint.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import type { ServiceView } from '../../model/service-view.ts'
import { outputsOf } from '../../plan/outputs.ts'
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
