import type { ReservedName } from '../define/faults.ts'
import type { CommonDefinition } from '../define/plain-definition.ts'
import { type PluginService, type PluginServiceDefinition, plugin } from '../define/plugin-node.ts'
import type { Nothing } from '../define/register.ts'
import type { Condition } from '../model/service-spec.ts'
import type { Template } from '../model/template.ts'
import { type CommonPluginOptions, withCommonOptions } from './common-options.ts'

/** What a plugin's `service` returns: a service definition with outputs of its own. */
export interface PluginDefinition extends CommonDefinition {
  /** Environment; values may use `self(…)`. */
  readonly env?: Readonly<Record<string, Template | undefined>>
  /** Services that must be started, healthy or completed before. */
  readonly dependsOn?: readonly string[] | Readonly<Record<string, Condition>>
  /** Outputs besides `host`, `port` and `<port>.host | .port | .url`; they may use `self(…)` and `ref('lane.name')`. */
  readonly outputs?: Readonly<Record<string, Template>>
}

/**
 * Defines a kind of service: `definePlugin({ name: 'redis', service: () => ({ image: 'redis', ports: { redis: 6379 } }) })`.
 * Options, outputs, ports and client methods are inferred.
 *
 * @param definition.name as it appears in plans and traces.
 * @param definition.service returns the service definition for options. Must be pure: it is called when a topology is declared.
 * @param definition.client returns the methods of the handle for a running service. Called in the test process, once per lane, at the first use of a method.
 * @returns a function that returns the service definition for `defineTopology`; options can be left out if none is required.
 * It also accepts the {@link CommonPluginOptions}.
 */
export const definePlugin = <
  const D extends PluginDefinition & PluginFaults<D>,
  Options = Nothing,
  Client extends object = Nothing,
>(definition: {
  readonly name: string
  readonly service: (options: Options) => D
  readonly client?: (
    service: PluginService<PluginPorts<D>, PluginOutputs<D>>,
    options: Exclude<Options, undefined>,
  ) => Client & ClientFaults<Client>
}): PluginFactory<Options, PluginPorts<D>, PluginOutputs<D>, Client> => {
  const { name, service, client } = definition
  return (given?: Options & CommonPluginOptions) => {
    const options = (given ?? {}) as Exclude<Options, undefined>
    return {
      ...withCommonOptions(service(options), given),
      [plugin]: {
        name,
        options,
        ...(client === undefined
          ? {}
          : {
              client: (running: PluginService<PluginPorts<D>, PluginOutputs<D>>) =>
                client(running, options),
            }),
      },
    }
  }
}

/** Returns the service definition for options, which can be left out if none is required. */
export type PluginFactory<
  Options,
  Ports extends string,
  Outputs extends string,
  Client extends object,
> = Nothing extends Options
  ? (options?: Options & CommonPluginOptions) => PluginServiceDefinition<Ports, Outputs, Client>
  : undefined extends Options
    ? (options?: Options & CommonPluginOptions) => PluginServiceDefinition<Ports, Outputs, Client>
    : (options: Options & CommonPluginOptions) => PluginServiceDefinition<Ports, Outputs, Client>

type PluginPorts<D> = D extends { readonly ports: infer P } ? keyof P & string : never
type PluginOutputs<D> = D extends { readonly outputs: infer O } ? keyof O & string : never

type PluginFaults<D> = {
  readonly [P in Exclude<keyof D, keyof PluginDefinition>]?: `✗ unknown service key "${P & string}"`
}

type ClientFaults<Client> = {
  readonly [M in Extract<
    keyof Client,
    ReservedName
  >]?: `✗ "${M & string}" is a member of every handle; choose another method name`
}
