import { didYouMean } from '../../errors/nearest.ts'
import { envKeyFault } from '../../model/program-text.ts'
import { localSpecOf } from '../../model/service-spec.ts'
import { type Fault, faultAt, listed } from '../fault.ts'
import type { Rule } from './rule.ts'

/** Variables that say to a process at which port to listen must be about declared ports. */
export const localPorts: Rule = ({ spec, doubtful }) =>
  Object.entries(spec.services).flatMap(([name, service]) => {
    const ports = Object.keys(service.ports ?? {})
    // The ports of a module are known only when it is loaded.
    const isUnknown = doubtful(name, 'ports') || service.from !== undefined
    return Object.entries(localSpecOf(service)?.portEnv ?? {}).flatMap(
      ([port, variable]): Fault[] => {
        const at = ['local', 'portEnv', port]
        const guess = didYouMean(port, ports) || `; ports are ${listed(ports)}`
        const text = envKeyFault(variable)
        return [
          ...(isUnknown || ports.includes(port)
            ? []
            : [faultAt(name, at, `unknown port "${port}"${guess}`)]),
          ...(text === undefined ? [] : [faultAt(name, at, text)]),
        ]
      },
    )
  })
