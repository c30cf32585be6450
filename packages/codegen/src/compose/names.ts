/** Returns the service names of the topology, which must be host names, by the names in the Compose file. */
export const topologyNames = (composeNames: readonly string[]): ReadonlyMap<string, string> => {
  const taken = new Set(composeNames.filter(isValid))
  const names = new Map<string, string>()
  for (const composeName of composeNames) {
    if (isValid(composeName)) {
      names.set(composeName, composeName)
      continue
    }
    const base = hostName(composeName)
    const free = [base, ...Array.from({ length: 1000 }, (_, index) => `${base}-${index + 2}`)]
    const name = free.find((one) => isValid(one) && !taken.has(one)) ?? base
    taken.add(name)
    names.set(composeName, name)
  }
  return names
}

/** Returns a valid topology name for the name of a project or folder. */
export const topologyName = (name: string): string =>
  name
    .replace(/[^a-zA-Z0-9_.-]+/g, '-')
    .replace(/^[^a-zA-Z0-9]+/, '')
    .slice(0, 61) || 'app'

// ---

const reserved = new Set(['self', 'lane', 'localhost'])

const isValid = (name: string) =>
  /^[a-z]([a-z0-9-]{0,39}[a-z0-9])?$/.test(name) && !reserved.has(name)

const hostName = (name: string): string => {
  if (reserved.has(name)) return `${name}-service`
  const tidy = name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 36)
    .replace(/-+$/, '')
  return /^[a-z]/.test(tidy) ? tidy : `service-${tidy}`.replace(/-+$/, '')
}
