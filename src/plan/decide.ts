import type { Dependencies } from '../graph/dependencies.ts'
import { dependents, topologicalOrder } from '../graph/order.ts'
import { type Change, decide, type Role } from './change.ts'
import type { DesiredState, ObservedState } from './desired.ts'

export interface ReconcileOptions {
  /** Services whose program is made anew though nothing about it changed: a deep reset. */
  readonly force?: readonly string[]
  /** Services whose program is ended and started again as it is. */
  readonly restart?: readonly string[]
  /** Where one of these starts in this plan, all that depend on it and run are restarted after it. */
  readonly restartDependentsOf?: readonly string[]
}

/** What must happen to each wanted service, dependencies first. */
export const decideAll = (
  desired: DesiredState,
  observed: ObservedState,
  options: ReconcileOptions,
): Change[] => {
  const graph: Dependencies = Object.fromEntries(
    Object.values(desired.services).map(({ name, dependsOn }) => [name, dependsOn]),
  )
  const changeOf = (name: string, restart?: string): Change[] => {
    const service = desired.services[name]
    if (service === undefined) return []
    return [decide(service, observed.services[name], roleOf(name, desired, options), restart)]
  }
  const order = topologicalOrder(graph)
  const changes = order.flatMap((name) =>
    changeOf(name, options.restart?.includes(name) ? 'restart' : undefined),
  )
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

const roleOf = (name: string, desired: DesiredState, options: ReconcileOptions): Role => {
  const conditions = Object.values(desired.services).map((other) => other.dependsOn[name])
  return {
    awaitedCompletion: conditions.includes('completed'),
    awaitedHealth: conditions.includes('healthy'),
    forced: options.force?.includes(name) ?? false,
  }
}
