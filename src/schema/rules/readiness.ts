import { didYouMean } from '../../errors/nearest.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import type { Path } from '../../graph/references.ts'
import type { ProbeSpec } from '../../model/probe.ts'
import { type Fault, faultAt, listed } from '../fault.ts'
import type { Rule } from './rule.ts'

/** Probes must use declared ports and valid patterns. */
export const readiness: Rule = ({ spec, doubtful }) =>
  Object.entries(spec.services).flatMap(([name, { ready, ports, from }]) => {
    if (ready === undefined) return []
    // The ports of a module are known only when it is loaded.
    const unknown = doubtful(name, 'ports') || (from !== undefined && ports === undefined)
    return probeFaults(name, ['ready'], ready, unknown ? undefined : Object.keys(ports ?? {}))
  })

// ---

const probeFaults = (
  name: string,
  at: Path,
  probe: ProbeSpec,
  ports: readonly string[] | undefined,
): Fault[] => {
  if (probe.kind === 'all') {
    return probe.probes.flatMap((inner, index) =>
      probeFaults(name, [...at, 'probes', index], inner, ports),
    )
  }
  if (probe.kind === 'log') return patternFaults(name, at, probe.pattern, probe.flags)
  if ((probe.kind !== 'http' && probe.kind !== 'tcp') || ports === undefined) return []
  if (ports.length === 0) {
    return [faultAt(name, at, `a probe of kind ${probe.kind} needs a port; ${name} declares none`)]
  }
  if (probe.port === undefined || ports.includes(probe.port)) return []
  const guess = didYouMean(probe.port, ports) || `; ports are ${listed(ports)}`
  return [faultAt(name, [...at, 'port'], `unknown port "${probe.port}"${guess}`)]
}

const patternFaults = (
  name: string,
  at: Path,
  pattern: string,
  flags: string | undefined,
): Fault[] => {
  if (flags === undefined) return []
  try {
    new RegExp(pattern, flags)
    return []
  } catch (error) {
    const reason = messageOf(error).replace('Invalid regular expression: ', '')
    return [faultAt(name, [...at, 'pattern'], `is not a valid regular expression: ${reason}`)]
  }
}
