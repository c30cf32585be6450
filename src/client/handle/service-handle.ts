import { types } from 'node:util'
import { cliOf } from '../../define/cli.ts'
import type { ArgvFunction, Command, CommandOptions } from '../../define/command.ts'
import { type SplitCall, splitCall, splitOptions } from '../../define/command-call.ts'
import type { EnvPatch } from '../../define/env-patch.ts'
import { expectations, expectationsOf } from '../../define/expectations.ts'
import type { BaseHandle, PortHandle, WaitOptions } from '../../define/handle.ts'
import { type PluginService, pluginOf } from '../../define/plugin-node.ts'
import { runCommand, succeeded } from '../../define/run-command.ts'
import { isKeyed } from '../../model/value-kind.ts'
import { checkCall } from '../arguments/check-call.ts'
import type { LaneLink } from '../lane/lane-link.ts'
import { createBaseHandle, notStarted, runIn } from './base-handle.ts'
import { withEnd } from './ended-service.ts'
import { withGenerated } from './generated-commands.ts'
import { commandArguments } from './method-arguments.ts'
import { fetchAt } from './port-fetch.ts'
import { isProbedProperty } from './probed-property.ts'
import { recordedExpectations } from './recorded-expectations.ts'

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
      Object.keys(ports).map((port) => [port, getter(() => portHandle(link, base, port))]),
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
  if (mark === undefined) return handle
  let client: object | undefined
  const make = () => {
    client ??= mark.client?.(pluginService(link, base)) ?? {}
    return client
  }
  const { captured } = mark
  if (captured !== undefined)
    link.captures.add(service, (signal) =>
      captured({ service: pluginService(link, base), client: make(), signal }),
    )
  return mark.client === undefined ? handle : withClient(link, base, handle, make)
}

// ---

/** Whether a function is declared as `async`: what it calls can then be shown inside of its step. */
const isAsync = (fn: () => unknown): boolean => fn.constructor.name === 'AsyncFunction'

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

const portHandle = (link: LaneLink, base: BaseHandle<EnvPatch>, port: string): PortHandle => ({
  get host() {
    return outputOf(link, base.name, `${port}.host`)
  },
  get port() {
    return Number(outputOf(link, base.name, `${port}.port`))
  },
  get url() {
    return outputOf(link, base.name, `${port}.url`)
  },
  fetch: (path, init) =>
    fetchAt({ link, base, port, url: () => outputOf(link, base.name, `${port}.url`) }, path, init),
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
  port: (name) => portHandle(link, base, name),
  onRelease: (release) => link.onRelease(base.name, release),
  recordCaptured: () => link.captures.collect([base.name]),
})

/**
 * Makes the plugin's client when one of its methods is first used, but not for properties that `await` or an
 * inspector reads. Every method is a span of the record.
 */
const withClient = (
  link: LaneLink,
  base: BaseHandle<EnvPatch>,
  handle: object,
  make: () => object,
): object => {
  const service = base.name
  const explained = (error: unknown) => withEnd(link, service, () => base.logs, error)
  const called = (method: (...args: never[]) => unknown, args: readonly unknown[]): unknown => {
    const result: unknown = Reflect.apply(method, make(), args)
    return types.isPromise(result)
      ? result.catch(async (error: unknown) => {
          throw await explained(error)
        })
      : result
  }
  const isOwn = (target: object, key: string | symbol) =>
    Reflect.has(target, key) ||
    (typeof key === 'symbol' ? key !== expectations : isProbedProperty(key))
  return new Proxy(handle, {
    get(target, key, receiver) {
      if (isOwn(target, key)) return Reflect.get(target, key, receiver)
      const client = make()
      if (key === expectations)
        return recordedExpectations(link, service, expectationsOf(client) ?? {}, explained)
      const found: unknown = Reflect.get(client, key)
      if (typeof found !== 'function' || typeof key !== 'string') return found
      const method = found as () => unknown
      return (...args: unknown[]) =>
        isAsync(method)
          ? link.act(key, { service, args }, () => called(method, args) as Promise<unknown>)
          : link.actNow(key, { service, args }, () => called(method, args))
    },
    has(target, key) {
      if (isOwn(target, key)) return Reflect.has(target, key)
      return Reflect.has(make(), key)
    },
  })
}
