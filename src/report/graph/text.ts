import type { GraphEdge, GraphNode, TopologyGraph } from './topology-graph.ts'

/** Returns a graph as lines: each service, then what it needs and by which variables. */
export const graphText = ({ name, nodes, edges }: TopologyGraph): string =>
  [
    name,
    ...nodes.flatMap((node) => [
      `  ${nodeText(node)}`,
      ...edges.filter(({ from }) => from === node.name).map((edge) => `    → ${edgeText(edge)}`),
    ]),
  ].join('\n')

// ---

const nodeText = ({ name, source, shared, state, ports, url }: GraphNode): string => {
  const facts = [
    ...(source === '' ? [] : [source]),
    ...ports,
    ...(shared ? ['shared by all lanes'] : []),
  ]
  return [
    name,
    ...(facts.length === 0 ? [] : [`(${facts.join(', ')})`]),
    ...(state === undefined ? [] : [state]),
    ...(url === undefined ? [] : [url]),
  ].join('  ')
}

const edgeText = ({ to, condition, keys, used }: GraphEdge): string =>
  [
    to,
    condition === undefined ? 'without waiting' : condition,
    ...(keys.length === 0 ? [] : [keys.join(', ')]),
    ...(used === false ? ['not used in this run'] : []),
  ].join('  ')
