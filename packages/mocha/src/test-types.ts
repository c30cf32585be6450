import type { AnyTopology, Handles, Lane } from 'mesocosm/runner'
import type { Context, Test } from 'mocha'

/** What tests and hooks of a topology can ask for by destructuring: its services, and the lane they run in. */
export type Fixtures<T extends AnyTopology> = Handles<T> & {
  /** The leased lane. */
  readonly lane: Lane<T>
}

/** A test, or a hook of tests: it destructures what it asks for. `this` is Mocha's own context. */
export type TestFunction<T extends AnyTopology> = (this: Context, fixtures: Fixtures<T>) => unknown

/** A hook that runs once for a suite. */
export type HookFunction<T extends AnyTopology> = TestFunction<T>

/** Declares a test, like `it` of Mocha. */
export type TestDeclaration<T extends AnyTopology> = (title: string, fn?: TestFunction<T>) => Test

/** `it` of Mocha with the services of a topology. */
export interface TopologyTestApi<T extends AnyTopology> {
  /** Declares a test; without a function it is still to do. */
  (title: string, fn?: TestFunction<T>): Test
  /** Declares a test that is not run. */
  readonly skip: TestDeclaration<T>
  /** Declares a test that is run instead of those without it. */
  readonly only: TestDeclaration<T>
  /**
   * Runs before the tests of the suite. What it writes to databases and other data is there for every later test of the
   * file, because resets restore it.
   */
  readonly before: (fn: HookFunction<T>) => void
  /** Runs after the tests of the suite. */
  readonly after: (fn: HookFunction<T>) => void
  /** Runs before each test of the suite, in the test's lane. */
  readonly beforeEach: (fn: TestFunction<T>) => void
  /** Runs after each test of the suite, in the test's lane. */
  readonly afterEach: (fn: TestFunction<T>) => void
}

/** What {@link createTest} returns. */
export interface TopologyTest<T extends AnyTopology> {
  /** Declares tests with the services of the topology. */
  readonly test: TopologyTestApi<T>
  /** The same, for use in `describe`. */
  readonly it: TopologyTestApi<T>
}
