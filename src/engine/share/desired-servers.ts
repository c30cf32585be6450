import { dependencies } from '../../graph/dependencies.ts'
import type { Condition, ServiceSpec } from '../../model/service-spec.ts'
import type { DesiredService, DesiredState } from '../../plan/desired.ts'
import type { TelemetrySource } from '../../plan/telemetry-env.ts'
import type { ResolvedService } from '../image/resolve-service.ts'
import type { ServiceOverrides } from '../lane/service-overrides.ts'
import { toDesiredService } from '../lane/to-desired-service.ts'

/** One server that lanes share. */
export interface SharedServer {
  /** Name within the group; the service's own, with a number when lanes declare different ones. */
  readonly key: string
  readonly service: string
  /** What it should be now; it changes with the declaration or the image while no other lane uses the server. */
  spec: ServiceSpec
  resolved: ResolvedService
  services: Readonly<Record<string, ServiceSpec>>
  /** Changes that override its declaration. */
  readonly overrides: ServiceOverrides
  /** Names of the lanes that use it. */
  readonly lanes: Set<string>
}

/** Group and run of the servers, and whether the runtime has no containers. */
export interface ServersSource extends Pick<TelemetrySource, 'lane' | 'run'> {
  readonly processes: boolean
}

/** Returns what the group of servers should look like. */
export const desiredState = (
  source: ServersSource,
  servers: readonly SharedServer[],
): DesiredState => ({
  group: source.lane,
  services: Object.fromEntries(
    servers.map((server) => [server.key, toDesiredServer(source, server, servers)]),
  ),
})

/** Returns what one server should look like. */
export const toDesiredServer = (
  source: ServersSource,
  server: SharedServer,
  servers: readonly SharedServer[],
): DesiredService => {
  const desired = toDesiredService({
    name: server.service,
    resolved: server.resolved,
    services: server.services,
    lane: undefined,
    overrides: server.overrides,
    // The next round restarts a crashed server.
    crashed: false,
    dependsOn: dependsOn(server, servers),
    telemetry: source,
    processes: source.processes,
  })
  const { reaches = [], ...rest } = desired
  const keys = neighbours(server, servers)
    .filter(({ service }) => reaches.includes(service))
    .map(({ key }) => key)
  return { ...rest, ...(reaches.length === 0 ? {} : { reaches: keys }), name: server.key }
}

/** Returns the shared servers that a server needs, by key; a shared server cannot depend on services of a lane. */
const dependsOn = (
  server: SharedServer,
  servers: readonly SharedServer[],
): Record<string, Condition> => {
  const { service, services } = server
  const needed = dependencies({ services })[service] ?? {}
  return Object.fromEntries(
    neighbours(server, servers).flatMap((other) => {
      const condition = Object.hasOwn(needed, other.service) ? needed[other.service] : undefined
      return condition === undefined ? [] : [[other.key, condition] as const]
    }),
  )
}

/** The servers that a lane of this one uses, too; itself among them. */
export const neighbours = (
  { lanes }: SharedServer,
  servers: readonly SharedServer[],
): readonly SharedServer[] =>
  servers.filter((other) => [...other.lanes].some((lane) => lanes.has(lane)))
