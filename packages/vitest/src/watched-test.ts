import { destructured } from 'mesocosm/runner'

/** What is watched in the use of a `test`. */
export interface TestWatch {
  /** Called with every function that is given to it, at any depth: `test.only.for([…])('…', fn)`, `test.extend({…})`. */
  readonly onFunction: (fn: unknown) => void
  /** Whether tests and hooks keep time limits of their own: not while a debugger can hold them up. */
  readonly isLimited: boolean
  /** Whether a fixture of this name is one of the topology. */
  readonly isOurs: (name: string) => boolean
  /** Returns these fixtures for a hook that runs outside of tests; `file` is the fixture `mesocosmFile`. */
  readonly forHook: (
    hook: SuiteHook,
    file: unknown,
    names: readonly string[],
  ) => Promise<Readonly<Record<string, unknown>>>
}

/** A hook of Vitest that runs once for a suite. */
export type SuiteHook = 'beforeAll' | 'afterAll'

/**
 * Returns the same `test`, watched. Its `beforeAll` and `afterAll` take the topology's fixtures, which Vitest refuses
 * there because they are set up for each test.
 */
export const watchedTest = <T extends object>(test: T, watch: TestWatch): T =>
  new Proxy(test, {
    apply(target, self, args: unknown[]) {
      for (const arg of args) for (const fn of functionsIn(arg)) watch.onFunction(fn)
      const given = watch.isLimited ? args : withoutLimits(args)
      const result: unknown = Reflect.apply(target as never, self, given)
      return typeof result === 'function' ? watchedTest(result, watch) : result
    },
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function' || typeof key === 'symbol') return value
      if (key === 'beforeAll' || key === 'afterAll')
        return suiteHook(key, value.bind(target) as Register, watch)
      return watchedTest(value, watch)
    },
  })

// ---

type Register = (fn: unknown, timeout?: number) => unknown

type Listener = (context: object, suite: unknown) => unknown

const suiteHook =
  (hook: SuiteHook, register: Register, watch: TestWatch): Register =>
  (fn, timeout) => {
    watch.onFunction(fn)
    const limit = watch.isLimited ? timeout : unlimited
    const names = destructured(fn)
    const ours = names.filter(watch.isOurs)
    if (typeof fn !== 'function' || ours.length === 0) return register(fn, limit)
    const listener = async (context: { mesocosmFile?: unknown }, suite: unknown) => {
      const fixtures = await watch.forHook(hook, context.mesocosmFile, ours)
      return (fn as Listener)({ ...context, ...fixtures }, suite)
    }
    const others = names.filter((name) => !ours.includes(name))
    // Vitest reads off the text of a function which fixtures it needs.
    const text = `async ({ ${['mesocosmFile', ...others].join(', ')} }) => {}`
    return register(Object.assign(listener, { toString: () => text }), limit)
  }

/** Vitest's word for no time limit. */
const unlimited = 0

/** Arguments of a test or hook, `(name, options, fn)` or `(name, fn, timeout)`, without its time limit. */
const withoutLimits = (args: readonly unknown[]): unknown[] => {
  if (!args.some((arg) => typeof arg === 'function')) return [...args]
  return args.map((arg, index) => {
    if (typeof arg === 'number' && index === args.length - 1) return unlimited
    const isOptions = index === 1 && typeof arg === 'object' && arg !== null && 'timeout' in arg
    return isOptions ? { ...arg, timeout: unlimited } : arg
  })
}

/** Functions in an argument: itself, fixtures by name, and fixtures with options. */
const functionsIn = (arg: unknown): unknown[] => {
  if (typeof arg === 'function') return [arg]
  if (typeof arg !== 'object' || arg === null) return []
  const values: unknown[] = Object.values(arg)
  return values.flatMap((value) =>
    (Array.isArray(value) ? value.slice(0, 1) : [value]).filter((one) => typeof one === 'function'),
  )
}
