import { existsSync } from 'node:fs'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { TopologySpec } from '../model/service-spec.ts'
import { type Fault, printFault } from './fault.ts'
import { readShape } from './read-shape.ts'
import { aliases, names } from './rules/names.ts'
import { cycles, knownDependencies } from './rules/order.ts'
import { readiness } from './rules/readiness.ts'
import { knownReferences, outputCircles } from './rules/references.ts'
import type { Rule } from './rules/rule.ts'
import { sharing } from './rules/sharing.ts'
import { hostFiles, labels, oneSource } from './rules/sources.ts'

/**
 * The topology that `input` is.
 *
 * @param options.exists whether a file or folder of the host is there; default looks at the disk.
 * @throws {MesocosmError} `TOPOLOGY_INVALID`, once for all faults: one line each in `details`,
 * such as `services.api.env.DATABASE_URL: unknown output "db.ulr" of db; did you mean "db.url"? …`.
 */
export const validateTopology = (
  input: unknown,
  options: { readonly exists?: (path: string) => boolean } = {},
): TopologySpec => {
  const shape = readShape(input)
  const subject = { ...shape, exists: options.exists ?? existsSync }
  const faults = [...shape.faults, ...rules.flatMap((rule) => rule(subject))]
  if (faults.length === 0) return shape.spec
  throw invalid(input, inServiceOrder(faults, shape.names))
}

// ---

const rules: readonly Rule[] = [
  names,
  oneSource,
  hostFiles,
  labels,
  aliases,
  knownReferences,
  outputCircles,
  knownDependencies,
  cycles,
  sharing,
  readiness,
]

/** What concerns the whole first, then service by service; stable within each. */
const inServiceOrder = (faults: readonly Fault[], names: readonly string[]): Fault[] => {
  const place = ({ path }: Fault) => (path[0] === 'services' ? names.indexOf(String(path[1])) : -1)
  return faults.toSorted((a, b) => place(a) - place(b))
}

const invalid = (input: unknown, faults: readonly Fault[]): MesocosmError => {
  const named = input as { readonly name?: unknown } | null | undefined
  const name = typeof named?.name === 'string' ? `topology "${named.name}"` : 'the topology'
  const remedies = new Set(faults.flatMap(({ remedy }) => remedy ?? []))
  const places = faults.length === 1 ? 'the place' : 'the places'
  return new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${name} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}`,
    remedy: [`correct the topology file at ${places} named`, ...remedies].join('; '),
    details: faults.map(printFault),
    facts: { faults: faults.map(({ path, text }) => ({ path, text })) },
  })
}
