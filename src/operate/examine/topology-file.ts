import type { Project } from '../project.ts'
import type { Finding } from './finding.ts'

/** Whether there is a topology and it can be loaded. */
export const topologyFile = ({ file, topology, fault }: Project): Finding => {
  const name = 'topology'
  if (topology !== undefined) {
    const services = Object.keys(topology.definition.services)
    return { name, status: 'ok', text: `${file}: ${topology.name} with ${services.join(', ')}` }
  }
  return {
    name,
    // Not every folder has one; a broken one is another matter.
    status: file === undefined ? 'warn' : 'fail',
    text: fault?.summary ?? 'none',
    ...(fault?.remedy === undefined ? {} : { remedy: fault.remedy }),
  }
}
