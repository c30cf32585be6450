import type { CommandCall } from './command.ts'
import type { EnvPatch, EnvPatchOf, EnvTextOf } from './env-patch.ts'
import type { BaseHandle, PortHandle } from './handle.ts'
import type { PluginMark, plugin } from './plugin-node.ts'
import type { Generated, Nothing } from './register.ts'
import type { Written } from './service-definition.ts'
import type { AnyTopology, ServicesOf } from './topology.ts'

/** The services of a topology, each as the handle a test gets. */
export type Handles<T extends AnyTopology> = {
  readonly [K in keyof ServicesOf<T>]: HandleOf<T['name'], K, Written<ServicesOf<T>[K]>>
}

/** The handle of service `K` of topology `N`, which was declared as `D`. */
export type HandleOf<N, K, D> = D extends {
  readonly [plugin]: PluginMark<infer P, infer O, infer C>
}
  ? PluginHandle<P, O, C>
  : ServiceHandle<N, K, D> & PortsOf<D>

/** Handle of a plain service; its ports come on top, by their names. */
export interface ServiceHandle<N, K, D> extends BaseHandle<EnvPatchOf<N, K, D>> {
  /** The environment it was declared with, references resolved; generated keys are `undefined` when the service lacks them. */
  readonly env: EnvTextOf<N, K, D>
  /** Its named commands, declared and generated. */
  readonly exec: Declared<D> & Without<Generated<N, K, 'exec'>, keyof Declared<D>>
}

/** Handle of a service made by a plugin: its ports, its outputs and the plugin's own methods. */
export type PluginHandle<
  Ports extends string,
  Outputs extends string,
  Client,
> = BaseHandle<EnvPatch> & {
  readonly [P in Ports]: PortHandle
} & {
  readonly [O in Exclude<Outputs, keyof BaseHandle<EnvPatch> | Ports | keyof Client>]: string
} & Client

/** Two homomorphic maps keep docs and go-to-definition of what users declared. */
type PortsOf<D> = D extends { readonly ports: infer P }
  ? { readonly [K in keyof P]: PortHandle }
  : Nothing

type Declared<D> = D extends { readonly exec: infer E }
  ? { readonly [C in keyof E]: CommandCall<E[C]> }
  : Nothing

/** `Omit` only where there is something to omit: it hides the docs of what it keeps. */
type Without<G, Keys extends PropertyKey> = [keyof G & Keys] extends [never] ? G : Omit<G, Keys>
