import type { DesiredService, DesiredState } from '../../plan/desired.ts'
import type { LaneCore } from './lane-core.ts'
import type { LaneSpec } from './lane-spec.ts'
import { knownLocalEnv } from './local-env.ts'
import { toDesiredService } from './to-desired-service.ts'

/** Another spec of the lane, and the services of it that are wanted. */
interface Wanted {
  readonly spec: LaneSpec
  readonly wanted: ReadonlySet<string>
}

/** Returns what the lane's group should look like now, or with another spec. */
export const desiredLane = (lane: LaneCore, as: Wanted = lane): DesiredState => ({
  group: lane.name,
  services: Object.fromEntries(
    lane.removed
      ? []
      : [...as.wanted].flatMap((name) => {
          const service = desiredService(lane, name, as)
          return service === undefined ? [] : [[name, service] as const]
        }),
  ),
})

/** Returns `undefined` for a shared service, and for one that could not be resolved. */
export const desiredService = (
  lane: LaneCore,
  name: string,
  { spec, wanted }: Wanted = lane,
): DesiredService | undefined => {
  const resolved = spec.resolved(name)
  if (resolved === undefined || spec.isShared(name)) return undefined
  const inGroup = Object.entries(spec.graph[name] ?? {}).filter(
    ([other]) => wanted.has(other) && !spec.isShared(other),
  )
  return toDesiredService({
    name,
    resolved,
    services: spec.complete,
    lane: { name: lane.name },
    overrides: lane.overrides(name),
    crashed: lane.group.members.get(name)?.program?.crashed ?? false,
    dependsOn: Object.fromEntries(inGroup),
    telemetry: { lane: lane.name, run: lane.context.run },
    processes: lane.context.info.processes,
  })
}

/** Returns the environment that a service has, or would be started with. */
export const environmentOf = (lane: LaneCore, name: string): Readonly<Record<string, string>> => {
  if (!lane.wanted.has(name)) return {}
  const server = lane.tenancies.server(name)
  if (server !== undefined) return lane.shared.env(server)
  const program = desiredService(lane, name)?.program
  if (program === undefined) return {}
  return (program.local === undefined ? undefined : knownLocalEnv(lane, name)) ?? program.env
}

/** Returns what differs between two environments, each value before and after; `null` where the variable is not set. */
export const differenceOf = (
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Record<string, (string | null)[]> =>
  Object.fromEntries(
    [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((key) => before[key] !== after[key])
      .map((key) => [key, [before[key] ?? null, after[key] ?? null]]),
  )
