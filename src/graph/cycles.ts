import { own } from '../model/record.ts'

/**
 * Returns cycles, each from its first name back to it: `api → web → api`. Takes linear time, so it reports
 * one cycle for every edge that closes a walk, not every cycle that exists.
 */
export const findCycles = (graph: Readonly<Record<string, object>>): string[] => {
  const cycles = new Set<string>()
  const done = new Set<string>()
  const path: string[] = []
  const visit = (name: string): void => {
    const start = path.indexOf(name)
    if (start >= 0) {
      cycles.add([...path.slice(start), name].join(' → '))
      return
    }
    if (done.has(name)) return
    path.push(name)
    for (const next of Object.keys(own(graph, name) ?? {})) visit(next)
    path.pop()
    done.add(name)
  }
  for (const name of Object.keys(graph)) visit(name)
  return [...cycles]
}
