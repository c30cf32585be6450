import type { Link } from './layers.ts'

const sweeps = 12

/**
 * Orders the nodes of each layer so that links cross little: each goes to the mean place of those that it is linked
 * to, forwards and backwards, and the best order found is kept.
 *
 * @param layers nodes of each layer in their first order.
 * @param links between neighboring layers only.
 */
export const ordered = (
  layers: readonly (readonly number[])[],
  links: readonly Link[],
): number[][] => {
  const near = neighbors(links)
  let current = layers.map((layer) => [...layer])
  let best = current
  let fewest = crossingsOf(best, links)
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    const forwards = sweep % 2 === 0
    const range = forwards ? current.keys() : [...current.keys()].reverse()
    current = current.map((layer) => [...layer])
    for (const at of range) {
      const fixed = current[forwards ? at - 1 : at + 1]
      if (fixed === undefined) continue
      const places = new Map(fixed.map((node, index) => [node, index]))
      current[at] = byMean(current[at] ?? [], near, places)
    }
    const crossings = crossingsOf(current, links)
    if (crossings >= fewest) continue
    best = current
    fewest = crossings
  }
  return best
}

/** Returns how many pairs of links cross. */
export const crossingsOf = (
  layers: readonly (readonly number[])[],
  links: readonly Link[],
): number => {
  const place = new Map(layers.flatMap((layer) => layer.map((node, index) => [node, index])))
  const layerOf = new Map(layers.flatMap((layer, at) => layer.map((node) => [node, at])))
  let crossings = 0
  for (const group of Map.groupBy(links, ([from]) => layerOf.get(from)).values()) {
    const ends = group.map(([from, to]) => [place.get(from) ?? 0, place.get(to) ?? 0] as const)
    for (const [index, [a, b]] of ends.entries())
      for (const [c, d] of ends.slice(index + 1)) if ((a - c) * (b - d) < 0) crossings++
  }
  return crossings
}

// ---

const neighbors = (links: readonly Link[]): Map<number, number[]> => {
  const near = new Map<number, number[]>()
  for (const [from, to] of links) {
    near.set(from, [...(near.get(from) ?? []), to])
    near.set(to, [...(near.get(to) ?? []), from])
  }
  return near
}

/** Nodes without a link to the fixed layer stay where they are. */
const byMean = (
  layer: readonly number[],
  near: ReadonlyMap<number, readonly number[]>,
  places: ReadonlyMap<number, number>,
): number[] =>
  layer
    .map((node, index) => {
      const linked = (near.get(node) ?? []).flatMap((other) => places.get(other) ?? [])
      const mean = linked.reduce((all, place) => all + place, 0) / linked.length
      return { node, index, mean: linked.length === 0 ? index : mean }
    })
    .sort((a, b) => a.mean - b.mean || a.index - b.index)
    .map(({ node }) => node)
