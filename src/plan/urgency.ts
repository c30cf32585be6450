import type { DesiredState } from './desired.ts'

/**
 * Returns how many services wait for each service one after the other: 0 if none does. The longest chain decides when a
 * group is ready, so its services must not queue behind others.
 */
export const urgency = ({ services }: DesiredState): ReadonlyMap<string, number> => {
  const waiting = new Map<string, string[]>()
  for (const { name, dependsOn } of Object.values(services))
    for (const other of Object.keys(dependsOn))
      waiting.set(other, [...(waiting.get(other) ?? []), name])
  const known = new Map<string, number>()
  const chain = (name: string): number => {
    const before = known.get(name)
    if (before !== undefined) return before
    // Against a cycle, which is refused elsewhere.
    known.set(name, 0)
    const length = Math.max(0, ...(waiting.get(name) ?? []).map((other) => chain(other) + 1))
    known.set(name, length)
    return length
  }
  for (const name of Object.keys(services)) chain(name)
  return known
}
