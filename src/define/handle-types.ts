import type { CommandCall } from './command.ts'
import type { EnvPatch, EnvPatchOf, EnvTextOf } from './env-patch.ts'
import type { BaseHandle, PortHandle } from './handle.ts'
import type { PluginMark, plugin } from './plugin-node.ts'
import type { Generated, Nothing } from './register.ts'
import type { Written } from './service-definition.ts'
import type { AnyTopology, ServicesOf } from './topology.ts'

/** The handles of a topology's services, by name. */
export type Handles<T extends AnyTopology> = {
  readonly [K in keyof ServicesOf<T>]: HandleOf<T['name'], K, Written<ServicesOf<T>[K]>>
}

/** The handle of service `K` of topology `N` with definition `D`. */
export type HandleOf<N, K, D> = D extends {
  readonly [plugin]: PluginMark<infer P, infer O, infer C>
}
  ? PluginHandle<P, O, ClientOf<C, Generated<N, K, 'client'>>>
  : ServiceHandle<N, K, D> & PortsOf<D>

/**
 * Methods of a plugin's handle that depend on what `mesocosm gen` wrote for the service. Extend it by an interface whose
 * `methods` use `this['generated']`, which has no keys for a service without generated types.
 */
export interface GeneratedClient {
  /** What was generated for the service. */
  readonly generated: unknown
  /** The methods. */
  readonly methods: object
}

/** The handle of a plain service, without its ports, which {@link HandleOf} adds by their names. */
export interface ServiceHandle<N, K, D> extends BaseHandle<EnvPatchOf<N, K, D>> {
  /** The declared environment with references resolved; a generated key is `undefined` if the service does not set it. */
  readonly env: EnvTextOf<N, K, D>
  /** The named commands, declared and generated. */
  readonly exec: Declared<D> & Without<Generated<N, K, 'exec'>, keyof Declared<D>>
}

/** The handle of a plugin's service: its ports, its outputs and the plugin's own methods. */
export type PluginHandle<
  Ports extends string,
  Outputs extends string,
  Client,
> = BaseHandle<EnvPatch> & {
  readonly [P in Ports]: PortHandle
} & {
  readonly [O in Exclude<Outputs, keyof BaseHandle<EnvPatch> | Ports | keyof Client>]: string
} & Client

/** A homomorphic map, like `Declared`: it keeps the docs and go-to-definition of what users wrote. */
type PortsOf<D> = D extends { readonly ports: infer P }
  ? { readonly [K in keyof P]: PortHandle }
  : Nothing

type ClientOf<C, G> = C extends GeneratedClient ? (C & { readonly generated: G })['methods'] : C

type Declared<D> = D extends { readonly exec: infer E }
  ? { readonly [C in keyof E]: CommandCall<E[C]> }
  : Nothing

/** `Omit` only if there is something to omit, because it hides the docs of what it keeps. */
type Without<G, Keys extends PropertyKey> = [keyof G & Keys] extends [never] ? G : Omit<G, Keys>
