import type { EnvPatch } from './env-patch.ts'
import type { BaseHandle, PortHandle } from './handle.ts'

/** Key under which a node carries its plugin. Registered, so that copies of the package know each other's nodes. */
export const plugin: unique symbol = Symbol.for('mesocosm.plugin')

/** The plugin of a node: its name, the options it was called with, and what makes the methods of its handle. */
export interface PluginMark<Ports extends string, Outputs extends string, Client extends object> {
  readonly name: string
  readonly options: unknown
  readonly client?: (service: PluginService<Ports, Outputs>) => Client
}

/** A service made by a plugin. Its keys are those of a service definition and can be changed: `{ ...postgres(), cpus: 2 }`. */
export interface PluginServiceDefinition<
  Ports extends string = string,
  Outputs extends string = string,
  Client extends object = object,
> {
  readonly [plugin]: PluginMark<Ports, Outputs, Client>
}

/** @deprecated Use {@link PluginServiceDefinition}. */
export type PluginNode<
  Ports extends string = string,
  Outputs extends string = string,
  Client extends object = object,
> = PluginServiceDefinition<Ports, Outputs, Client>

/** The running service, as the client part of a plugin gets it. It lives in the test process. */
export interface PluginService<Ports extends string = string, Outputs extends string = string>
  extends Pick<BaseHandle<EnvPatch>, 'name' | 'run' | 'logs'> {
  /** Declared outputs, as the test sees them. */
  readonly outputs: Readonly<Record<Outputs, string>>
  port(name: Ports): PortHandle
  /** Called before the lane goes and before the service is stopped or recreated: close kept connections here. */
  onRelease(release: () => Promise<void>): void
}

/** The plugin of a node, `undefined` for plain services. */
export const pluginOf = (node: unknown): PluginMark<string, string, object> | undefined =>
  typeof node === 'object' && node !== null && plugin in node
    ? (node as PluginServiceDefinition)[plugin]
    : undefined
