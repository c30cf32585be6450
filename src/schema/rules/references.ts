import { findCycles } from '../../graph/cycles.ts'
import { outputNames, type Path, references, refParts, splitRef } from '../../graph/references.ts'
import { own } from '../../model/record.ts'
import type { ServiceSpec } from '../../model/service-spec.ts'
import { type Fault, faultAt, listed, listedRound } from '../fault.ts'
import type { Rule, Subject } from './rule.ts'

/** References must name an output of a service. */
export const knownReferences: Rule = (subject) =>
  Object.entries(subject.spec.services).flatMap(([name, service]) =>
    references(service).flatMap(({ at, part }) => referenceFaults(subject, name, at, part.ref)),
  )

/** Outputs must not refer to themselves. */
export const outputCycles: Rule = ({ spec }) => {
  const edges = Object.entries(spec.services).flatMap(([name, { outputs = {} }]) =>
    Object.entries(outputs).map(([output, template]) => {
      const self = `${name}.${output}`
      const targets = refParts(template).map(({ ref }) => ref.replace(/^self\./, `${name}.`))
      // An output that replaces a built-in one may refer to that.
      const others = targets.filter(
        (ref) => ref !== self || !isBuiltIn(spec.services[name], output),
      )
      return [self, Object.fromEntries(others.map((ref) => [ref, 'used']))] as const
    }),
  )
  return Array.from(findCycles(Object.fromEntries(edges)), (round) => {
    const { service = '', output = '' } = splitRef(round[0] ?? '') ?? {}
    return faultAt(service, ['outputs', output], `refers to itself: ${listedRound(round)}`)
  })
}

// ---

const referenceFaults = (subject: Subject, name: string, at: Path, ref: string): Fault[] => {
  const target = splitRef(ref)
  if (target === undefined) {
    const example = subject.isKnown(ref) ? `"${ref}.host"` : '"<service>.<output>"'
    return [faultAt(name, at, `"${ref}" is not a reference; write ${example}`)]
  }
  if (target.service === 'lane') {
    return target.output === 'name'
      ? []
      : [faultAt(name, at, `unknown output "${ref}"; a lane has only "lane.name"`)]
  }
  const service = target.service === 'self' ? name : target.service
  if (!subject.isKnown(service)) {
    const guess = subject.suggest(service, subject.names)
    const all = `services are ${listed(subject.names)}`
    return [faultAt(name, at, `unknown service "${service}" in "${ref}"${guess || `; ${all}`}`)]
  }
  const spec = own(subject.spec.services, service)
  const doubtful = subject.doubtful(service, 'ports') || subject.doubtful(service, 'outputs')
  if (spec === undefined || doubtful || offers(spec, target.output)) return []
  const offered = outputNames(spec)
  const guess = subject.suggest(
    ref,
    offered.map((output) => `${target.service}.${output}`),
  )
  return [
    faultAt(
      name,
      at,
      `unknown output "${ref}" of ${service}${guess || ';'} ${service} offers ${listed(offered)}`,
    ),
  ]
}

/** The ports of a module are known only when it is loaded, so any port name is accepted. */
const offers = (spec: ServiceSpec, output: string): boolean =>
  outputNames(spec).includes(output) ||
  (spec.from !== undefined &&
    spec.ports === undefined &&
    /^(.+\.(host|port|url)|port)$/.test(output))

const isBuiltIn = (spec: ServiceSpec | undefined, output: string): boolean =>
  outputNames({ ports: spec?.ports ?? {} }).includes(output)
