import { cliOf } from '../../define/cli.ts'
import type { ArgvFunction, Command, CommandOptions } from '../../define/command.ts'
import { type SplitCall, splitCall, splitOptions } from '../../define/command-call.ts'
import type { EnvPatch } from '../../define/env-patch.ts'
import type { BaseHandle, WaitOptions } from '../../define/handle.ts'
import { type PluginService, pluginOf } from '../../define/plugin-node.ts'
import { runCommand, succeeded } from '../../define/run-command.ts'
import { isKeyed } from '../../model/value-kind.ts'
import { checkCall } from '../arguments/check-call.ts'
import type { LaneLink } from '../lane/lane-link.ts'
import { createBaseHandle, notStarted, runIn } from './base-handle.ts'
import { withEnd } from './ended-service.ts'
import { withGenerated } from './generated-commands.ts'
import { commandArguments } from './method-arguments.ts'
import { isProbedProperty } from './probed-property.ts'

/** The part of a service's definition that handles read. */
interface Definition {
  readonly ports?: Readonly<Record<string, unknown>>
  readonly outputs?: Readonly<Record<string, unknown>>
  readonly exec?: Readonly<Record<string, Command | ArgvFunction>>
}

/**
 * Creates the handle of one service: common methods, ports and commands, and for the service of a plugin its outputs
 * and the plugin's methods.
 */
export const createServiceHandle = (
  link: LaneLink,
  service: string,
  definition: object,
  onDispose: () => Promise<void>,
): object => {
  const { ports = {}, outputs = {}, exec = {} } = definition as Definition
  const base = createBaseHandle(link, service, onDispose)
  const handle: object = Object.create(null, {
    ...Object.getOwnPropertyDescriptors(base),
    ...Object.fromEntries(
      Object.keys(ports).map((port) => [port, getter(() => portHandle(link, service, port))]),
    ),
    env: getter(() => ({ ...link.view(service)?.env })),
    exec: {
      value: withGenerated(commands(link, service, exec), {
        service,
        cli: cliOf(definition),
        run: (command, args, argvOf) =>
          link.act(`exec.${command}`, { service, args }, async () => {
            const { args: own, options } = splitTool(args)
            checkOptions(link, service, command, options)
            const argv = argvOf(own)
            const result = await runIn(link, service, argv, waitOf(options))
            return options?.reject === false
              ? result
              : succeeded(result, argv, { service, command })
          }),
      }),
      enumerable: true,
    },
  })
  for (const output of Object.keys(outputs)) {
    if (!(output in handle))
      Object.defineProperty(
        handle,
        output,
        getter(() => outputOf(link, service, output)),
      )
  }
  const mark = pluginOf(definition)
  return mark?.client === undefined
    ? handle
    : withClient(link, base, handle, () => mark.client?.(pluginService(link, base)) ?? {})
}

// ---

const getter = (get: () => unknown): PropertyDescriptor => ({
  get,
  enumerable: true,
  configurable: true,
})

const outputOf = (link: LaneLink, service: string, output: string): string => {
  const value = link.view(service)?.outputs[output]
  if (value === undefined) throw notStarted(link, service, output)
  return value
}

const portHandle = (link: LaneLink, service: string, port: string) => ({
  get host() {
    return outputOf(link, service, `${port}.host`)
  },
  get port() {
    return Number(outputOf(link, service, `${port}.port`))
  },
  get url() {
    return outputOf(link, service, `${port}.url`)
  },
})

const commands = (
  link: LaneLink,
  service: string,
  declared: Readonly<Record<string, Command | ArgvFunction>>,
) =>
  Object.fromEntries(
    Object.entries(declared).map(([command, definition]) => [
      command,
      (...args: unknown[]) =>
        link.act(`exec.${command}`, { service, args }, async () => {
          const { args: own, options } = splitCall(definition, args)
          checkOptions(link, service, command, options)
          const run = (argv: readonly string[]) => runIn(link, service, argv, waitOf(options))
          return runCommand({ service, command }, definition, own, run, options)
        }),
    ]),
  )

/** A tool's own options come in an object, too: call options are a second object behind it. */
const splitTool = (args: readonly unknown[]): SplitCall =>
  isKeyed(args.at(-2)) ? splitOptions(args) : { args, options: undefined }

const checkOptions = (link: LaneLink, service: string, command: string, options: unknown): void =>
  checkCall(
    { lane: link.name, service, method: `${service}.exec.${command}` },
    commandArguments(options),
  )

const waitOf = ({ timeoutMs, signal }: CommandOptions = {}): WaitOptions => ({
  ...(timeoutMs === undefined ? {} : { timeoutMs }),
  ...(signal === undefined ? {} : { signal }),
})

const pluginService = (link: LaneLink, base: BaseHandle<EnvPatch>): PluginService => ({
  name: base.name,
  run: base.run,
  get logs() {
    return base.logs
  },
  get outputs() {
    return { ...link.view(base.name)?.outputs }
  },
  port: (name) => portHandle(link, base.name, name),
  onRelease: (release) => link.onRelease(base.name, release),
})

/**
 * Creates the plugin's client when one of its methods is first used, but not for properties that `await` or an
 * inspector reads. Every method is a span of the record.
 */
const withClient = (
  link: LaneLink,
  base: BaseHandle<EnvPatch>,
  handle: object,
  make: () => object,
): object => {
  const service = base.name
  let client: object | undefined
  const called = (method: (...args: never[]) => unknown, args: readonly unknown[]): unknown => {
    const result: unknown = Reflect.apply(method, client, args)
    return result instanceof Promise
      ? result.catch(async (error: unknown) => {
          throw await withEnd(link, service, () => base.logs, error)
        })
      : result
  }
  const isOwn = (target: object, key: string | symbol) =>
    Reflect.has(target, key) || typeof key === 'symbol' || isProbedProperty(key)
  return new Proxy(handle, {
    get(target, key, receiver) {
      if (isOwn(target, key)) return Reflect.get(target, key, receiver)
      client ??= make()
      const found: unknown = Reflect.get(client, key)
      if (typeof found !== 'function' || typeof key !== 'string') return found
      return (...args: unknown[]) =>
        link.act(key, { service, args }, () => called(found as () => unknown, args))
    },
    has(target, key) {
      if (isOwn(target, key)) return Reflect.has(target, key)
      client ??= make()
      return Reflect.has(client, key)
    },
  })
}
