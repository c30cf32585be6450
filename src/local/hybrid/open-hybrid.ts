import type { Runtime } from '../../runtime/runtime.ts'
import { ProcessPrograms } from '../process-programs.ts'
import { withLocalPrograms } from './with-local-programs.ts'

/**
 * Adds processes of this machine to an engine; see {@link withLocalPrograms}. Where they cannot be had, on Windows or
 * without a folder for them, containers work as before, and only a service that must run as a process fails.
 */
export const openHybrid = (containers: Runtime): Runtime => {
  try {
    return withLocalPrograms(containers, new ProcessPrograms())
  } catch (error) {
    return withoutLocalPrograms(containers, error)
  }
}

// ---

const withoutLocalPrograms = (containers: Runtime, error: unknown): Runtime => {
  const create: Runtime['create'] = async (spec, options) => {
    if (spec.local !== undefined) throw error
    return containers.create(spec, options)
  }
  return new Proxy(containers, {
    get(target, key) {
      if (key === 'create') return create
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
