import { dependencies } from '../graph/dependencies.ts'
import type { ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import type { DesiredService, DesiredState } from '../plan/desired.ts'
import { reconcile } from '../plan/reconcile.ts'
import { renderPlan, renderTopology } from '../plan/render.ts'

/**
 * Returns the plan for a topology of which nothing is running, as text. Needs no engine.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID` with every fault.
 */
export const planFresh = async (input: TopologySpec): Promise<string> => {
  const { validateTopology } = await import('../schema/validate.ts')
  const spec = validateTopology(input)
  const groups = [group('run', 'run', spec), group('lane_1', 'lane', spec)]
  const plans = groups
    .filter(({ services }) => Object.keys(services).length > 0)
    .map((desired) => reconcile(desired, { network: undefined, services: {} }))
  return [renderTopology(spec), ...plans.map((plan) => `${plan.group}\n${renderPlan(plan)}`)].join(
    '\n',
  )
}

// ---

const group = (name: string, share: 'run' | 'lane', spec: TopologySpec): DesiredState => {
  const inGroup = (service: string) => (spec.services[service]?.share ?? 'lane') === share
  const graph = dependencies(spec)
  const services = Object.entries(spec.services)
    .filter(([service]) => inGroup(service))
    .map(([service, declared]): [string, DesiredService] => {
      const needs = Object.entries(graph[service] ?? {}).filter(([other]) => inGroup(other))
      return [service, desired(service, declared, Object.fromEntries(needs))]
    })
  return { group: name, services: Object.fromEntries(services) }
}

/** Has only what decides about steps; what a program is made from matters when there is one to compare it to. */
const desired = (
  name: string,
  { image = '', ready, stopTimeoutMs = 0, readyTimeoutMs = 0 }: ServiceSpec,
  dependsOn: DesiredService['dependsOn'],
): DesiredService => ({
  name,
  program: { image, imageId: '', env: {}, files: [], mounts: [], tmpfs: {}, labels: {} },
  sandbox: { aliases: [], publish: [] },
  state: 'running',
  disconnected: false,
  dependsOn,
  ready,
  readyTimeoutMs,
  stopTimeoutMs,
})
