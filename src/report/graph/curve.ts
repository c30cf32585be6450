import type { PlacedEdge, PlacedNode } from './layout.ts'

/** Where a line crosses a layer that it does not end in, between two services. */
export interface Bend {
  readonly left: number
  readonly right: number
  readonly y: number
}

/** A line that leaves, arrives and crosses layers horizontally; the way back of a cycle goes around. */
export const curve = (
  from: PlacedNode,
  bends: readonly Bend[],
  to: PlacedNode,
): Pick<PlacedEdge, 'path' | 'middle'> => {
  let [x, y] = [from.x + from.width, from.y + from.height / 2]
  const end = { left: to.x, right: to.x, y: to.y + to.height / 2 }
  if (end.left < x) return around(from, to)
  let path = `M${n(x)} ${n(y)}`
  for (const next of [...bends, end]) {
    const reach = (next.left - x) / 2
    path += `C${n(x + reach)} ${n(y)} ${n(next.left - reach)} ${n(next.y)} ${n(next.left)} ${n(next.y)}`
    if (next.right > next.left) path += `H${n(next.right)}`
    x = next.right
    y = next.y
  }
  return { path, middle: middleOf(from, bends, end) }
}

// ---

const middleOf = (
  from: PlacedNode,
  bends: readonly Bend[],
  end: Bend,
): readonly [number, number] => {
  const bend = bends[Math.floor(bends.length / 2)]
  if (bend !== undefined) return [Math.round((bend.left + bend.right) / 2), Math.round(bend.y)]
  const y = from.y + from.height / 2
  return [Math.round((from.x + from.width + end.left) / 2), Math.round((y + end.y) / 2)]
}

const around = (from: PlacedNode, to: PlacedNode): Pick<PlacedEdge, 'path' | 'middle'> => {
  const y = Math.min(from.y, to.y) - 14
  const [sx, ex] = [from.x + from.width / 2, to.x + to.width / 2]
  return {
    path: `M${n(sx)} ${n(from.y)}C${n(sx)} ${n(y)} ${n(ex)} ${n(y)} ${n(ex)} ${n(to.y)}`,
    middle: [Math.round((sx + ex) / 2), Math.round(y + 4)],
  }
}

const n = (value: number): string => String(Math.round(value * 10) / 10)
