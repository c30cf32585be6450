import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import {
  layoutGraph,
  type PlacedEdge,
  type PlacedNode,
} from '../../../../../src/report/graph/layout.ts'
import { type TopologyGraph, withStates } from '../../../../../src/report/graph/topology-graph.ts'
import { coverageOf } from '../../model/coverage.ts'
import { stateAt } from '../../model/states.ts'
import { trackKey } from '../../model/tracks.ts'
import { useStore } from '../context.ts'
import { Part } from '../details/parts.tsx'
import type { Store } from '../store.ts'

/** Services and what they need, with their states, and what the suite never exercised. */
export const GraphPanel = (): JSX.Element => {
  const store = useStore()
  const found = useComputed(() => {
    const trace = store.trace.value
    return trace === undefined ? undefined : coverageOf(trace, store.testNode.value)
  }).value
  if (found === undefined) return <p class="nothing">Reading the topology…</p>
  if (found.length === 0) return <p class="nothing">The record of this run has no topology.</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with keys
    <section class="graphs" tabIndex={0} aria-label="Graph of services">
      {found.map(({ graph, knowsEdges, unusedEdges, unchanged }) => (
        <div key={graph.name} class="graph">
          <Picture graph={withStatesOf(store, graph)} />
          <div class="unexercised">
            <Part title="Connections that no test used">
              {!knowsEdges ? (
                <p class="soft">The record does not say which connections were used.</p>
              ) : unusedEdges.length === 0 ? (
                <p class="soft">None: each one was used.</p>
              ) : (
                <ul>
                  {unusedEdges.map(({ from, to, keys }) => (
                    <li key={`${from} ${to}`}>
                      {from} → {to} <span class="soft">{keys.join(', ')}</span>
                    </li>
                  ))}
                </ul>
              )}
            </Part>
            <Part title="Variables that no test changed">
              {unchanged.length === 0 ? (
                <p class="soft">None: each one was changed.</p>
              ) : (
                <ul>
                  {unchanged.map(({ service, keys }) => (
                    <li key={service}>
                      {service} <span class="soft">{keys.join(', ')}</span>
                    </li>
                  ))}
                </ul>
              )}
            </Part>
          </div>
        </div>
      ))}
    </section>
  )
}

// ---

const Picture = ({ graph }: { readonly graph: TopologyGraph }): JSX.Element => {
  const store = useStore()
  const { width, height, nodes, edges } = layoutGraph(graph)
  const top = Math.max(0, Math.min(...nodes.map(({ y }) => y)) - 16)
  const chosen = store.link.value.services
  const choose = (name: string) =>
    store.go({
      services: chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name],
    })
  return (
    <svg
      class="picture"
      viewBox={`0 ${top} ${width} ${height - top}`}
      width={width}
      height={height - top}
    >
      <title>Services of {graph.name}</title>
      <defs>
        {['arrow', 'arrow-idle'].map((id) => (
          <marker
            key={id}
            id={id}
            viewBox="0 0 8 8"
            refX="7.5"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path class={id} d="M0 0.5 8 4 0 7.5Z" />
          </marker>
        ))}
      </defs>
      {edges.map((edge) => (
        <Edge key={`${edge.edge.from} ${edge.edge.to}`} placed={edge} />
      ))}
      {nodes.map((node) => (
        <Node
          key={node.node.name}
          placed={node}
          chosen={chosen.includes(node.node.name)}
          choose={choose}
        />
      ))}
    </svg>
  )
}

const Edge = ({ placed: { edge, path } }: { readonly placed: PlacedEdge }): JSX.Element => {
  const idle = edge.used === false
  const waits = edge.condition === undefined ? 'loose' : edge.condition
  return (
    <path
      class={`edge ${waits} ${idle ? 'idle' : ''}`}
      d={path}
      marker-end={`url(#${idle ? 'arrow-idle' : 'arrow'})`}
    >
      <title>
        {`${edge.from} → ${edge.to}${edge.condition === undefined ? '' : `, waits until it is ${edge.condition}`}${edge.keys.length === 0 ? '' : `: ${edge.keys.join(', ')}`}${idle ? ', not used' : ''}`}
      </title>
    </path>
  )
}

const Node = ({
  placed: { node, x, y, width, height },
  chosen,
  choose,
}: {
  readonly placed: PlacedNode
  readonly chosen: boolean
  readonly choose: (name: string) => void
}): JSX.Element => {
  const room = Math.floor((width - 24) / 6.1)
  const detail = [node.source, ...node.ports].join('  ')
  const shown = detail.length > room ? `${detail.slice(0, room - 1)}…` : detail
  return (
    // biome-ignore lint/a11y/useSemanticElements: HTML's button cannot be in a picture
    <g
      class={`node ${chosen ? 'chosen' : ''}`}
      role="button"
      tabIndex={0}
      aria-pressed={chosen}
      onClick={() => choose(node.name)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        choose(node.name)
      }}
    >
      {node.state !== undefined && <desc>{node.state}</desc>}
      <rect x={x} y={y} width={width} height={height} rx="8" />
      {node.shared && (
        <rect class="inner" x={x + 3} y={y + 3} width={width - 6} height={height - 6} rx="5" />
      )}
      <text class="name" x={x + 12} y={y + 20}>
        {node.name}
      </text>
      <text class="detail" x={x + 12} y={y + 36}>
        {shown}
      </text>
      {node.state !== undefined && (
        <circle class={`dot ${node.state}`} cx={x + width - 16} cy={y + 16} r="4" />
      )}
    </g>
  )
}

/** The states at the end of the test; those of its lane, or of servers that lanes share. */
const withStatesOf = (store: Store, graph: TopologyGraph): TopologyGraph => {
  const tracks = store.model.value?.tracks
  const test = store.chosen.value?.attempt.test
  const lane = test?.lane
  const states = graph.nodes.flatMap(({ name, shared }) => {
    const track =
      lane === undefined ? undefined : tracks?.get(trackKey(shared ? 'run' : lane, name))
    const state = track && stateAt(track.states, test?.end ?? 0)
    return state === undefined ? [] : [[name, { state }] as const]
  })
  return withStates(graph, Object.fromEntries(states))
}
