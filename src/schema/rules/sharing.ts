import { type Path, references, refParts, splitRef } from '../../graph/references.ts'
import { own } from '../../model/record.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { type Fault, faultAt } from '../fault.ts'
import type { Rule } from './rule.ts'

/** Services that all lanes share must not depend on a single lane. */
export const sharing: Rule = ({ spec }) => {
  const isShared = (service: string) => own(spec.services, service)?.share === 'run'
  const differing = outputsByLane(spec.services)
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
    if (service.share !== 'run')
      return [...faults, ...laneFaults(differing, name, service, isSetup)]
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
      ...laneFaults(differing, name, service, (at) => at[0] === 'env' || isSetup(at)),
    ]
  })
}

// ---

type Services = Readonly<Record<string, ServiceSpec>>

const ofOneLane = (name: string, other: string) =>
  `${name} is shared by all lanes and ${other} is not; give ${other} share: 'run', or ${name} share: 'lane'`

const isSetup = (at: Path) => at[0] === 'tasks' && at[1] === 'setup'

/** References to values that differ between lanes, in values that all lanes share. */
const laneFaults = (
  differing: ReadonlySet<string>,
  name: string,
  service: ServiceSpec,
  isOnce: (at: Path) => boolean,
): Fault[] =>
  references(service)
    .filter(({ at, part }) => isOnce(at) && differing.has(absolute(name, part.ref)))
    .map(({ at, part }) =>
      faultAt(name, at, `"${part.ref}" differs between lanes, and all lanes share this value`),
    )

/** Returns every reference whose value contains the lane's name, directly or through other outputs. */
const outputsByLane = (services: Services): ReadonlySet<string> => {
  const users = new Map<string, string[]>()
  for (const [name, { outputs = {} }] of Object.entries(services))
    for (const [output, template] of Object.entries(outputs))
      for (const { ref } of refParts(template)) {
        const used = absolute(name, ref)
        const known = users.get(used)
        if (known === undefined) users.set(used, [`${name}.${output}`])
        else known.push(`${name}.${output}`)
      }
  const found = new Set(['lane.name'])
  // A set is walked in the order of insertion, with what is added meanwhile.
  for (const ref of found) for (const user of users.get(ref) ?? []) found.add(user)
  return found
}

const absolute = (name: string, ref: string): string => ref.replace(/^self\./, `${name}.`)
