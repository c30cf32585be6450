import { MesocosmError } from '../errors/mesocosm-error.ts'
import { serviceUnknown } from '../errors/service-unknown.ts'
import { readable } from '../model/plain-data.ts'
import { own } from '../model/record.ts'
import { isKeyed, kindOf } from '../model/value-kind.ts'
import { callerFolder } from './call-site.ts'
import type { EnvOf } from './env-patch.ts'
import type { EnvValue } from './env-value.ts'
import type { Hints } from './hints.ts'
import type { PluginServiceDefinition } from './plugin-node.ts'
import type { Generated } from './register.ts'
import type { OutputRefs, ServiceDefinition } from './service-definition.ts'

/** Declared services and how they depend on each other. Data only: nothing is started. */
export interface Topology<N extends string, S extends object> {
  /** Name of the topology. */
  readonly name: N
  /** Folder against which paths are resolved, absolute. */
  readonly root: string
  /** What was declared. */
  readonly definition: {
    readonly name: N
    readonly services: S
    readonly telemetry?: boolean
  }

  /**
   * Returns a new topology with additional or replaced services.
   *
   * @param services as in {@link defineTopology}; they and the existing ones can refer to each other.
   * @param env variables by service that replace the declared ones; they may refer to the new services.
   * @throws {MesocosmError} `SERVICE_UNKNOWN` for variables of a service that does not exist.
   */
  with<const X extends { [K in keyof X]: ServiceDefinition<N, Merged<S, X>, K> }>(
    services: X,
    env?: EnvPatches<N, S, Merged<S, X>>,
  ): Topology<N, Merged<S, X>>

  /**
   * Returns a new topology without these services. References to them are reported when it is leased.
   *
   * @throws {MesocosmError} `SERVICE_UNKNOWN`
   */
  without<const K extends keyof S & string>(...names: K[]): Topology<N, Omit<S, K>>
}

/** Any topology, for functions that take one. */
export interface AnyTopology {
  /** Name of the topology. */
  readonly name: string
  /** Folder against which paths are resolved, absolute. */
  readonly root: string
  /** What was declared. */
  readonly definition: {
    readonly name: string
    readonly services: object
    readonly telemetry?: boolean
  }
}

/** The service definitions of a topology as written, by name. */
export type ServicesOf<T extends AnyTopology> = T['definition']['services']

/** The names of a topology's services. */
export type ServiceName<T extends AnyTopology> = keyof ServicesOf<T> & string

/**
 * Declares services and how they depend on each other. Nothing is started, and only types are checked: other faults
 * are reported all at once, as `TOPOLOGY_INVALID`, when the topology is leased.
 *
 * @param definition.name name in traces, labels and generated types; unique in a project.
 * @param definition.services definitions by name, which is also the host name in the lane's network.
 * @param definition.telemetry default of the services' `telemetry`, except for those of plugins; default `false`.
 * @param definition.root folder against which paths are resolved; default the folder of the calling file.
 * @throws {MesocosmError} `TOPOLOGY_INVALID` if `definition` is not an object.
 */
export const defineTopology = <
  const N extends string,
  // Only one F-bounded literal gives completions inside, short errors and references in both directions.
  const S extends { [K in keyof S]: ServiceDefinition<N, S, K> },
>(definition: {
  readonly name: N
  readonly services: S & Hints<N, S>
  readonly root?: string
  readonly telemetry?: boolean
}): Topology<N, S> => {
  mustBeObject('defineTopology', 'definition', definition)
  // A getter that throws is reported with the other faults, at its place.
  const name = readable(() => definition.name) as N
  const services = readable(() => definition.services) as S
  const root = readable(() => definition.root) as string | undefined
  const telemetry = readable(() => definition.telemetry) as boolean | undefined
  return makeTopology({ name, services, telemetry }, root ?? callerFolder(2))
}

/** `X` with the keys of `Y` added or replaced. */
type Merged<X, Y> = Omit<X, keyof Y> & Y

type EnvPatches<N, S, All> = {
  readonly [K in keyof S]?: S[K] extends PluginServiceDefinition
    ? Readonly<Record<string, EnvValue<OutputRefs<All>[keyof All & string]> | undefined>>
    : {
        readonly [E in keyof Generated<N, K, 'env'> | keyof EnvOf<S[K]>]?:
          | EnvValue<OutputRefs<All>[keyof All & string]>
          | undefined
      }
}

type LooseServices = Readonly<Record<string, object>>

interface Declared<N, S> {
  readonly name: N
  readonly services: S
  readonly telemetry: boolean | undefined
}

const makeTopology = <N extends string, S extends object>(
  { name, services, telemetry }: Declared<N, S>,
  root: string,
): Topology<N, S> => ({
  name,
  root,
  definition: { name, services, ...(telemetry === undefined ? {} : { telemetry }) },
  with: (added, env) => {
    mustBeObject('topology.with', 'services', added)
    if (env !== undefined) mustBeObject('topology.with', 'env', env)
    const merged: Record<string, object> = { ...services, ...added }
    for (const [service, patch] of Object.entries((env ?? {}) as LooseServices)) {
      const definition = known(merged, service) as { readonly env?: object }
      mustBeObject('topology.with', `env.${service}`, patch)
      merged[service] = { ...definition, env: { ...definition.env, ...patch } }
    }
    return makeTopology({ name, services: merged, telemetry }, root) as never
  },
  without: (...names) => {
    for (const service of names) known(services as LooseServices, String(service))
    const rest = Object.entries(services).filter(([service]) => !names.some((n) => n === service))
    return makeTopology({ name, services: Object.fromEntries(rest), telemetry }, root) as never
  },
})

/** What is inside is reported with all other faults; without the object itself there is no topology. */
const mustBeObject = (method: string, name: string, value: unknown): void => {
  if (isKeyed(value)) return
  throw new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `invalid argument of ${method}: ${name}: must be an object, not ${kindOf(value)}`,
    remedy: 'correct the topology file',
    facts: { method },
  })
}

const known = (services: LooseServices, name: string): object => {
  const definition = own(services, name)
  if (definition !== undefined) return definition
  throw serviceUnknown(name, Object.keys(services), { in: 'this topology' })
}
