import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import { openRuntime } from '../../open/open-runtime.ts'
import type { Diagnosis } from '../../runtime/diagnosis.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { Project } from '../project.ts'
import { leftovers } from './leftovers.ts'
import { nodeVersion } from './node-version.ts'
import { recordFolder } from './record-folder.ts'
import { runsFolderState } from './runs-folder.ts'
import { topologyFile } from './topology-file.ts'

/** Checks all that a run needs: Node, the project, its folders and the engine. Never throws a `MesocosmError`. */
export const diagnose = async (project: Project): Promise<readonly Diagnosis[]> => {
  const engine = await resultOf('engine', diagnoseEngine)
  const failed = engine.some(({ name, status }) => name === 'engine' && status === 'fail')
  return [
    nodeVersion(),
    topologyFile(project),
    recordFolder(project.root),
    runsFolderState(project.root),
    ...engine,
    ...(failed ? [] : await resultOf('leftovers', async () => [await leftovers()])),
  ]
}

// ---

const diagnoseEngine = async (): Promise<readonly Diagnosis[]> => {
  await using runtime = await openRuntime()
  return await requireAbility(runtime, 'diagnose')()
}

/** Reports a check that failed to run as a failed check. */
const resultOf = async (
  name: string,
  check: () => Promise<readonly Diagnosis[]>,
): Promise<readonly Diagnosis[]> => {
  try {
    return await check()
  } catch (error) {
    if (!isMesocosmError(error)) throw error
    const text = [error.summary, ...error.details].join('; ')
    const remedy = error.remedy === undefined ? {} : { remedy: error.remedy }
    return [{ name, status: 'fail', text, ...remedy }]
  }
}
