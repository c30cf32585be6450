import { serviceUnknown } from '../errors/service-unknown.ts'
import { callerFolder } from './call-site.ts'
import type { EnvOf } from './env-patch.ts'
import type { EnvValue } from './env-value.ts'
import type { Hints } from './hints.ts'
import type { PluginServiceDefinition } from './plugin-node.ts'
import type { Generated } from './register.ts'
import type { OutputRefs, ServiceDefinition } from './service-definition.ts'

/** A declared graph of services: data only, nothing runs because of it. */
export interface Topology<N extends string, S extends object> {
  readonly name: N
  /** Folder against which paths are resolved, absolute. */
  readonly root: string
  readonly definition: { readonly name: N; readonly services: S }

  /**
   * A new topology with more services, or others under the same names.
   *
   * @param services as in {@link defineTopology}; they and the present ones can refer to each other.
   * @param env variables by service over the declared ones, which may refer to the new services.
   * @throws {MesocosmError} `SERVICE_UNKNOWN` for variables of a service that is not there.
   */
  with<const X extends { [K in keyof X]: ServiceDefinition<N, Merged<S, X>, K> }>(
    services: X,
    env?: EnvPatches<N, S, Merged<S, X>>,
  ): Topology<N, Merged<S, X>>

  /**
   * A new topology without these services. What still refers to them is named when it is leased.
   *
   * @throws {MesocosmError} `SERVICE_UNKNOWN`
   */
  without<const K extends keyof S & string>(...names: K[]): Topology<N, Omit<S, K>>
}

/** Any topology, for functions that take one. */
export interface AnyTopology {
  readonly name: string
  readonly root: string
  readonly definition: { readonly name: string; readonly services: object }
}

/** The services of a topology as written, by name. */
export type ServicesOf<T extends AnyTopology> = T['definition']['services']

/** The names of a topology's services. */
export type ServiceName<T extends AnyTopology> = keyof ServicesOf<T> & string

/**
 * Declares services and how they belong together. Nothing is started or checked here but types;
 * what types cannot tell is `TOPOLOGY_INVALID`, all faults at once, when it is leased.
 *
 * @param definition.name names the topology in traces, labels and generated types: unique in a project.
 * @param definition.services by name, which is their host name in the lane's network too.
 * @param definition.root folder against which paths are resolved; default the folder of the calling file.
 */
export const defineTopology = <
  const N extends string,
  // One F-bounded literal: of all shapes the only one with completions inside, short errors and mutual refs.
  const S extends { [K in keyof S]: ServiceDefinition<N, S, K> },
>(definition: {
  readonly name: N
  readonly services: S & Hints<N, S>
  readonly root?: string
}): Topology<N, S> =>
  makeTopology(definition.name, definition.services, definition.root ?? callerFolder(2))

/** `Y` over `X`. */
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

const makeTopology = <N extends string, S extends object>(
  name: N,
  services: S,
  root: string,
): Topology<N, S> => ({
  name,
  root,
  definition: { name, services },
  with: (added, env) => {
    const merged: Record<string, object> = { ...services, ...added }
    for (const [service, patch] of Object.entries((env ?? {}) as LooseServices)) {
      const node = known(merged, service) as { readonly env?: object }
      merged[service] = { ...node, env: { ...node.env, ...patch } }
    }
    return makeTopology(name, merged, root) as never
  },
  without: (...names) => {
    for (const service of names) known(services as LooseServices, service)
    const rest = Object.entries(services).filter(([service]) => !names.some((n) => n === service))
    return makeTopology(name, Object.fromEntries(rest), root) as never
  },
})

const known = (services: LooseServices, name: string): object => {
  const node = Object.hasOwn(services, name) ? services[name] : undefined
  if (node !== undefined) return node
  throw serviceUnknown(name, Object.keys(services), { in: 'this topology' })
}
