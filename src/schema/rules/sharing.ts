import { type Path, references, refParts, splitRef } from '../../graph/references.ts'
import { own } from '../../model/record.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { type Fault, faultAt } from '../fault.ts'
import type { Rule } from './rule.ts'

/** Services that all lanes share must not depend on a single lane. */
export const sharing: Rule = ({ spec }) => {
  const isShared = (service: string) => own(spec.services, service)?.share === 'run'
  return Object.entries(spec.services).flatMap(([name, service]): Fault[] => {
    const conditions = Object.entries(service.dependsOn ?? {})
    const endless = conditions.filter(([other, when]) => when === 'completed' && isShared(other))
    const faults = endless.map(([other]) =>
      faultAt(
        name,
        ['dependsOn', other],
        `${other} never completes: it is shared by all lanes (share: 'run') and keeps running`,
      ),
    )
    if (service.share !== 'run') return [...faults, ...setupFaults(spec.services, name, service)]
    const single = (other: string) =>
      other !== name && own(spec.services, other) !== undefined && !isShared(other)
    const needs = conditions.filter(([other]) => single(other))
    return [
      ...faults,
      ...needs.map(([other]) => faultAt(name, ['dependsOn', other], ofOneLane(name, other))),
      ...references(service).flatMap(({ at, part }): Fault[] => {
        const other = splitRef(part.ref)?.service ?? ''
        return single(other) ? [faultAt(name, at, ofOneLane(name, other))] : []
      }),
      ...laneFaults(spec.services, name, service, (at) => at[0] === 'env' || isSetup(at)),
    ]
  })
}

// ---

type Services = Readonly<Record<string, ServiceSpec>>

const ofOneLane = (name: string, other: string) =>
  `${name} is shared by all lanes and ${other} is not; give ${other} share: 'run', or ${name} share: 'lane'`

const isSetup = (at: Path) => at[0] === 'tasks' && at[1] === 'setup'

const setupFaults = (services: Services, name: string, service: ServiceSpec) =>
  laneFaults(services, name, service, isSetup)

/** References to values that differ between lanes, in values that all lanes share. */
const laneFaults = (
  services: Services,
  name: string,
  service: ServiceSpec,
  isOnce: (at: Path) => boolean,
): Fault[] =>
  references(service)
    .filter(({ at, part }) => isOnce(at) && differsByLane(services, name, part.ref, new Set()))
    .map(({ at, part }) =>
      faultAt(name, at, `"${part.ref}" differs between lanes, and all lanes share this value`),
    )

const differsByLane = (
  services: Services,
  self: string,
  ref: string,
  seen: Set<string>,
): boolean => {
  if (ref === 'lane.name') return true
  const target = splitRef(ref)
  if (target === undefined) return false
  const service = target.service === 'self' ? self : target.service
  const key = `${service}.${target.output}`
  if (seen.has(key)) return false
  seen.add(key)
  return refParts(own(own(services, service)?.outputs, target.output) ?? []).some((part) =>
    differsByLane(services, service, part.ref, seen),
  )
}
