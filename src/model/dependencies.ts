import { own, references, refParts, splitRef } from './reference.ts'
import type { Condition, ServiceSpec, TopologySpec } from './service-spec.ts'

/** For every service, what it starts after and when. */
export type Dependencies = Readonly<Record<string, Readonly<Record<string, Condition>>>>

/**
 * The start order that a topology asks for. A reference in `env`, `setup` or `enter` means `healthy`,
 * also through an own output (`self.…`); `dependsOn` has the last word about the condition.
 * No order comes from `wait: false`, from a service to itself, from later tasks (they run when all is up),
 * or from what other services' outputs refer to. Names that are no service are left out.
 */
export const dependencies = (spec: Pick<TopologySpec, 'services'>): Dependencies =>
  Object.fromEntries(
    Object.entries(spec.services).map(([name, service]) => {
      const implied = awaited(name, service).map((other) => [other, 'healthy'] as const)
      const all = { ...Object.fromEntries(implied), ...service.dependsOn }
      const known = Object.entries(all).filter(
        ([other]) => other !== name && Object.hasOwn(spec.services, other),
      )
      return [name, Object.fromEntries(known)]
    }),
  )

/** Cycles, each from its first service round to it again: `api → web → api`. Linear: one for every edge that closes a walk. */
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

// ---

const startMoments: readonly unknown[] = ['setup', 'enter']

const awaited = (name: string, spec: ServiceSpec): string[] => {
  const found: string[] = []
  const seen = new Set<string>()
  const follow = (part: { ref: string; wait?: boolean }): void => {
    const target = splitRef(part.ref)
    if (target === undefined || part.wait === false) return
    if (target.service !== 'self' && target.service !== name) {
      found.push(target.service)
      return
    }
    if (seen.has(target.output)) return
    seen.add(target.output)
    for (const inner of refParts(own(spec.outputs, target.output) ?? [])) follow(inner)
  }
  for (const { at, part } of references(spec)) {
    if (at[0] === 'env' || (at[0] === 'tasks' && startMoments.includes(at[1]))) follow(part)
  }
  return found
}
