import type { ServiceSpec } from '../../model/service-spec.ts'
import { telemetryHost } from '../../model/telemetry-host.ts'
import { type Fault, faultAt } from '../fault.ts'
import type { Rule } from './rule.ts'

/** Names must work as host names, in references and on handles. */
export const names: Rule = ({ spec, names: all }) => [
  ...all.flatMap(serviceName),
  ...Object.entries(spec.services).flatMap(([name, service]) => [
    ...portNames(name, service),
    ...outputNames(name, service),
  ]),
]

/** Host names must be valid, and belong to one service. */
export const aliases: Rule = ({ spec, names: all }) => {
  const owners = new Map(all.map((name) => [name, name]))
  return Object.entries(spec.services).flatMap(([name, service]) =>
    (service.aliases ?? []).flatMap((alias, index): Fault[] => {
      const at = ['aliases', index]
      const owner = owners.get(alias)
      if (!/^[a-z0-9]([a-z0-9_.-]{0,61}[a-z0-9])?$/i.test(alias)) {
        return [faultAt(name, at, `"${alias}" is not a valid host name`)]
      }
      if (alias === telemetryHost)
        return [faultAt(name, at, `"${alias}" is reserved; choose another alias`)]
      if (owner === undefined) owners.set(alias, name)
      if (owner === undefined || owner === name) return []
      const what = owner === alias ? 'the name' : 'an alias'
      return [faultAt(name, at, `"${alias}" is already ${what} of ${owner}`)]
    }),
  )
}

/**
 * Methods and properties of every handle, which ports and outputs cannot be named after; `then` would make a handle
 * look like a promise.
 */
export const handleNames = [
  ...(['name', 'host', 'port', 'logs', 'env', 'exec', 'run', 'withEnv', 'setEnv', 'swap'] as const),
  ...(['debug', 'restart', 'stop', 'start', 'kill', 'pause', 'unpause', 'then'] as const),
]

// ---

/** `self.…` and `lane.…` are references of their own, and `localhost` is every host's own name. */
const reserved = ['self', 'lane', 'localhost', telemetryHost]

const isHandleName = (name: string): boolean => handleNames.some((word) => word === name)

const serviceName = (name: string): Fault[] => {
  if (reserved.includes(name)) {
    return [faultAt(name, [], `"${name}" is reserved; choose another service name`)]
  }
  if (/^[a-z]([a-z0-9-]{0,39}[a-z0-9])?$/.test(name)) return []
  const rule =
    'must be 1 to 41 of a–z, 0–9 and "-", start with a letter and not end with "-": it is a host name'
  const hint = name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 41)
  return [faultAt(name, [], hint === '' || hint === name ? rule : `${rule}; write "${hint}"`)]
}

const portNames = (name: string, { ports = {} }: ServiceSpec): Fault[] => {
  const seen = new Map<string, string>()
  return Object.entries(ports).flatMap(([port, { port: number, protocol = 'tcp' }]): Fault[] => {
    const at = ['ports', port]
    const same = seen.get(`${number}/${protocol}`)
    seen.set(`${number}/${protocol}`, same ?? port)
    return [
      ...(/^[a-z][a-z0-9_-]*$/i.test(port)
        ? []
        : [
            faultAt(
              name,
              at,
              'a port name must start with a letter and have only letters, digits, "-" and "_"',
            ),
          ]),
      ...(isHandleName(port) ? [faultAt(name, at, collision(port))] : []),
      ...(same === undefined
        ? []
        : [faultAt(name, at, `port ${number} is already named "${same}"`)]),
    ]
  })
}

const outputNames = (name: string, { ports = {}, outputs = {} }: ServiceSpec): Fault[] =>
  Object.keys(outputs).flatMap((output): Fault[] => {
    const at = ['outputs', output]
    if (Object.hasOwn(ports, output)) return [faultAt(name, at, 'is already the name of a port')]
    // These two replace the handle's own.
    if (output === 'host' || output === 'port') return []
    return isHandleName(output) ? [faultAt(name, at, collision(output))] : []
  })

const collision = (word: string) => `"${word}" is a name of every handle; choose another name`
