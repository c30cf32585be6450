import { compileTopology } from '../define/compile.ts'
import type { AnyTopology } from '../define/topology.ts'
import type { TopologySpec } from '../model/service-spec.ts'

/** A topology as the data that supervisors take; what reads testcontainers objects is loaded only for those. */
export const compile = (topology: AnyTopology): Promise<TopologySpec> =>
  compileTopology(topology, {
    readContainer: async (container) =>
      (await import('../docker/module/read-container.ts')).readContainer(container),
  })
