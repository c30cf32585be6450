import type { Diagnosis } from '../../runtime/diagnosis.ts'
import type { Project } from '../project.ts'

/** Checks that there is a topology and that it can be loaded. */
export const topologyFile = ({ file, topology, fault }: Project): Diagnosis => {
  const name = 'topology'
  if (topology !== undefined) {
    const services = Object.keys(topology.definition.services)
    return { name, status: 'ok', text: `${file}: ${topology.name} with ${services.join(', ')}` }
  }
  return {
    name,
    // A folder without a topology is fine, a broken topology is not.
    status: file === undefined ? 'warn' : 'fail',
    text: fault?.summary ?? 'none',
    ...(fault?.remedy === undefined ? {} : { remedy: fault.remedy }),
  }
}
