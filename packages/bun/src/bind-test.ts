import { formatTitle } from './format-title.ts'

/** A function of Bun that declares tests: `test`, `test.only`, what `test.if(…)` returns. */
type Declare = (...args: unknown[]) => unknown

/** What a test is declared with. */
export interface Declaration {
  readonly title: string
  readonly fn: unknown
  /** Values of its row in a table. */
  readonly row: readonly unknown[]
  /** Whether it must fail. */
  readonly failing: boolean
  /** Milliseconds that it may take; default that of `createTest`. */
  readonly timeoutMs: number | undefined
}

/** Returns the function and the limit in milliseconds that Bun gets for a test. */
export type Bind = (declaration: Declaration) => {
  readonly run: () => Promise<void>
  readonly timeoutMs: number
}

/** Returns the same `test`, at any depth, with functions that take fixtures. */
export const bindTest = (
  test: Declare,
  bind: Bind,
  failing = false,
  /** What it is a property of: Bun insists on it. */
  owner?: Declare,
): Declare =>
  new Proxy(test, {
    apply(target, _, args: unknown[]) {
      const [title, fn] = args
      // `test.if(condition)` returns a way to declare tests.
      if (typeof fn !== 'function') {
        const result: unknown = Reflect.apply(target, owner, args)
        return typeof result === 'function' ? bindTest(result as Declare, bind, failing) : result
      }
      return declare(target, owner, args, String(title), [], bind, failing)
    },
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function' || typeof key === 'symbol') return value
      if (key === 'each') return eachOf(target, owner, bind, failing)
      return bindTest(value as Declare, bind, failing || key === 'failing', target)
    },
  })

// ---

const declare = (
  target: Declare,
  owner: Declare | undefined,
  [, fn, options]: readonly unknown[],
  title: string,
  row: readonly unknown[],
  bind: Bind,
  failing: boolean,
) => {
  const given = typeof options === 'number' ? { timeout: options } : (options as object | undefined)
  const { timeout: own } = { timeout: undefined, ...given }
  const { run, timeoutMs } = bind({ title, fn, row, failing, timeoutMs: own })
  return Reflect.apply(target, owner, [title, run, { ...given, timeout: timeoutMs }]) as unknown
}

/** Each row is a test of its own: its title is its identity in the record. */
const eachOf =
  (target: Declare, owner: Declare | undefined, bind: Bind, failing: boolean) =>
  (rows: readonly unknown[]) =>
  (title: unknown, fn: unknown, options?: unknown) => {
    for (const [index, value] of rows.entries()) {
      const row = Array.isArray(value) ? (value as readonly unknown[]) : [value]
      const own = formatTitle(String(title), row, index)
      declare(target, owner, [title, fn, options], own, row, bind, failing)
    }
  }
