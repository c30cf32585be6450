import type { PlacedNode } from './layout.ts'
import type { GraphNode } from './topology-graph.ts'

/** Services that need nothing and that nothing needs, in rows below the others. */
export const aloneBelow = (
  nodes: readonly { readonly node: GraphNode; readonly width: number }[],
  at: {
    readonly top: number
    readonly across: number
    readonly nodeHeight: number
    readonly nodeGap: number
    readonly margin: number
  },
): { readonly nodes: readonly PlacedNode[]; readonly width: number; readonly height: number } => {
  const { top, across, nodeHeight, nodeGap, margin } = at
  let [x, y, widest] = [margin, top, 0]
  const placed = nodes.map(({ node, width }): PlacedNode => {
    if (x > margin && x + width + margin > across) {
      x = margin
      y += nodeHeight + nodeGap
    }
    const box = { node, x, y, width: Math.round(width), height: nodeHeight }
    x += width + nodeGap
    widest = Math.max(widest, x - nodeGap + margin)
    return box
  })
  return { nodes: placed, width: widest, height: y + nodeHeight + margin }
}
