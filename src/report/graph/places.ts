import type { Link } from './layers.ts'

const passes = 24

/**
 * Returns the center of each node along its layer: near those that it is linked to, in the given order, with room
 * between them.
 *
 * @param sizes extent of each node along its layer.
 * @param gap room between two nodes.
 */
export const placesIn = (
  layers: readonly (readonly number[])[],
  links: readonly Link[],
  sizes: readonly number[],
  gap: number,
): number[] => {
  const centers = new Array<number>(sizes.length).fill(0)
  for (const layer of layers) {
    let at = 0
    for (const node of layer) {
      const size = sizes[node] ?? 0
      centers[node] = at + size / 2
      at += size + gap
    }
    // All layers begin with the same middle.
    for (const node of layer) centers[node] = (centers[node] ?? 0) - (at - gap) / 2
  }
  const near = new Map<number, number[]>()
  for (const [from, to] of links) {
    near.set(from, [...(near.get(from) ?? []), to])
    near.set(to, [...(near.get(to) ?? []), from])
  }
  for (let pass = 0; pass < passes; pass++) {
    const range = pass % 2 === 0 ? layers : layers.toReversed()
    for (const layer of range) {
      const wanted = layer.map((node) => {
        const linked = near.get(node) ?? []
        const sum = linked.reduce((all, other) => all + (centers[other] ?? 0), 0)
        return linked.length === 0 ? (centers[node] ?? 0) : sum / linked.length
      })
      const room = layer.map((node) => (sizes[node] ?? 0) + gap)
      for (const [index, center] of spread(wanted, room).entries())
        centers[layer[index] ?? 0] = center
    }
  }
  return centers
}

// ---

interface Block {
  readonly from: number
  readonly count: number
  /** Center of its first node. */
  start: number
}

/**
 * Returns places as near to the wanted ones as their order and their sizes allow: neighbors that would overlap become
 * a block, which is at its mean place.
 */
const spread = (wanted: readonly number[], room: readonly number[]): number[] => {
  const offsets: number[] = [0]
  for (let index = 1; index < wanted.length; index++)
    offsets.push((offsets[index - 1] ?? 0) + ((room[index - 1] ?? 0) + (room[index] ?? 0)) / 2)
  const meanOf = (from: number, count: number) => {
    let sum = 0
    for (let index = from; index < from + count; index++)
      sum += (wanted[index] ?? 0) - ((offsets[index] ?? 0) - (offsets[from] ?? 0))
    return sum / count
  }
  const blocks: Block[] = []
  for (let index = 0; index < wanted.length; index++) {
    let block: Block = { from: index, count: 1, start: wanted[index] ?? 0 }
    for (let last = blocks.at(-1); last !== undefined; last = blocks.at(-1)) {
      const end = last.start + (offsets[block.from] ?? 0) - (offsets[last.from] ?? 0)
      if (end <= block.start) break
      blocks.pop()
      const count = last.count + block.count
      block = { from: last.from, count, start: meanOf(last.from, count) }
    }
    blocks.push(block)
  }
  return blocks.flatMap(({ from, count, start }) =>
    Array.from(
      { length: count },
      (_, index) => start + (offsets[from + index] ?? 0) - (offsets[from] ?? 0),
    ),
  )
}
