import type { Dependencies } from '../graph/dependencies.ts'
import { dependents, topologicalOrder } from '../graph/order.ts'
import { type Change, decide, type Role } from './change.ts'
import type { DesiredState, ObservedState } from './desired.ts'

/** Recreations and restarts that a plan includes although nothing differs. */
export interface ReconcileOptions {
  /** Services whose program is recreated although nothing changed: a deep reset. */
  readonly force?: readonly string[]
  /** Services whose program is restarted as it is. */
  readonly restart?: readonly string[]
  /** Why services are restarted, by name; default `restart`. */
  readonly restartCauses?: Readonly<Record<string, string>>
  /** If one of these starts in this plan, its running dependents are restarted after it. */
  readonly restartDependentsOf?: readonly string[]
}

/** Returns what must happen to each wanted service, dependencies first. */
export const decideAll = (
  desired: DesiredState,
  observed: ObservedState,
  options: ReconcileOptions,
): Change[] => {
  const graph: Dependencies = Object.fromEntries(
    Object.values(desired.services).map(({ name, dependsOn }) => [name, dependsOn]),
  )
  const roles = rolesOf(desired, options)
  const changeOf = (name: string, restart?: string, forced?: string): Change[] => {
    const service = desired.services[name]
    if (service === undefined) return []
    const role = roles(name)
    const roleNow = forced === undefined ? role : { ...role, forced }
    return [decide(service, observed.services[name], roleNow, restart)]
  }
  const order = topologicalOrder(graph)
  const decided = order.flatMap((name) =>
    changeOf(
      name,
      options.restart?.includes(name) ? (options.restartCauses?.[name] ?? 'restart') : undefined,
    ),
  )
  // A process has addresses of this machine, which new sandboxes change.
  const moved = new Set(
    decided.filter(({ sandbox }) => sandbox.make).map(({ service }) => service.name),
  )
  const changes = decided.flatMap((change) => {
    const { name, reaches = [] } = change.service
    const other = reaches.find((one) => moved.has(one))
    if (change.program.make || other === undefined) return [change]
    return changeOf(name, undefined, `the address of ${other} changed`)
  })
  const causes = new Map<string, string[]>()
  for (const root of options.restartDependentsOf ?? []) {
    if (!changes.some(({ service, start }) => service.name === root && start)) continue
    for (const name of dependents(graph, root)) {
      causes.set(name, [...(causes.get(name) ?? []), root])
    }
  }
  return changes.flatMap((change) => {
    const { name } = change.service
    const roots = causes.get(name)
    const runs = observed.services[name]?.program?.status === 'running'
    if (roots === undefined || !runs || change.start !== undefined) return [change]
    return changeOf(name, `depends on ${[...new Set(roots)].join(', ')}`)
  })
}

// ---

/** Returns what other services expect of each service, in one pass over all dependencies. */
const rolesOf = (desired: DesiredState, options: ReconcileOptions): ((name: string) => Role) => {
  const completion = new Set<string>()
  const health = new Set<string>()
  for (const { dependsOn } of Object.values(desired.services))
    for (const [name, condition] of Object.entries(dependsOn)) {
      if (condition === 'completed') completion.add(name)
      if (condition === 'healthy') health.add(name)
    }
  const forced = new Set(options.force)
  return (name) => ({
    awaitedCompletion: completion.has(name),
    awaitedHealth: health.has(name),
    forced: forced.has(name) ? 'deep reset' : undefined,
  })
}
