import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { didYouMean } from '../../errors/nearest.ts'
import type { TopologySpec } from '../../model/service-spec.ts'

/**
 * Reads `MESOCOSM_DEBUG`: the services that debuggers can attach to, separated by commas. `shop/api` is a service of one
 * topology, for tests that lease several.
 *
 * @returns the names for this topology, in declared order.
 * @throws {MesocosmError} `DEBUGGER_UNAVAILABLE` with all names that cannot be debugged.
 */
export const readDebugSetting = (
  env: NodeJS.ProcessEnv,
  { name: topology, services }: Pick<TopologySpec, 'name' | 'services'>,
): readonly string[] => {
  const { MESOCOSM_DEBUG: text = '' } = env
  const words = text.split(',').flatMap((word) => word.trim() || [])
  const asked = words.flatMap((word) => {
    const [first = '', ...rest] = word.split('/')
    if (rest.length === 0) return [first]
    return first === topology ? [rest.join('/')] : []
  })
  const debuggable = Object.keys(services).filter((name) => services[name]?.debug !== undefined)
  const faults = [...new Set(asked)].flatMap((name) => {
    if (debuggable.includes(name)) return []
    return Object.hasOwn(services, name)
      ? [`${name} has no \`debug\` in the topology`]
      : [`unknown service "${name}"${didYouMean(name, Object.keys(services))}`]
  })
  if (faults.length > 0) throw invalid(topology, faults, debuggable)
  return debuggable.filter((name) => asked.includes(name))
}

// ---

const invalid = (topology: string, faults: readonly string[], debuggable: readonly string[]) => {
  const [first = ''] = faults
  const isOne = faults.length === 1
  return new MesocosmError({
    code: 'DEBUGGER_UNAVAILABLE',
    message: isOne
      ? `MESOCOSM_DEBUG names what cannot be debugged in ${topology}: ${first}`
      : `MESOCOSM_DEBUG names ${faults.length} services that cannot be debugged in ${topology}`,
    remedy:
      debuggable.length === 0
        ? "set debug of the service in the topology to the language of its program: debug: 'node'"
        : `use one of ${debuggable.join(', ')}, or set debug of the service in the topology`,
    facts: { topology, services: debuggable },
    details: isOne ? [] : faults,
  })
}
