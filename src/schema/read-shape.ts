import type { z } from 'zod'
import type { Path } from '../graph/references.ts'
import { isRecord } from '../model/record.ts'
import type { ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import type { Fault } from './fault.ts'
import { topologySchema } from './topology-schema.ts'

/** What is well-formed in a topology, and what is not. */
export interface Shape {
  /** Faults of the shape; none if everything is well-formed. */
  readonly faults: readonly Fault[]
  /** The well-formed part of the topology. */
  readonly spec: TopologySpec
  /** Names of all services, well-formed or not. */
  readonly names: readonly string[]
  /** Whether a service's key was (partly) left out of `spec`, so that rules cannot check it. */
  readonly doubtful: (service: string, key: keyof ServiceSpec) => boolean
}

/** Returns all faults of the shape, and the well-formed part, so that rules can check that too. */
export const readShape = (input: unknown): Shape => {
  const result = topologySchema.safeParse(input, { reportInput: true })
  if (result.success) {
    const spec = result.data
    return { faults: [], spec, names: Object.keys(spec.services), doubtful: () => false }
  }
  const raw = isRecord(input) && isRecord(input.services) ? input.services : {}
  const left = new Map(Object.entries(raw))
  const doubts = new Set<string>()
  for (const issue of result.error.issues) {
    // An unknown key does not make the known ones doubtful.
    if (issue.code === 'unrecognized_keys') continue
    const [top, name, key, entry] = issue.path.map(String)
    if (top !== 'services' || name === undefined) continue
    doubts.add(key === undefined ? name : `${name}.${key}`)
    const service = left.get(name)
    if (key === undefined || !isRecord(service)) left.delete(name)
    else left.set(name, without(service, key, entry))
  }
  return {
    faults: result.error.issues.flatMap(faultsOf),
    spec: { name: '', root: '', services: Object.fromEntries(left) as TopologySpec['services'] },
    names: Object.keys(raw),
    doubtful: (service, key) => doubts.has(service) || doubts.has(`${service}.${key}`),
  }
}

// ---

/** Keys of which only the malformed entry is left out; any other key is left out completely. */
const records = new Set(['env', 'ports', 'dependsOn', 'outputs'])

const without = (
  service: Readonly<Record<string, unknown>>,
  key: string,
  entry: string | undefined,
): Record<string, unknown> => {
  const { [key]: value, ...rest } = service
  if (entry === undefined || !records.has(key) || !isRecord(value)) return rest
  const { [entry]: _, ...entries } = value
  return { ...rest, [key]: entries }
}

const faultsOf = (issue: z.core.$ZodIssue): Fault[] => {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)))
  if (issue.code === 'unrecognized_keys') {
    // `strict` writes one line per key.
    const lines = issue.message.split('\n')
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      text: lines[index] ?? 'unknown key',
    }))
  }
  return [{ path, text: textOf(issue, path) }]
}

const textOf = (issue: z.core.$ZodIssue, path: Path): string => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing; it must be ${kinds.get(issue.expected) ?? issue.expected}`
        : `must be ${kinds.get(issue.expected) ?? issue.expected}, not ${kindOf(issue.input)}`
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`
    case 'invalid_key':
      return issue.issues[0]?.message ?? `"${path.at(-1)}" is not a valid key`
    default:
      return issue.message
  }
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['string', 'a string'],
  ['number', 'a number'],
  ['int', 'an integer'],
  ['boolean', 'true or false'],
  ['array', 'an array'],
  ['object', 'an object'],
  ['record', 'an object'],
])

const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return kinds.get(typeof value) ?? typeof value
}
