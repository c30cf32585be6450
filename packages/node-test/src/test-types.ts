import type { HookOptions, TestContext, TestOptions } from 'node:test'
import type { AnyTopology, Handles, Lane } from 'mesocosm/runner'

/** What tests and hooks of a topology can ask for by destructuring: its services, and the lane they run in. */
export type Fixtures<T extends AnyTopology> = Handles<T> & {
  /** The leased lane. */
  readonly lane: Lane<T>
}

/** A test: it destructures what it asks for. `t` is Node's own context. */
export type TestFunction<T extends AnyTopology> = (
  fixtures: Fixtures<T> & { readonly t: TestContext },
) => unknown

/** A hook that runs once for a suite or file. */
export type HookFunction<T extends AnyTopology> = (fixtures: Fixtures<T>) => unknown

/** Declares a test, like `test` of `node:test`. */
export interface TestDeclaration<T extends AnyTopology> {
  /** Declares a test; the promise of Node is fulfilled when it has ended. */
  (name: string, fn?: TestFunction<T>): Promise<void>
  /** The same with options of Node: `concurrency`, `only`, `plan`, `signal`, `skip`, `timeout`, `todo`. */
  (name: string, options: TestOptions, fn?: TestFunction<T>): Promise<void>
}

/** `test` of `node:test` with the services of a topology. */
export interface TopologyTestApi<T extends AnyTopology> extends TestDeclaration<T> {
  /** Declares a test that is not run. */
  readonly skip: TestDeclaration<T>
  /** Declares a test whose failure does not fail the run. */
  readonly todo: TestDeclaration<T>
  /** Declares a test that is run with `--test-only`. */
  readonly only: TestDeclaration<T>
  /**
   * Runs before the tests of the suite or file. What it writes to databases and other data is there for every later test
   * of the file, because resets restore it.
   */
  readonly before: (fn: HookFunction<T>, options?: HookOptions) => void
  /** Runs after the tests of the suite or file. */
  readonly after: (fn: HookFunction<T>, options?: HookOptions) => void
  /** Runs before each test of the suite or file, in the test's lane. */
  readonly beforeEach: (fn: TestFunction<T>, options?: HookOptions) => void
  /** Runs after each test of the suite or file, in the test's lane. */
  readonly afterEach: (fn: TestFunction<T>, options?: HookOptions) => void
}

/** What {@link createTest} returns. */
export interface TopologyTest<T extends AnyTopology> {
  /** Declares tests with the services of the topology. */
  readonly test: TopologyTestApi<T>
  /** The same, for use in `describe`. */
  readonly it: TopologyTestApi<T>
}
