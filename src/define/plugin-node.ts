import type { Capture } from './capture.ts'
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
  /** Names of the matchers that take its handles, or what their methods return. */
  readonly matchers?: readonly string[]
  /** Creates the plugin's methods of a running service's handle. */
  readonly client?: (service: PluginService<Ports, Outputs>) => Client
  /** Returns what a running service has captured. */
  readonly captured?: (asked: CaptureRequest) => Promise<readonly Capture[]>
  /** Returns the types that `mesocosm gen` writes for the service. */
  readonly types?: (prefix: string) => PluginTypes
}

/** What a plugin is given when it is asked what its service has captured. */
export interface CaptureRequest<Service = PluginService, Client = object> {
  /** The running service. */
  readonly service: Service
  /** The methods that the plugin has made for its handle; calls of them are not recorded. */
  readonly client: Client
  /** Aborts after a second: the answer is not waited for any longer. */
  readonly signal: AbortSignal
}

/** TypeScript that `mesocosm gen` writes for a service of a plugin. */
export interface PluginTypes {
  /** Type aliases and interfaces, whose names start with the prefix that was passed. */
  readonly declarations: readonly string[]
  /** Members of the object type that a `GeneratedClient` gets as `generated`. */
  readonly members: readonly string[]
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
  /**
   * Records what the service has captured so far. Call it before that is deleted or hidden; it is called at the end of
   * every test, and before the service is stopped, recreated, removed or reset. Never rejects.
   */
  recordCaptured(): Promise<void>
}

/** Returns the plugin of a definition; `undefined` for plain services. */
export const pluginOf = (definition: unknown): PluginMark<string, string, object> | undefined =>
  typeof definition === 'object' && definition !== null && plugin in definition
    ? (definition as PluginServiceDefinition)[plugin]
    : undefined
