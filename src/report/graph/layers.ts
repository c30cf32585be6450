/** An edge by the positions of its nodes. */
export type Link = readonly [from: number, to: number]

/**
 * Returns the layer of each node: a node is in a later one than all that link to it. Nodes are as near to what they
 * link to as possible. Links that close a cycle do not count.
 */
export const layersOf = (count: number, links: readonly Link[]): number[] => {
  const forward = withoutCycles(count, links)
  const out = grouped(count, forward, 0, 1)
  const into = grouped(count, forward, 1, 0)
  const layers = new Array<number>(count).fill(0)
  const order = topological(count, into, out)
  for (const node of order)
    for (const next of out[node] ?? [])
      layers[next] = Math.max(layers[next] ?? 0, (layers[node] ?? 0) + 1)
  // What nothing links to goes next to what it links to.
  for (const node of order.toReversed()) {
    const targets = out[node] ?? []
    if ((into[node] ?? []).length > 0 || targets.length === 0) continue
    layers[node] = Math.min(...targets.map((next) => layers[next] ?? 0)) - 1
  }
  return layers
}

/** Returns the links without those that close a cycle, in a walk from the first node. */
export const withoutCycles = (count: number, links: readonly Link[]): Link[] => {
  const out = grouped(count, links, 0, 1)
  const state = new Array<'open' | 'done' | undefined>(count)
  const kept: Link[] = []
  for (let root = 0; root < count; root++) {
    if (state[root] !== undefined) continue
    const path = [{ node: root, next: 0 }]
    state[root] = 'open'
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const target = (out[top.node] ?? [])[top.next++]
      if (target === undefined) {
        state[top.node] = 'done'
        path.pop()
      } else if (state[target] !== 'open') {
        kept.push([top.node, target])
        if (state[target] === undefined) {
          state[target] = 'open'
          path.push({ node: target, next: 0 })
        }
      }
    }
  }
  return kept
}

// ---

const grouped = (count: number, links: readonly Link[], by: 0 | 1, other: 0 | 1): number[][] => {
  const groups = Array.from({ length: count }, (): number[] => [])
  for (const link of links) groups[link[by]]?.push(link[other])
  return groups
}

const topological = (
  count: number,
  into: readonly number[][],
  out: readonly number[][],
): number[] => {
  const left = into.map((nodes) => nodes.length)
  const order: number[] = []
  for (let node = 0; node < count; node++) if (left[node] === 0) order.push(node)
  for (const node of order)
    for (const next of out[node] ?? []) {
      left[next] = (left[next] ?? 0) - 1
      if (left[next] === 0) order.push(next)
    }
  return order
}
