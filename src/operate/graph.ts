import { compile } from '../client/lane/compile.ts'
import {
  type TopologyGraph,
  topologyGraph,
  withStates,
  withUsage,
} from '../report/graph/topology-graph.ts'
import { loadTrace } from '../trace/load-trace.ts'
import { laneOf } from './lane-of.ts'
import { type Project, topologyOf } from './project.ts'
import { newestRun } from './runs.ts'
import { findRecord } from './trace/records.ts'

/** Options of {@link graphOf}. */
export interface GraphOptions {
  /**
   * Run whose connections are marked as used or not, as in `RecordChoice`; default none. Its topology is shown, if the
   * project has none.
   */
  readonly run?: string | undefined
  /** Folder that the path of a run starts from; default that of the project. */
  readonly cwd?: string
  /** Lane whose states are shown; default the first one of a running run. */
  readonly lane?: string | undefined
}

/**
 * Returns the services of a project's topology and what they need, with the states of a running lane. Starts nothing.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID`, `TOPOLOGY_NOT_FOUND`, `LANE_RELEASED`, `TRACE_NOT_FOUND`
 */
export const graphOf = async (
  project: Project,
  { run, cwd, lane }: GraphOptions = {},
): Promise<TopologyGraph> => {
  const declared = await declaredGraph(project, run, cwd)
  const graph = run === undefined ? declared : withUsage(declared, await used(project, run, cwd))
  const live = await newestRun(project.root)
  if (live === undefined) return graph
  try {
    const view = await live.session.caller.call('ps', {})
    const isHere = view.lanes.some(({ topology }) => topology === graph.name)
    if (!isHere && lane === undefined) return graph
    const { services } = laneOf(view, [], { lane, topology: graph.name })
    return withStates(
      graph,
      Object.fromEntries(
        services.map(({ name, state, outputs }) => [name, { state, url: urlIn(outputs) }]),
      ),
    )
  } finally {
    live.session.caller.close()
  }
}

// ---

const declaredGraph = async (
  project: Project,
  run: string | undefined,
  cwd: string | undefined,
): Promise<TopologyGraph> => {
  if (project.topology === undefined && run !== undefined) {
    const { folder } = await findRecord(project.root, run, cwd)
    const [recorded] = Object.values(loadTrace(folder).run.topologies)
    if (recorded !== undefined) return topologyGraph(recorded)
  }
  const { recordedTopology } = await import('../engine/run/recorded-topology.ts')
  return topologyGraph(recordedTopology(await compile(topologyOf(project))))
}

const used = async (
  project: Project,
  run: string,
  cwd: string | undefined,
): Promise<{ readonly from: string; readonly to: string }[]> => {
  const { folder } = await findRecord(project.root, run, cwd)
  return loadTrace(folder).events.flatMap((event) =>
    event.k === 'edge.used' && event.s !== undefined ? [{ from: event.s, to: event.to }] : [],
  )
}

const urlIn = (outputs: Readonly<Record<string, unknown>>): string | undefined => {
  const url = Object.entries(outputs).find(([name]) => name === 'url' || name.endsWith('.url'))?.[1]
  return typeof url === 'string' ? url : undefined
}
