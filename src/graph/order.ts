import { own } from '../model/record.ts'
import type { Dependencies } from './dependencies.ts'

/** Returns all services, each after its dependencies, otherwise in declared order. A cycle is cut where the walk meets it. */
export const topologicalOrder = (graph: Dependencies): string[] => reach(graph, Object.keys(graph))

/** Returns the named services and all their dependencies, in topological order. Unknown names are left out. */
export const closure = (graph: Dependencies, names: Iterable<string>): string[] => {
  const needed = new Set(reach(graph, names))
  return topologicalOrder(graph).filter((name) => needed.has(name))
}

/** Returns the services that depend on one, directly or through others, in topological order. */
export const dependents = (graph: Dependencies, name: string): string[] =>
  topologicalOrder(graph).filter((other) => other !== name && reach(graph, [other]).includes(name))

// ---

/** Depth first, dependencies before their dependents. */
const reach = (graph: Dependencies, from: Iterable<string>): string[] => {
  const seen = new Set<string>()
  const order: string[] = []
  const visit = (name: string): void => {
    const needs = own(graph, name)
    if (needs === undefined || seen.has(name)) return
    seen.add(name)
    for (const other of Object.keys(needs)) visit(other)
    order.push(name)
  }
  for (const name of from) visit(name)
  return order
}
