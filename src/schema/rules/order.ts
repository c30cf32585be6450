import { findCycles } from '../../graph/cycles.ts'
import { dependencies } from '../../graph/dependencies.ts'
import { references, splitRef } from '../../graph/references.ts'
import { own } from '../../model/record.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { type Fault, faultAt, listed, listedRound } from '../fault.ts'
import type { Rule } from './rule.ts'

/** Dependencies must be other services. */
export const knownDependencies: Rule = ({ spec, names, isKnown, suggest }) =>
  Object.entries(spec.services).flatMap(([name, { dependsOn = {} }]) =>
    Object.keys(dependsOn).flatMap((other): Fault[] => {
      const at = ['dependsOn', other]
      if (other === name) return [faultAt(name, at, 'a service cannot depend on itself')]
      if (isKnown(other)) return []
      const guess = suggest(other, names) || `; services are ${listed(names)}`
      return [faultAt(name, at, `unknown service "${other}"${guess}`)]
    }),
  )

/** Dependencies must have no cycles, so that there is a start order. */
export const cycles: Rule = ({ spec }) =>
  Array.from(findCycles(dependencies(spec)), (round) => {
    const [first = ''] = round
    return faultAt(
      first,
      [],
      `depends on itself: ${listedRound(round)}`,
      wayOut(spec.services, round),
    )
  })

// ---

/** Suggests a reference that could be used without waiting; if there is none, to drop a dependency. */
const wayOut = (services: Readonly<Record<string, ServiceSpec>>, round: readonly string[]) => {
  for (const [index, name] of round.slice(0, -1).entries()) {
    const service = own(services, name)
    const next = round[index + 1] ?? ''
    if (service === undefined || Object.hasOwn(service.dependsOn ?? {}, next)) continue
    const found = references(service).find(({ part }) => splitRef(part.ref)?.service === next)
    if (found === undefined) continue
    return `break ${listedRound(round)} with ref('${found.part.ref}', { wait: false }) in ${name}`
  }
  return `break ${listedRound(round)}: drop one dependsOn, or use ref('…', { wait: false }) if only a value is needed`
}
