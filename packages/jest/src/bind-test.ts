/** A function of Jest that declares tests: `test`, `test.only`, what `test.each([…])` returns. */
type Declare = (...args: unknown[]) => unknown

/** A test or hook that takes fixtures, and what is known of it. */
export interface Bound {
  /** Returns the function that Jest calls instead of a test's. */
  readonly test: (fn: unknown, name: unknown) => (...row: unknown[]) => Promise<unknown>
  /** The same for a hook. */
  readonly hook: (fn: unknown, hook: HookName) => () => Promise<unknown>
  /** Registers a hook with Jest. */
  readonly register: (hook: HookName, fn: () => Promise<unknown>, timeoutMs: number) => void
  /** Milliseconds that a test or hook may take that names no limit of its own. */
  readonly timeoutMs: number
  /** Whether tests and hooks keep limits of their own: not while a debugger can hold them up. */
  readonly isLimited: boolean
}

/** Hooks of Jest. */
export type HookName = (typeof hookNames)[number]

/** Returns the same `test`, at any depth, with functions that take fixtures; and with the hooks as properties. */
export const bindTest = (test: object, bound: Bound): object =>
  new Proxy(test, {
    apply: (target, _, args: unknown[]) => (target as Declare)(...declaration(args, bound)),
    get(target, key) {
      const hook = hookNames.find((name) => name === key)
      if (hook !== undefined) return hookOf(hook, bound)
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function') return value
      if (key === 'each') return eachOf(value as Declare, bound)
      return key === 'todo' ? value : bindTest(value, bound)
    },
  })

// ---

const hookNames = ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'] as const

/** `(name, fn, timeout)`; what Jest refuses is left for Jest to refuse. */
const declaration = ([name, fn, timeout, ...rest]: unknown[], bound: Bound): unknown[] =>
  typeof fn === 'function'
    ? [name, bound.test(fn, name), limitOf(timeout, bound), ...rest]
    : [name, ...(fn === undefined ? [] : [fn, timeout, ...rest])]

/** The table may hold functions, which are not tests. */
const eachOf =
  (each: Declare, bound: Bound): Declare =>
  (...table) => {
    const declare = each(...table) as Declare
    return (...args: unknown[]) => declare(...declaration(args, bound))
  }

const hookOf = (hook: HookName, bound: Bound) => (fn: unknown, timeoutMs?: number) =>
  bound.register(hook, bound.hook(fn, hook), limitOf(timeoutMs, bound) as number)

/** What is not a number is left for Jest to refuse. */
const limitOf = (own: unknown, { isLimited, timeoutMs }: Bound): unknown =>
  isLimited ? (own ?? timeoutMs) : timeoutMs
