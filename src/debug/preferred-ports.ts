import type { ServiceSpec } from '../model/service-spec.ts'

/** Most services of one language that get ports next to each other. */
const perLane = 10

/**
 * Returns the ports to try for the debugger of a service, best first: the usual one of its language for the first such
 * service of the first lane, the next ones for the others, so that a launch configuration fits the next run, too.
 */
export const preferredPorts = (
  usual: number,
  at: {
    readonly lane: string
    readonly service: string
    /** All services, in declared order. */
    readonly services: Readonly<Record<string, ServiceSpec>>
  },
): readonly number[] => {
  const { kind } = at.services[at.service]?.debug ?? {}
  const alike = Object.entries(at.services).filter(([, { debug }]) => debug?.kind === kind && debug)
  const index = alike.findIndex(([name]) => name === at.service)
  const lane = Number(/_(\d+)$/.exec(at.lane)?.[1] ?? 1)
  const port = usual + (lane - 1) * perLane + Math.max(0, index)
  return index < perLane && port < 65_536 ? [port] : []
}
