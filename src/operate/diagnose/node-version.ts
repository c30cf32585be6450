import { isRecentNode, oldestNode } from '../../errors/node-version.ts'
import type { Diagnosis } from '../../runtime/diagnosis.ts'

/** Checks that this Node can run topology files. */
export const nodeVersion = (version: string = process.versions.node): Diagnosis => {
  const recent = isRecentNode(version)
  return {
    name: 'node',
    status: recent ? 'ok' : 'fail',
    text: version,
    ...(recent ? {} : { remedy: `install Node ${oldestNode.join('.')} or later` }),
  }
}
