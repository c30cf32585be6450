import { own } from '../model/record.ts'
import type { Condition, ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import { references, refParts, splitRef } from './references.ts'

/** What each service starts after, and under which condition. */
export type Dependencies = Readonly<Record<string, Readonly<Record<string, Condition>>>>

/**
 * Returns the dependencies of every service. A reference in `env`, `setup` or `enter` means `healthy`,
 * also through one of the service's own outputs (`self.…`); `dependsOn` overrides the condition.
 * Not counted: references with `wait: false`, a service's references to itself, later tasks (they run when
 * everything is up), references in other services' outputs, and names of unknown services.
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

// ---

const startMoments: readonly unknown[] = ['setup', 'enter', 'enterAlone']

const awaited = (name: string, spec: ServiceSpec): string[] => {
  const found: string[] = []
  const seen = new Set<string>()
  const open: { ref: string; wait?: boolean }[] = references(spec)
    .filter(({ at }) => at[0] === 'env' || (at[0] === 'tasks' && startMoments.includes(at[1])))
    .map(({ part }) => part)
    .reverse()
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const target = splitRef(part.ref)
    if (target === undefined || part.wait === false) continue
    if (target.service !== 'self' && target.service !== name) found.push(target.service)
    else if (!seen.has(target.output)) {
      seen.add(target.output)
      open.push(...refParts(own(spec.outputs, target.output) ?? []).reverse())
    }
  }
  return found
}
