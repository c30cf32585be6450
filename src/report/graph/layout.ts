import { aloneBelow } from './alone-below.ts'
import { ordered } from './crossings.ts'
import { type Bend, curve } from './curve.ts'
import { type Link, layersOf } from './layers.ts'
import { placesIn } from './places.ts'
import type { GraphEdge, GraphNode, TopologyGraph } from './topology-graph.ts'

/** Where the services of a graph are drawn, from left to right: what needs others is left of them. Units are pixels. */
export interface GraphLayout {
  readonly width: number
  readonly height: number
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly PlacedEdge[]
}

/** A box of a service. */
export interface PlacedNode {
  readonly node: GraphNode
  /** Left. */
  readonly x: number
  /** Top. */
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A line from a service to one that it needs. */
export interface PlacedEdge {
  readonly edge: GraphEdge
  /** Path data of SVG, from the right of `from` to the left of `to`. */
  readonly path: string
  /** Middle of the line, for a label. */
  readonly middle: readonly [x: number, y: number]
}

/** Measures of a layout; all optional, in pixels. */
export interface LayoutOptions {
  /** Width of a node; default by the length of its texts. */
  readonly widthOf?: (node: GraphNode) => number
  /** Default 46. */
  readonly nodeHeight?: number
  /** Room between layers; default 84. */
  readonly layerGap?: number
  /** Room between the nodes of a layer; default 18. */
  readonly nodeGap?: number
  /** Room around everything; default 16. */
  readonly margin?: number
}

/** Lays out a graph in layers, without a library and always in the same way. */
export const layoutGraph = (graph: TopologyGraph, options: LayoutOptions = {}): GraphLayout => {
  const {
    widthOf = widthByText,
    nodeHeight = 46,
    layerGap = 84,
    nodeGap = 18,
    margin = 16,
  } = options
  const { nodes, edges } = graph
  const numbers = new Map(nodes.map(({ name }, index) => [name, index]))
  const links = edges.flatMap((edge) => {
    const from = numbers.get(edge.from)
    const to = numbers.get(edge.to)
    return from === undefined || to === undefined ? [] : [{ edge, from, to }]
  })
  const linked = new Set(links.flatMap(({ from, to }) => [from, to]))
  const layerOf = layersOf(
    nodes.length,
    links.map(({ from, to }): Link => [from, to]),
  )
  // Numbers after those of the nodes are bends of lines that cross layers.
  const sizes = nodes.map(() => nodeHeight)
  const first: number[][] = []
  const put = (node: number, layer: number) => {
    for (let at = first.length; at <= layer; at++) first.push([])
    first[layer]?.push(node)
  }
  for (const node of nodes.keys()) if (linked.has(node)) put(node, layerOf[node] ?? 0)
  const steps: Link[] = []
  const routes = links.map(({ edge, from, to }) => {
    const [start, end] = [layerOf[from] ?? 0, layerOf[to] ?? 0]
    const route = [from]
    for (let layer = start + 1; layer < end; layer++) {
      const bend = sizes.push(0) - 1
      put(bend, layer)
      route.push(bend)
    }
    route.push(to)
    if (end > start)
      for (let at = 1; at < route.length; at++) steps.push([route[at - 1] ?? 0, route[at] ?? 0])
    return { edge, route }
  })
  const layers = ordered(first, steps)
  const centers = placesIn(layers, steps, sizes, nodeGap)

  const widths = nodes.map(widthOf)
  const lefts: number[] = []
  const columns: number[] = []
  let x = margin
  for (const layer of layers) {
    const width = Math.max(0, ...layer.map((node) => widths[node] ?? 0))
    lefts.push(x)
    columns.push(width)
    x += width + layerGap
  }
  const ends = layers.flat().flatMap((node) => {
    const center = centers[node] ?? 0
    const half = (sizes[node] ?? 0) / 2
    return [center - half, center + half]
  })
  const top = ends.length === 0 ? 0 : Math.min(...ends)
  const bottom = ends.length === 0 ? 0 : Math.max(...ends)
  const yOf = (node: number) => Math.round((centers[node] ?? 0) - top + margin)
  const columnOf = new Map(layers.flatMap((layer, at) => layer.map((node) => [node, at])))

  const placed = nodes.map((node, index): PlacedNode => {
    const column = columnOf.get(index) ?? 0
    return {
      node,
      x: Math.round(lefts[column] ?? margin),
      y: yOf(index) - nodeHeight / 2,
      width: Math.round(columns[column] ?? 0),
      height: nodeHeight,
    }
  })
  const graphWidth = layers.length === 0 ? 2 * margin : x - layerGap + margin
  const graphHeight = layers.length === 0 ? margin : bottom - top + 2 * margin
  const alone = aloneBelow(
    nodes.flatMap((node, index) =>
      linked.has(index) ? [] : [{ node, width: widths[index] ?? 0 }],
    ),
    { top: graphHeight, across: Math.max(graphWidth, 480), nodeHeight, nodeGap, margin },
  )
  const all = placed
    .filter((_, index) => linked.has(index))
    .concat(alone.nodes)
    .sort((a, b) => (numbers.get(a.node.name) ?? 0) - (numbers.get(b.node.name) ?? 0))
  const boxOf = new Map(all.map((box) => [box.node.name, box]))
  return {
    width: Math.round(Math.max(graphWidth, alone.width)),
    height: Math.round(alone.nodes.length === 0 ? graphHeight : alone.height),
    nodes: all,
    edges: routes.flatMap(({ edge, route }): PlacedEdge[] => {
      const from = boxOf.get(edge.from)
      const to = boxOf.get(edge.to)
      if (from === undefined || to === undefined) return []
      const bends = route.slice(1, -1).map((bend): Bend => {
        const column = columnOf.get(bend) ?? 0
        const left = lefts[column] ?? 0
        return { left, right: left + (columns[column] ?? 0), y: yOf(bend) }
      })
      return [{ edge, ...curve(from, bends, to) }]
    }),
  }
}

/** Returns the second line of a service's box: what it is made from, and its ports. */
export const detailOf = (source: string, ports: readonly string[]): string =>
  [source, ...ports].filter((part) => part !== '').join(' · ')

// ---

const widthByText = ({ name, source, ports }: GraphNode): number => {
  const detail = detailOf(source, ports).length
  return Math.min(240, Math.max(112, Math.max(name.length * 8.2 + 24, detail * 6.3 + 4) + 24))
}
