import {
  type TopologyGraph,
  topologyGraph,
  withUsage,
} from '../../../../src/report/graph/topology-graph.ts'
import type { Trace, TraceNode } from '../../../../src/trace/read/trace.ts'

/** What a suite did not exercise of a topology. */
export interface Coverage {
  readonly graph: TopologyGraph
  /** Whether the record says which connections were used. */
  readonly knowsEdges: boolean
  /** Connections that no service made. */
  readonly unusedEdges: readonly {
    readonly from: string
    readonly to: string
    readonly keys: readonly string[]
  }[]
  /** Variables with a value of their own, which no test changed, by service. */
  readonly unchanged: readonly { readonly service: string; readonly keys: readonly string[] }[]
}

/**
 * Returns the topologies of a run and what the run did not exercise.
 *
 * @param within connections of this test only; of the whole run if it is absent.
 */
export const coverageOf = ({ run, events }: Trace, within?: TraceNode): Coverage[] => {
  const used: { from: string; to: string; test?: string | undefined; time: number }[] = []
  const changed = new Map<string, Set<string>>()
  for (const event of events) {
    if (event.k === 'edge.used' && event.s !== undefined)
      used.push({ from: event.s, to: event.to, test: event.x, time: event.t })
    if (event.k === 'env.change' && event.s !== undefined && event.cause !== 'reset') {
      const keys = changed.get(event.s) ?? new Set()
      for (const key of Object.keys(event.diff)) keys.add(key)
      changed.set(event.s, keys)
    }
  }
  const knowsEdges = used.length > 0
  return Object.values(run.topologies ?? {}).map((topology): Coverage => {
    const graph = topologyGraph(topology)
    const whole = knowsEdges ? withUsage(graph, used) : graph
    const shown =
      within === undefined
        ? whole
        : withUsage(
            graph,
            used.filter(({ test }) => test === within.test),
          )
    return {
      graph: knowsEdges ? shown : graph,
      knowsEdges,
      unusedEdges: whole.edges.filter((edge) => edge.used === false),
      unchanged: Object.entries(topology.services).flatMap(([service, { kind, env = {} }]) => {
        // What configures the server of a plugin is not a matter of the suite.
        if (kind !== undefined) return []
        const keys = Object.entries(env)
          .filter(([key, refs]) => refs.length === 0 && !changed.get(service)?.has(key))
          .map(([key]) => key)
        return keys.length === 0 ? [] : [{ service, keys }]
      }),
    }
  })
}
