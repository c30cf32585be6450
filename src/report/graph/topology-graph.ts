import { splitRef } from '../../graph/references.ts'
import type { RecordedService } from '../../trace/event/event.ts'

/** A topology as the record of a run has it; values of environments are not part of it. */
export interface GraphTopology {
  readonly name: string
  readonly services: Readonly<Record<string, RecordedService>>
}

/** The services of a topology and what they need, for pictures and for programs. */
export interface TopologyGraph {
  /** Name of the topology. */
  readonly name: string
  /** In declared order. */
  readonly nodes: readonly GraphNode[]
  /** One per pair of services. */
  readonly edges: readonly GraphEdge[]
}

/** A service in the graph. */
export interface GraphNode {
  /** Name of the service. */
  readonly name: string
  /** What it is made from: the name of its plugin, its image or its build folder. */
  readonly source: string
  /** Whether lanes share it. */
  readonly shared: boolean
  /** Ports by name, such as `http:3000`. */
  readonly ports: readonly string[]
  /** State in a running lane; absent if nothing runs. */
  readonly state?: string
  /** First address of a running service; absent without one. */
  readonly url?: string
}

/** A service that another one needs. */
export interface GraphEdge {
  /** The service that needs the other one. */
  readonly from: string
  /** The service that is needed. */
  readonly to: string
  /** When `from` may start; absent if it only has the address of `to`, and does not wait for it. */
  readonly condition?: 'started' | 'healthy' | 'completed'
  /** Variables of `from` that refer to `to`. */
  readonly keys: readonly string[]
  /** Whether a run used the connection; absent if that is not known. */
  readonly used?: boolean
}

/** Returns the graph of a topology. */
export const topologyGraph = ({ name, services }: GraphTopology): TopologyGraph => ({
  name,
  nodes: Object.entries(services).map(([service, declared]) => ({
    name: service,
    source: sourceOf(declared),
    shared: declared.share === 'run',
    ports: Object.entries(declared.ports ?? {}).map(
      ([port, { port: number }]) => `${port}:${number}`,
    ),
  })),
  edges: Object.entries(services).flatMap(([from, declared]) =>
    targetsOf(from, declared)
      .filter((to) => Object.hasOwn(services, to))
      .map((to) => {
        const condition = declared.needs?.[to]
        return {
          from,
          to,
          ...(condition === undefined ? {} : { condition }),
          keys: Object.entries(declared.env ?? {})
            .filter(([, refs]) => refs.some((ref) => splitRef(ref)?.service === to))
            .map(([key]) => key),
        }
      }),
  ),
})

/** Returns the graph with what is known of a running lane. */
export const withStates = (
  graph: TopologyGraph,
  services: Readonly<Record<string, { readonly state: string; readonly url?: string | undefined }>>,
): TopologyGraph => ({
  ...graph,
  nodes: graph.nodes.map((node) => {
    const running = services[node.name]
    if (running === undefined) return node
    const { state, url } = running
    return { ...node, state, ...(url === undefined ? {} : { url }) }
  }),
})

/** Returns the graph with the connections that a run used. */
export const withUsage = (
  graph: TopologyGraph,
  used: readonly { readonly from: string; readonly to: string }[],
): TopologyGraph => ({
  ...graph,
  edges: graph.edges.map((edge) => ({
    ...edge,
    used: used.some(({ from, to }) => from === edge.from && to === edge.to),
  })),
})

// ---

const sourceOf = ({ kind, image, build, from, endpoint }: RecordedService): string =>
  kind ?? image ?? build ?? from ?? (endpoint === undefined ? '' : 'the test')

/** In the order of variables, then of conditions that no variable implies. */
const targetsOf = (from: string, { env = {}, needs = {} }: RecordedService): string[] => {
  const referred = Object.values(env).flatMap((refs) =>
    refs.flatMap((ref) => splitRef(ref)?.service ?? []),
  )
  return [...new Set([...referred, ...Object.keys(needs)])].filter(
    (to) => to !== from && to !== 'self' && to !== 'lane',
  )
}
