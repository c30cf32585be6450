import { compileTopology } from '../../define/compile.ts'
import type { AnyTopology } from '../../define/topology.ts'
import type { TopologySpec } from '../../model/service-spec.ts'

/** Compiles a topology to data for the supervisor. The code that reads testcontainers objects is loaded only if needed. */
export const compile = (topology: AnyTopology): Promise<TopologySpec> =>
  compileTopology(topology, {
    readContainer: async (container, declared) => {
      const [{ readContainer }, { mergeContainer }] = await Promise.all([
        import('../../docker/module/read-container.ts'),
        import('../../plan/merge-container.ts'),
      ])
      return mergeContainer(declared, await readContainer(container))
    },
  })
