import { existsSync } from 'node:fs'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { readable } from '../model/plain-data.ts'
import { isRecord } from '../model/record.ts'
import type { TopologySpec } from '../model/service-spec.ts'
import { type Fault, printFault } from './fault.ts'
import { readShape } from './read-shape.ts'
import { builds } from './rules/builds.ts'
import { localPorts } from './rules/local-ports.ts'
import { aliases, names } from './rules/names.ts'
import { cycles, knownDependencies } from './rules/order.ts'
import { programTexts } from './rules/program-texts.ts'
import { readiness } from './rules/readiness.ts'
import { knownReferences, outputCycles } from './rules/references.ts'
import type { Rule } from './rules/rule.ts'
import { sharing } from './rules/sharing.ts'
import { endpoints, hostFiles, labels, oneSource, taskContainers } from './rules/sources.ts'
import { createSuggest } from './suggest.ts'

/**
 * Returns `input` as a topology.
 *
 * @param options.exists whether a file or folder of the host exists; default looks at the disk.
 * @throws {MesocosmError} `TOPOLOGY_INVALID` with all faults, one line of `details` each,
 * such as `services.api.env.DATABASE_URL: unknown output "db.ulr" of db; did you mean "db.url"? …`.
 */
export const validateTopology = (
  input: unknown,
  options: { readonly exists?: (path: string) => boolean } = {},
): TopologySpec => {
  const shape = readShape(input)
  const known = new Set(shape.names)
  const subject = {
    ...shape,
    exists: options.exists ?? existsSync,
    isKnown: (service: string) => known.has(service),
    suggest: createSuggest(),
  }
  const faults = [...shape.faults, ...rules.flatMap((rule) => rule(subject))]
  if (faults.length === 0) return shape.spec
  throw invalid(input, inServiceOrder(faults, shape.names))
}

// ---

const rules: readonly Rule[] = [
  names,
  oneSource,
  endpoints,
  taskContainers,
  builds,
  hostFiles,
  labels,
  programTexts,
  aliases,
  knownReferences,
  outputCycles,
  knownDependencies,
  cycles,
  sharing,
  readiness,
  localPorts,
]

/** Faults of the topology first, then those of each service; stable within each. */
const inServiceOrder = (faults: readonly Fault[], names: readonly string[]): Fault[] => {
  const positions = new Map(names.map((name, index) => [name, index]))
  const position = ({ path }: Fault) =>
    path[0] === 'services' ? (positions.get(String(path[1])) ?? -1) : -1
  return faults.toSorted((a, b) => position(a) - position(b))
}

const invalid = (input: unknown, faults: readonly Fault[]): MesocosmError => {
  const named = isRecord(input) ? readable(() => input.name) : undefined
  const name = typeof named === 'string' ? `topology "${named}"` : 'the topology'
  const remedies = new Set(faults.flatMap(({ remedy }) => remedy ?? []))
  return new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${name} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}`,
    remedy: ['correct the topology file', ...remedies].join('; '),
    details: faults.map(printFault),
    facts: { faults: faults.map(({ path, text }) => ({ path, text })) },
  })
}
