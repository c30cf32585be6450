import type { ServiceSpec } from '../../model/service-spec.ts'
import { type Fault, faultAt } from '../fault.ts'
import type { Rule } from './rule.ts'

/** Names that work as host names, in references and on handles. */
export const names: Rule = ({ spec, names: all }) => [
  ...all.flatMap(serviceName),
  ...Object.entries(spec.services).flatMap(([name, service]) => [
    ...portNames(name, service),
    ...outputNames(name, service),
  ]),
]

/** No two services answer to one name on the network. */
export const aliases: Rule = ({ spec, names: all }) => {
  const owners = new Map(all.map((name) => [name, name]))
  return Object.entries(spec.services).flatMap(([name, service]) =>
    (service.aliases ?? []).flatMap((alias, index): Fault[] => {
      const at = ['aliases', index]
      const owner = owners.get(alias)
      if (!/^[a-z0-9]([a-z0-9_.-]{0,61}[a-z0-9])?$/i.test(alias)) {
        return [faultAt(name, at, `"${alias}" is no host name`)]
      }
      if (owner === undefined) owners.set(alias, name)
      if (owner === undefined || owner === name) return []
      const what = owner === alias ? 'the name' : 'an alias'
      return [faultAt(name, at, `"${alias}" is ${what} of ${owner} already`)]
    }),
  )
}

// ---

/** What `self.…` and `lane.…` mean in references, and what every host calls itself. */
const reserved = ['self', 'lane', 'localhost']

/** Methods and properties of every handle; `then` would make a handle look like a promise. */
const handleWords = new Set([
  ...['name', 'host', 'port', 'logs', 'env', 'exec', 'run', 'withEnv', 'setEnv'],
  ...['restart', 'stop', 'start', 'kill', 'pause', 'unpause', 'then'],
])

const serviceName = (name: string): Fault[] => {
  if (reserved.includes(name)) {
    return [faultAt(name, [], `"${name}" has a meaning of its own; name the service otherwise`)]
  }
  if (/^[a-z]([a-z0-9-]{0,39}[a-z0-9])?$/.test(name)) return []
  const rule =
    'must be 1 to 41 of a–z, 0–9 and "-", a letter first and no "-" last: it is a host name'
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
        : [faultAt(name, at, 'a port name must be letters, digits, "-" and "_", a letter first')]),
      ...(handleWords.has(port) ? [faultAt(name, at, collision(port))] : []),
      ...(same === undefined ? [] : [faultAt(name, at, `port ${number} is "${same}" already`)]),
    ]
  })
}

const outputNames = (name: string, { ports = {}, outputs = {} }: ServiceSpec): Fault[] =>
  Object.keys(outputs).flatMap((output): Fault[] => {
    const at = ['outputs', output]
    if (Object.hasOwn(ports, output)) return [faultAt(name, at, 'is the name of a port already')]
    // These two replace what the handle shows anyway.
    if (output === 'host' || output === 'port') return []
    return handleWords.has(output) ? [faultAt(name, at, collision(output))] : []
  })

const collision = (word: string) =>
  `every service's handle has a "${word}" of its own; choose another name`
