import type { test as nodeTest, TestContext, TestOptions } from 'node:test'
import { callerOf, callFrom } from './caller.ts'
import type { Declaration, Declarations } from './declarations.ts'
import type { TopologyFixtures } from './fixtures.ts'
import type { Watch } from './watch.ts'

/** What declared tests and hooks are made from. */
export interface DeclaringParts {
  readonly fixtures: TopologyFixtures
  readonly declarations: Declarations
  readonly watch: Watch
  /** Time limit of tests and hooks without one, milliseconds; `undefined` leaves Node's. */
  readonly timeout: number | undefined
  /** Whether tests and hooks keep limits of their own: not while a debugger can hold them up. */
  readonly isLimited: boolean
  /** Called with each service that a test or hook asks for. */
  readonly onUse: (service: string) => void
  /** Pulls or builds the images of the services that were asked for. */
  readonly prepareImages: () => Promise<void>
}

type NodeTest = typeof nodeTest

/** Returns `test` and its variants, over those of Node. */
export const createTestFunction = (node: NodeTest, parts: DeclaringParts): object => {
  const variant = (declare: unknown, own: TestOptions) =>
    function test(...args: readonly unknown[]): unknown {
      const { name, options, fn } = read(args)
      const all = { ...own, ...options }
      const declared: Declaration = { name, skip: reason(all.skip), begun: false }
      parts.declarations.add(declared)
      const limit = parts.timeout === undefined ? {} : { timeout: parts.timeout }
      const body = fn === undefined ? emptyOf(all, parts) : wrap(fn, name, all, parts)
      // Node reports where a test is declared, and tries failed tests again by that.
      return callFrom(callerOf(), declare as (...args: unknown[]) => unknown, [
        name,
        parts.isLimited ? { ...limit, ...options } : { ...options, ...limit },
        body &&
          ((t: TestContext) => {
            declared.begun = true
            return body(t)
          }),
      ])
    }
  const variants = ['skip', 'todo', 'only', 'expectFailure'].flatMap((key) => {
    const declare = (node as unknown as Record<string, unknown>)[key]
    return declare === undefined ? [] : [[key, variant(declare, { [key]: true })] as const]
  })
  return Object.assign(variant(node, {}), Object.fromEntries(variants))
}

/** Returns the services that a function asks for. A wrong name fails the test that has it, not its file. */
export const servicesOf = (
  names: () => readonly string[],
  fixtures: TopologyFixtures,
): readonly string[] => {
  try {
    return fixtures.servicesIn(names())
  } catch {
    return []
  }
}

// ---

type Body = (t: TestContext) => unknown

interface Declared {
  readonly name: string
  readonly options: TestOptions
  readonly fn: ((fixtures: unknown) => unknown) | undefined
}

/** Reads arguments as Node does: name, options and function, each of which may be absent. */
const read = (args: readonly unknown[]): Declared => {
  const fn = args.find((arg) => typeof arg === 'function') as Declared['fn']
  const options = args.find((arg) => typeof arg === 'object' && arg !== null) as TestOptions
  const name = typeof args[0] === 'string' && args[0] !== '' ? args[0] : fn?.name || '<anonymous>'
  return { name, options: options ?? {}, fn }
}

const reason = (skip: boolean | string | undefined): string | undefined =>
  skip === undefined || skip === false ? undefined : skip === true ? '' : skip

const wrap = (
  fn: Declared['fn'] & {},
  name: string,
  options: TestOptions,
  parts: DeclaringParts,
): Body => {
  const { fixtures, onUse, watch } = parts
  const names = () => fixtures.namesOf(fn, `the test ${JSON.stringify(name)}`)
  if (reason(options.skip) === undefined)
    for (const service of servicesOf(names, fixtures)) onUse(service)
  return async (t) => {
    watch.see(t).progress.todo ??= reason(options.todo)
    return fn.call(t, await fixtures.forTest(t, names()))
  }
}

/** A test without a function is still to do. */
const emptyOf = ({ todo }: TestOptions, { watch }: DeclaringParts): Body | undefined => {
  const why = reason(todo)
  if (why === undefined) return undefined
  return (t) => {
    watch.see(t).progress.skipped = why === '' ? 'todo' : `todo: ${why}`
  }
}
