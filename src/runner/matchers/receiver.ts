import { type Expectation, expectationsOf } from '../../define/expectations.ts'
import { pluginOf } from '../../define/plugin-node.ts'
import type { AnyTopology } from '../../define/topology.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'

/** A call of a matcher. */
export interface MatcherCall {
  /** Name of the matcher. */
  readonly name: string
  readonly topology: AnyTopology
  /** What was passed to `expect`. */
  readonly received: unknown
  readonly args: readonly unknown[]
}

/**
 * Returns what the call waits for, and the name of the value in errors.
 *
 * @throws {MesocosmError} `ARGUMENT_INVALID` with the values that have the matcher, if the received one does not.
 */
export const expectationFor = (
  call: MatcherCall,
): { readonly expectation: Expectation; readonly receiver: string } => {
  const { name, received, args } = call
  const found = expectationsOf(received)
  if (found === undefined || !Object.hasOwn(found, name)) throw wrongReceiver(call)
  const create = found[name] as (...args: readonly unknown[]) => Expectation
  const expectation = create(...args)
  return { expectation, receiver: expectation.receiver ?? nameOf(received) }
}

// ---

const wrongReceiver = ({ name, topology, received }: MatcherCall): MesocosmError => {
  const own = Object.keys(expectationsOf(received) ?? {})
  const receiver = nameOf(received)
  const right = rightReceivers(name, topology, received)
  return new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `expect(${receiver}) has no ${name}${own.length === 0 ? '' : `, but ${own.join(', ')}`}`,
    remedy:
      right.length === 0
        ? `pass a value that ${name} can wait for; no service of the topology has one`
        : `use ${right.map((one) => `expect(${one}).${name}(…)`).join(' or ')}`,
    facts: { matcher: name, received: receiver, receivers: right },
  })
}

/** Most of the right values that an error names. */
const mostNamed = 5

const rightReceivers = (name: string, topology: AnyTopology, received: unknown): string[] => {
  // `expect(api)` that means `expect(api.logs)`.
  if (isObject(received) && Object.hasOwn(expectationsOf(received.logs) ?? {}, name))
    return [`${nameOf(received)}.logs`]
  return Object.entries(topology.definition.services as Readonly<Record<string, object>>)
    .flatMap(([service, definition]) => {
      if (name === 'toContainLine') return 'endpoint' in definition ? [] : [`${service}.logs`]
      return pluginOf(definition)?.matchers?.includes(name) === true ? [service] : []
    })
    .slice(0, mostNamed)
}

const nameOf = (received: unknown): string => {
  if (!isObject(received)) return typeof received === 'string' ? 'a string' : String(received)
  if (typeof received.name === 'string') return received.name
  return 'value'
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
