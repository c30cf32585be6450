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
export const dependents = (graph: Dependencies, name: string): string[] => {
  const users = usersOf(graph)
  const found = new Set([name])
  // A set is walked in the order of insertion, with what is added meanwhile.
  for (const used of found) for (const user of users.get(used) ?? []) found.add(user)
  return topologicalOrder(graph).filter((other) => other !== name && found.has(other))
}

// ---

/** Depth first, dependencies before their dependents. Without recursion: chains of services may be long. */
const reach = (graph: Dependencies, from: Iterable<string>): string[] => {
  const seen = new Set<string>()
  const order: string[] = []
  const open: { readonly name: string; readonly needs: Iterator<string, void> }[] = []
  const enter = (name: string): void => {
    const needs = own(graph, name)
    if (needs === undefined || seen.has(name)) return
    seen.add(name)
    open.push({ name, needs: Object.keys(needs).values() })
  }
  for (const name of from) {
    enter(name)
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const { value: next, done } = top.needs.next()
      if (!done) enter(next)
      else {
        order.push(top.name)
        open.pop()
      }
    }
  }
  return order
}

/** The services that depend directly on each. */
const usersOf = (graph: Dependencies): ReadonlyMap<string, readonly string[]> => {
  const users = new Map<string, string[]>()
  for (const [user, needs] of Object.entries(graph))
    for (const used of Object.keys(needs)) {
      const known = users.get(used)
      if (known === undefined) users.set(used, [user])
      else known.push(user)
    }
  return users
}
