import type { WaitOptions } from './handle.ts'

/**
 * Key of what matchers can wait for in a value: `expect(mail).toHaveReceived(…)` calls `mail[expectations].toHaveReceived(…)`.
 * A registered symbol, so that copies of the package recognize each other's handles.
 */
export const expectations: unique symbol = Symbol.for('mesocosm.expectations')

/** Options of matchers. `timeoutMs` is 10 000 by default, in Playwright the `timeout` of its `expect`. */
export interface ExpectOptions extends WaitOptions {
  /** With `.not`: milliseconds during which nothing that matches may arrive; default 0, which looks once. */
  readonly duringMs?: number
}

/** What one call of a matcher waits for. */
export interface Expectation<T = unknown> {
  /** What is awaited, and where: `a mail with to "a@b.c" in mail`. */
  readonly awaited: string
  /** The value in errors, such as `api.logs`; default its `name`. */
  readonly receiver?: string
  /** Options of the call. */
  readonly options?: ExpectOptions | undefined
  /**
   * Waits for a value that matches; a timeout of 0 looks once.
   *
   * @throws {MesocosmError} `TIMEOUT` with what was there instead. Other errors are not a failed expectation.
   */
  wait(limits: WaitOptions): Promise<T>
  /** Returns what is there now and matches. */
  present(limits: WaitOptions): readonly T[] | Promise<readonly T[]>
  /** Returns one line that shows a value. */
  lineOf(value: T): string
  /** Whether `.not` waits until nothing matches, because what is there can go away. Default false: it fails at once. */
  readonly leaves?: boolean
  /** Runs the wait as a call of the record; handles add it. */
  recorded?<R>(work: () => Promise<R>): Promise<R>
}

/** What matchers can wait for in a value, by the name of the matcher. */
export type Expectations = Readonly<Record<string, (...args: never[]) => Expectation>>

/** A value with expectations. */
export interface Expectable {
  readonly [expectations]: Expectations
}

/** Returns the expectations of a value; `undefined` if it has none. */
export const expectationsOf = (value: unknown): Expectations | undefined =>
  (typeof value === 'object' || typeof value === 'function') && value !== null
    ? (value as Partial<Expectable>)[expectations]
    : undefined
