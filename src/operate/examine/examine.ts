import type { Project } from '../project.ts'
import { addressPools } from './address-pools.ts'
import { findEngine } from './engine.ts'
import type { Finding } from './finding.ts'
import { leftovers } from './leftovers.ts'
import { limits } from './limits.ts'
import { nodeVersion } from './node-version.ts'
import { recordFolder } from './record-folder.ts'
import { runsFolderState } from './runs-folder.ts'
import { storage } from './storage.ts'
import { topologyFile } from './topology-file.ts'

/** Looks at all that a run needs; what cannot be looked at without an engine is left out when there is none. */
export const examine = async (project: Project): Promise<readonly Finding[]> => {
  const { engine, findings } = await findEngine()
  return [
    nodeVersion(),
    topologyFile(project),
    recordFolder(project.root),
    runsFolderState(project.root),
    ...findings,
    ...(engine === undefined
      ? []
      : await Promise.all([storage(engine), addressPools(engine), limits(engine), leftovers()])),
  ]
}
