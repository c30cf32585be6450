import type { ServiceSpec } from '../model/service-spec.ts'

type Services = Readonly<Record<string, ServiceSpec>>

/** Returns all names under which services, and the hosts that they declare, can be reached. */
export const hostNames = (services: Services): readonly string[] => {
  const known = kept.get(services)
  if (known !== undefined) return known
  const names = [...new Set(Object.entries(services).flatMap(namesOf))]
  kept.set(services, names)
  return names
}

// ---

/** Every service of a lane asks for the names of all. */
const kept = new WeakMap<Services, readonly string[]>()

const namesOf = ([name, { aliases = [], extraHosts = {} }]: [string, ServiceSpec]): string[] => [
  name,
  ...aliases,
  ...Object.keys(extraHosts),
]
