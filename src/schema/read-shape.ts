import type { z } from 'zod'
import type { Path } from '../graph/references.ts'
import { toData } from '../model/plain-data.ts'
import { isRecord } from '../model/record.ts'
import type { ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import type { Fault } from './fault.ts'
import { expectedOf, issueText, unknownKeys } from './issue-text.ts'
import { findMisfits, type Misfit } from './misfits.ts'
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
  const data = toData(input)
  const misfits = findMisfits(data)
  for (const { path } of misfits) if (path.at(-1) === '__proto__') removeAt(data, path)
  const result = topologySchema.safeParse(data, { reportInput: true })
  if (result.success && misfits.length === 0) {
    const spec = result.data
    return { faults: [], spec, names: Object.keys(spec.services), doubtful: () => false }
  }
  const issues = result.error?.issues ?? []
  const faults = withMisfits(issues, misfits)
  const services = isRecord(data) && isRecord(data.services) ? data.services : {}
  const names = Object.keys(services)
  const doubts = leaveOut(data, issues, misfits)
  return {
    faults,
    spec: { name: '', root: '', services: services as TopologySpec['services'] },
    names,
    doubtful: (service, key) => doubts.has(service) || doubts.has(`${service}.${key}`),
  }
}

// ---

/** Keys of which only the malformed entry is left out; any other key is left out completely. */
const records = new Set(['env', 'ports', 'dependsOn', 'outputs'])

/** Removes the malformed parts of a topology from it. Returns the services and keys that are doubtful now. */
const leaveOut = (
  data: unknown,
  issues: readonly z.core.$ZodIssue[],
  misfits: readonly Misfit[],
): ReadonlySet<string> => {
  const doubts = new Set<string>()
  const malformed = [...misfits.map(({ path }) => path)]
  for (const issue of issues) {
    const path = pathOf(issue)
    // An unknown key does not make the known ones doubtful.
    if (issue.code !== 'unrecognized_keys') malformed.push(path)
    else for (const key of issue.keys) removeAt(data, [...path, key])
  }
  for (const [top, name, key, entry] of malformed) {
    if (top !== 'services' || name === undefined) continue
    if (key === undefined) {
      doubts.add(String(name))
      removeAt(data, [top, name])
      continue
    }
    doubts.add(`${name}.${key}`)
    const onlyEntry = entry !== undefined && records.has(String(key))
    removeAt(data, onlyEntry ? [top, name, key, entry] : [top, name, key])
  }
  return doubts
}

const removeAt = (data: unknown, path: Path): void => {
  let within: unknown = data
  for (const key of path.slice(0, -1)) {
    if (typeof within !== 'object' || within === null || !Object.hasOwn(within, key)) return
    within = (within as Record<string, unknown>)[key]
  }
  // An array keeps its length, so that the indices of other faults stay right; its key is left out completely.
  if (isRecord(within)) delete (within as Record<string, unknown>)[String(path.at(-1))]
}

/** Lists the faults of the schema and of what is not data, each place once. */
const withMisfits = (
  issues: readonly z.core.$ZodIssue[],
  misfits: readonly Misfit[],
): readonly Fault[] => {
  const kinds = new Map(misfits.map(({ path, kind }) => [JSON.stringify(path), kind]))
  const explained = new Set<string>()
  for (const { path } of misfits)
    for (let length = 0; length <= path.length; length++)
      explained.add(JSON.stringify(path.slice(0, length)))
  const reported = new Set<string>()
  const faults = issues.flatMap((issue): readonly Fault[] => {
    const path = pathOf(issue)
    const place = JSON.stringify(path)
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) reported.add(JSON.stringify([...path, key]))
      return unknownKeys(issue, path)
    }
    const kind = kinds.get(place)
    if (kind !== undefined && issue.code === 'invalid_type') {
      reported.add(place)
      return [{ path, text: `must be ${expectedOf(issue)}, not ${kind}` }]
    }
    // A union says no more than that none of its parts fits.
    const isExplained = kinds.has(place) || (issue.code === 'invalid_union' && explained.has(place))
    return isExplained ? [] : [{ path, text: issueText(issue, path) }]
  })
  const others = misfits.filter(({ path }) => !reported.has(JSON.stringify(path)))
  return [...faults, ...others.map(({ path, text }) => ({ path, text }))]
}

const pathOf = (issue: z.core.$ZodIssue): Path =>
  issue.path.map((key) => (typeof key === 'number' ? key : String(key)))
