import type { TraceNode } from '../../../../src/trace/read/trace.ts'

/** A row of the list of steps. */
export interface NodeRow {
  readonly node: TraceNode
  readonly depth: number
  /** Whether its children are shown; `undefined` if it has none. */
  readonly open: boolean | undefined
}

/**
 * Returns the rows of what happened below a node, in the order of time.
 *
 * @param isOpen whether the children of a node are shown.
 * @param shows what of the tree is wanted; a node also stays for what is wanted below it.
 */
export const nodeRows = (
  root: TraceNode,
  isOpen: (node: TraceNode) => boolean,
  shows: (node: TraceNode) => boolean,
): NodeRow[] => {
  const rows: NodeRow[] = []
  const kept = new Map<TraceNode, boolean>()
  const keeps = (node: TraceNode): boolean => {
    const known = kept.get(node)
    if (known !== undefined) return known
    const keep = shows(node) || node.children.some(keeps)
    kept.set(node, keep)
    return keep
  }
  const add = (node: TraceNode, depth: number) => {
    for (const child of node.children) {
      if (!keeps(child)) continue
      const open = child.children.length === 0 ? undefined : isOpen(child)
      rows.push({ node: child, depth, open })
      if (open) add(child, depth + 1)
    }
  }
  add(root, 0)
  return rows
}

/** Plans show their steps when they are opened; tests and what they did are open, and failures always. */
export const opensByItself = (node: TraceNode, whole: boolean): boolean => {
  if (node.kind === 'plan') return node.status === 'failed'
  if (node.kind === 'test') return !whole || node.status === 'failed'
  return true
}
