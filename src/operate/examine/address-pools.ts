import type { ExaminedEngine } from './engine.ts'
import type { Finding } from './finding.ts'

/** Addresses that a lane's network has room for at least. */
const laneSize = 61
const enough = 64

/** Whether subnets for lanes are free; the engine's own pools are not used. */
export const addressPools = async ({ subnets: taken }: ExaminedEngine): Promise<Finding> => {
  const [{ hostRanges }, { parseRange, subnets }] = await Promise.all([
    import('../../docker/network/host-ranges.ts'),
    import('../../docker/network/subnets.ts'),
  ])
  const used = taken.filter((cidr) => !cidr.includes(':')).map(parseRange)
  const free = new Set<string>()
  for (const subnet of subnets(laneSize, 1, [...hostRanges(), ...used])) {
    // The walk never ends by itself while there is any.
    if (free.has(subnet) || free.size === enough) break
    free.add(subnet)
  }
  const text = `${used.length} networks on the engine, room for ${free.size === enough ? `${enough} lanes and more` : `${free.size} more lanes`}`
  if (free.size === enough) return { name: 'addresses', status: 'ok', text }
  return {
    name: 'addresses',
    status: free.size === 0 ? 'fail' : 'warn',
    text,
    remedy:
      'remove networks that are not needed any more (`docker network prune`), or leave the VPN that routes all private ranges',
  }
}
