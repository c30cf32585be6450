/** An IPv4 range: first address as a number, and prefix length. */
export interface Range {
  readonly start: number
  readonly prefix: number
}

/**
 * Yields small subnets without end, in an order that the seed decides, so that concurrent runs rarely pick the same
 * one. Ranges that overlap `avoid` are left out.
 *
 * @param addresses number of addresses that a subnet must have room for, in addition to the engine's own.
 */
export function* subnets(
  addresses: number,
  seed: number,
  avoid: readonly Range[],
): Generator<string> {
  const prefix = prefixFor(addresses)
  for (;;) {
    let some = false
    for (const pool of pools) {
      for (const index of shuffled(2 ** (prefix - pool.prefix), seed)) {
        const range = { start: pool.start + index * 2 ** (32 - prefix), prefix }
        if (avoid.some((other) => overlap(range, other))) continue
        some = true
        yield `${dotted(range.start)}/${prefix}`
      }
    }
    if (!some) return
  }
}

/**
 * Returns a function that picks the next subnet with room for a number of addresses: one walk for all sizes. It returns
 * none that overlaps one it has returned before until all others were used, since networks are removed meanwhile;
 * `undefined` if `avoid` leaves none.
 */
export const createSubnetWalk = (seed: number, avoid: readonly Range[]) => {
  const walks = new Map<number, Generator<string>>()
  const taken = new Set<number>()

  const walkOf = (addresses: number): Generator<string> => {
    const prefix = prefixFor(addresses)
    const walk = walks.get(prefix) ?? subnets(addresses, seed, avoid)
    walks.set(prefix, walk)
    return walk
  }

  return (addresses: number): string | undefined => {
    const walk = walkOf(addresses)
    let first: string | undefined
    for (;;) {
      const { value: subnet } = walk.next() as IteratorResult<string, undefined>
      if (subnet === undefined) return undefined
      // Once around.
      if (subnet === first) taken.clear()
      first ??= subnet
      const blocks = blocksOf(parseRange(subnet))
      if (blocks.some((block) => taken.has(block))) continue
      for (const block of blocks) taken.add(block)
      return subnet
    }
  }
}

/** Returns the prefix length for a number of addresses: /26 (61 usable) or larger, never larger than /17. */
export const prefixFor = (addresses: number): number => {
  // Network, broadcast and gateway take one each.
  const bits = Math.ceil(Math.log2(addresses + 3))
  return Math.min(smallest, Math.max(17, 32 - bits))
}

/** Returns the range of a CIDR such as `10.1.0.0/24`. */
export const parseRange = (cidr: string): Range => {
  const [address = '', prefix = '32'] = cidr.split('/')
  const start = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - Number(prefix))
  return { start: Math.floor(start / size) * size, prefix: Number(prefix) }
}

/** Returns whether two ranges have addresses in common. */
export const overlap = (a: Range, b: Range): boolean =>
  a.start < b.start + 2 ** (32 - b.prefix) && b.start < a.start + 2 ** (32 - a.prefix)

// ---

/** Prefix length of the smallest subnets. */
const smallest = 26

/** Returns the numbers of the smallest subnets that a range consists of. */
const blocksOf = ({ start, prefix }: Range): number[] =>
  Array.from({ length: 2 ** (smallest - prefix) }, (_, i) => start / 2 ** (32 - smallest) + i)

const dotted = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')

// Private ranges that neither engines use by default nor Kubernetes and common VPNs start with.
const pools: readonly Range[] = [
  parseRange('10.208.0.0/12'),
  parseRange('10.64.0.0/12'),
  parseRange('172.28.0.0/14'),
  parseRange('192.168.128.0/17'),
]

/** Yields every number below `count` (a power of two) once: a linear congruence of full period. */
function* shuffled(count: number, seed: number): Generator<number> {
  const step = ((seed % 4_096) * 2 + 1) % count || 1
  let value = seed % count
  for (let made = 0; made < count; made++) {
    yield value
    value = (5 * value + step) % count
  }
}
