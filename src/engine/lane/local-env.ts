import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import { reachedServices } from '../../graph/reached.ts'
import type { Address } from '../../model/endpoint.ts'
import { localSpecOf, type ServiceSpec } from '../../model/service-spec.ts'
import { type AddressOf, createLookup, type Lookup, resolveEnv } from '../../plan/outputs.ts'
import { type TelemetrySource, withTelemetryEnv } from '../../plan/telemetry-env.ts'
import { debuggedEnv } from '../debug/launch-program.ts'
import type { Member } from '../group/group-members.ts'
import type { LaneCore } from './lane-core.ts'
import { localSpecNow, localVariables } from './local-program.ts'
import type { ServiceOverrides } from './service-overrides.ts'

/** A service whose program is a process of this machine. */
export interface LocalService {
  readonly name: string
  readonly spec: ServiceSpec
  readonly overrides: ServiceOverrides
  /** Whether the runtime has no containers. */
  readonly processes: boolean
  /** Where it sends spans and logs, and as whom; absent without `telemetry`. */
  readonly telemetry?: { readonly source: TelemetrySource; readonly at: Address }
}

/** Returns addresses as this machine reaches them; those of ports that are not published yet are unknown. */
export const addressesFromHere = (lane: LaneCore): AddressOf => {
  const services = lane.spec.complete
  return (_here, to, port) => {
    const declared = services[to]?.ports?.[port]
    return declared && publishedAt(lane.slot(to).member, declared)
  }
}

/** Returns the address at which this machine reaches a port of a service. */
export const publishedAt = (
  member: Member | undefined,
  { port, protocol = 'tcp' }: { readonly port: number; readonly protocol?: 'tcp' | 'udp' },
) => member?.published(port, protocol)

/** Returns a lookup for the templates of a service that runs as a process of this machine. */
export const lookupFromHere = (lane: LaneCore, name: string): Lookup =>
  createLookup(
    {
      services: lane.spec.complete,
      view: 'test',
      lane: { name: lane.name },
      addressOf: addressesFromHere(lane),
    },
    name,
  )

/** Returns the environment of a process: declared variables, those of its `local` key, and what calls have changed. */
export const localEnvOf = (
  { name, spec, overrides, processes, telemetry }: LocalService,
  lookup: Lookup,
): Readonly<Record<string, string>> => {
  const declared = resolveEnv({ services: { [name]: spec } }, name, lookup)
  const local = localSpecNow(spec, overrides, processes)
  const own = { ...declared, ...(local === undefined ? {} : localVariables(local, lookup)) }
  const env = overrides.env(
    telemetry === undefined ? own : withTelemetryEnv(own, {}, telemetry.source, telemetry.at),
  )
  return debuggedEnv({ name, spec, requests: overrides.debug }, local?.command ?? [], env)
}

/** Resolves when the addresses of shared servers in the environment are known; those of the lane are, by its plan. */
export const localEnvIn = async (
  lane: LaneCore,
  name: string,
): Promise<Readonly<Record<string, string>>> => {
  const shared = reachedServices(lane.spec.complete, name).filter((one) => lane.spec.isShared(one))
  await Promise.all(shared.map((one) => lane.tenancies.ready(one)))
  const { telemetry, run } = lane.context
  const service = localService(lane, name)
  const at = service.spec.telemetry === true ? await telemetry?.here() : undefined
  const source = { service: name, lane: lane.name, run }
  return localEnvOf(
    at === undefined ? service : { ...service, telemetry: { source, at } },
    lookupFromHere(lane, name),
  )
}

/** Returns the environment of a process, or `undefined` while an address in it is unknown. */
export const knownLocalEnv = (
  lane: LaneCore,
  name: string,
): Readonly<Record<string, string>> | undefined =>
  whereKnown(() => localEnvOf(localService(lane, name), lookupFromHere(lane, name)))

/** Returns `undefined` while an address that `read` needs is unknown. */
export const whereKnown = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch (error) {
    if (isMesocosmError(error) && error.code === 'SERVICE_NOT_STARTED') return undefined
    throw error
  }
}

/** Returns the hooks of a service, and the lookup of their values, as its running program needs them. */
export const tasksFor = (
  lane: LaneCore,
  name: string,
  spec: ServiceSpec,
  member: Member | undefined,
): { readonly spec: ServiceSpec; readonly lookup?: Lookup } => {
  if (member?.program?.config.local === undefined) return { spec }
  const tasks = localSpecOf(spec)?.tasks ?? spec.tasks
  const others = addressesFromHere(lane)
  // A tenant that leaves a shared server is no longer among those of the lane.
  const addressOf: AddressOf = (here, to, port) => {
    const declared = to === name ? spec.ports?.[port] : undefined
    return declared === undefined ? others(here, to, port) : publishedAt(member, declared)
  }
  const services = { ...lane.spec.complete, [name]: spec }
  return {
    spec: tasks === undefined ? spec : { ...spec, tasks },
    lookup: createLookup({ services, view: 'test', lane: { name: lane.name }, addressOf }, name),
  }
}

// ---

const localService = (lane: LaneCore, name: string): LocalService => ({
  name,
  spec: lane.spec.complete[name] ?? {},
  overrides: lane.slot(name).overrides,
  processes: lane.context.info.processes === true,
})
