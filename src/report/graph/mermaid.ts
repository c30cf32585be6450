import { stateLook } from './state-look.ts'
import type { GraphEdge, TopologyGraph } from './topology-graph.ts'

/** Returns a graph as a Mermaid flowchart, which GitHub and others draw in markdown. */
export const graphMermaid = ({ nodes, edges }: TopologyGraph): string => {
  const ids = new Map(nodes.map(({ name }, index) => [name, `s${index}`]))
  const classes = nodes.flatMap(({ name, state }) => {
    const look = stateLook(state)
    return look === undefined ? [] : [`  class ${ids.get(name)} ${look}`]
  })
  return `${[
    'flowchart LR',
    ...nodes.map(({ name, source, shared }) => {
      const text = `${quoted(name)}${source === '' ? '' : `<br/><small>${quoted(source)}</small>`}`
      return `  ${ids.get(name)}${shared ? `[("${text}")]` : `["${text}"]`}`
    }),
    ...edges.map((edge) => `  ${ids.get(edge.from)} ${arrowOf(edge)} ${ids.get(edge.to)}`),
    ...classes,
    ...(classes.length === 0
      ? []
      : [
          '  classDef good stroke:#1a7f4b',
          '  classDef busy stroke:#b7791f',
          '  classDef bad stroke:#c4320a,stroke-width:2px',
          '  classDef off stroke-dasharray:3 3',
        ]),
  ].join('\n')}\n`
}

// ---

/** Dotted where the service does not wait until the other one is ready. */
const arrowOf = ({ condition, keys }: GraphEdge): string => {
  const line = condition === undefined || condition === 'started' ? '-.->' : '-->'
  return keys.length === 0 ? line : `${line}|"${keys.map(quoted).join('<br/>')}"|`
}

/** Entities of Mermaid instead of quotes and markup. */
const quoted = (text: string): string =>
  text
    .replaceAll('#', '#35;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
    .replaceAll('\n', ' ')
