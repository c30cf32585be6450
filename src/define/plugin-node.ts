import type { EnvPatch } from './env-patch.ts'
import type { BaseHandle, PortHandle } from './handle.ts'

/** Key of a definition's plugin. A registered symbol, so that copies of the package recognize each other's definitions. */
export const plugin: unique symbol = Symbol.for('mesocosm.plugin')

/** The plugin of a definition: its name, the options it was called with, and how the methods of its handle are made. */
export interface PluginMark<Ports extends string, Outputs extends string, Client extends object> {
  /** Name of the plugin, such as `postgres`. */
  readonly name: string
  /** What its factory was called with; `{}` if nothing. */
  readonly options: unknown
  /** Creates the plugin's methods of a running service's handle. */
  readonly client?: (service: PluginService<Ports, Outputs>) => Client
}

/**
 * A service definition that a plugin made. It has the keys of a service definition, which can be changed:
 * `{ ...postgres(), cpus: 2 }`.
 */
export interface PluginServiceDefinition<
  Ports extends string = string,
  Outputs extends string = string,
  Client extends object = object,
> {
  /** The plugin. */
  readonly [plugin]: PluginMark<Ports, Outputs, Client>
}

/** @deprecated Use {@link PluginServiceDefinition}. */
export type PluginNode<
  Ports extends string = string,
  Outputs extends string = string,
  Client extends object = object,
> = PluginServiceDefinition<Ports, Outputs, Client>

/** The running service, as the client part of a plugin gets it in the test process. */
export interface PluginService<Ports extends string = string, Outputs extends string = string>
  extends Pick<BaseHandle<EnvPatch>, 'name' | 'run' | 'logs'> {
  /** The service's outputs by name, as the test reaches them. */
  readonly outputs: Readonly<Record<Outputs, string>>
  /** Returns the address of a port. */
  port(name: Ports): PortHandle
  /** Registers a call before the lane is released and before the service is stopped or recreated, to close connections. */
  onRelease(release: () => Promise<void>): void
}

/** Returns the plugin of a definition; `undefined` for plain services. */
export const pluginOf = (definition: unknown): PluginMark<string, string, object> | undefined =>
  typeof definition === 'object' && definition !== null && plugin in definition
    ? (definition as PluginServiceDefinition)[plugin]
    : undefined
