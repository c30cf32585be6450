import type { Diagnosis } from '../../runtime/diagnosis.ts'
import { hostRanges } from '../network/host-ranges.ts'
import { parseRange, subnets } from '../network/subnets.ts'

/** Addresses that a lane's network has room for at least. */
const laneSize = 61
const enough = 64

/**
 * Checks that subnets for lanes are free; the engine's own address pools are not used.
 *
 * @param taken subnets of the engine's networks, as `10.1.0.0/24`.
 */
export const freeSubnets = (taken: readonly string[]): Diagnosis => {
  const used = taken.filter((cidr) => !cidr.includes(':')).map(parseRange)
  const free = new Set<string>()
  for (const subnet of subnets(laneSize, 1, [...hostRanges(), ...used])) {
    // The generator starts over after the last one.
    if (free.has(subnet) || free.size === enough) break
    free.add(subnet)
  }
  const room = free.size === enough ? `${enough} or more lanes` : `${free.size} more lanes`
  const text = `${used.length} networks on the engine, room for ${room}`
  if (free.size === enough) return { name: 'addresses', status: 'ok', text }
  return {
    name: 'addresses',
    status: free.size === 0 ? 'fail' : 'warn',
    text,
    remedy:
      'remove unused networks (`docker network prune`), or disconnect a VPN that routes all private ranges',
  }
}
