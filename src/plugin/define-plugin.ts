import type { Capture } from '../define/capture.ts'
import type { ReservedName } from '../define/faults.ts'
import { addMatcherNames } from '../define/matcher-names.ts'
import type { CommonDefinition } from '../define/plain-definition.ts'
import {
  type CaptureRequest,
  type PluginService,
  type PluginServiceDefinition,
  type PluginTypes,
  plugin,
} from '../define/plugin-node.ts'
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
 * @param definition.captured returns what the service has received for others, such as mails: the record shows it under the
 * test. Return all that the service still has: captures with a known `id` are left out. Called in the test process at the end of
 * a test, if the service runs; a failure is recorded, and fails no test.
 * @param definition.matchers names of the matchers that the client, or what its methods return, has under the key
 * `expectations`: `['toHaveReceived']`. Their types are added to `MesocosmMatchers`.
 * @param definition.types returns what `mesocosm gen` writes for the service, for methods that are a `GeneratedClient`.
 * Names of its declarations start with `prefix`.
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
  readonly captured?: (
    asked: CaptureRequest<PluginService<PluginPorts<D>, PluginOutputs<D>>, Client>,
    options: Exclude<Options, undefined>,
  ) => Promise<readonly Capture[]>
  readonly matchers?: readonly string[]
  readonly types?: (options: Exclude<Options, undefined>, prefix: string) => PluginTypes
}): PluginFactory<Options, PluginPorts<D>, PluginOutputs<D>, Client> => {
  const { name, service, client, captured, matchers = [], types } = definition
  addMatcherNames(matchers)
  return (given?: Options & CommonPluginOptions) => {
    const options = (given ?? {}) as Exclude<Options, undefined>
    return {
      ...withCommonOptions(service(options), given),
      [plugin]: {
        name,
        options,
        ...(matchers.length === 0 ? {} : { matchers }),
        ...(client === undefined
          ? {}
          : {
              client: (running: PluginService<PluginPorts<D>, PluginOutputs<D>>) =>
                client(running, options),
            }),
        ...(captured === undefined
          ? {}
          : {
              // It is asked with the client that this plugin has made.
              captured: (asked: CaptureRequest) => captured(asked as never, options),
            }),
        ...(types === undefined ? {} : { types: (prefix: string) => types(options, prefix) }),
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
