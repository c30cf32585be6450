import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { localSpecOf, type ServiceSpec } from '../../model/service-spec.ts'

type Services = Readonly<Record<string, ServiceSpec>>

/**
 * Throws if one of these services cannot run without a container engine, before anything starts.
 *
 * @throws {MesocosmError} `LOCAL_UNSUPPORTED`, with all of them.
 */
export const assertLocalForms = (services: Services, names: readonly string[]): void => {
  const faults = names.flatMap((name) => {
    const lack = lackOf(services[name] ?? {})
    return lack === undefined ? [] : [{ service: name, ...lack }]
  })
  const [first] = faults
  if (first === undefined) return
  const isOne = faults.length === 1
  throw new MesocosmError({
    code: 'LOCAL_UNSUPPORTED',
    message: isOne
      ? `${first.service} cannot run as a process of this machine: ${first.why}`
      : `${faults.length} services cannot run as processes of this machine`,
    remedy: isOne
      ? first.remedy
      : 'give each of them a `local` form, or unset MESOCOSM_RUNTIME to use a container engine',
    ...(isOne
      ? {}
      : { details: faults.map(({ service, why, remedy }) => `${service}: ${why}; ${remedy}`) }),
    facts: { service: first.service, services: faults },
  })
}

/** Returns the keys of a service that have no effect on a process of this machine, and that its local form does not replace. */
export const withoutEffect = (spec: ServiceSpec): readonly string[] => {
  const local = localSpecOf(spec)
  if (local === undefined) return []
  return [
    ...(isSet(spec.files) && local.files === undefined ? ['files'] : []),
    ...ofContainers.filter((key) => isSet(spec[key])),
  ]
}

// ---

const ofContainers = ['mounts', 'tmpfs', 'user', 'extraHosts'] as const

const isSet = (value: unknown): boolean =>
  typeof value === 'object' && value !== null
    ? Object.keys(value).length > 0
    : value !== undefined && value !== false

const lackOf = (
  spec: ServiceSpec,
): { readonly why: string; readonly remedy: string } | undefined => {
  const { local, endpoint, tasks } = spec
  // The test itself answers there.
  if (endpoint !== undefined) return undefined
  if (local === undefined)
    return {
      why: 'it has no `local` key',
      remedy: "add `local: { command: ['npm', 'start'] }` to it, or use a container engine",
    }
  if ('unsupported' in local)
    return {
      why: local.unsupported,
      remedy: local.remedy ?? 'use a container engine',
    }
  const isContained = tasks?.setup?.some(({ container }) => container !== undefined) ?? false
  return isContained && local.tasks === undefined
    ? {
        why: 'its set-up runs in a container of its own',
        remedy: 'add `local.tasks` with a set-up that runs as a process, or use a container engine',
      }
    : undefined
}
