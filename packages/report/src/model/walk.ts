import type { TraceNode } from '../../../../src/trace/read/trace.ts'

/** Calls back for each node below `root`, parents first, in the order of the tree. */
export const walk = (
  root: TraceNode,
  visit: (node: TraceNode, parent: TraceNode, depth: number) => void,
): void => {
  const stack: { node: TraceNode; parent: TraceNode; depth: number }[] = []
  const push = (parent: TraceNode, depth: number) => {
    for (let at = parent.children.length - 1; at >= 0; at--) {
      const node = parent.children[at]
      if (node !== undefined) stack.push({ node, parent, depth })
    }
  }
  push(root, 0)
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    visit(next.node, next.parent, next.depth)
    push(next.node, next.depth + 1)
  }
}
