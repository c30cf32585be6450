/** Title of a test; functions and classes stand for their names. */
export type TestName =
  | string
  | number
  | (abstract new (
      ...args: never[]
    ) => unknown)
  | ((...args: never[]) => unknown)

/** Body of a test or hook. It is called when the services that it destructures have started. */
export type TestBody<F, R extends readonly unknown[] = []> = (fixtures: F, ...row: R) => unknown

/**
 * Declares a test. `timeoutMs` is how many milliseconds it may take, including the start of its services; default that
 * of `createTest`.
 */
export type DeclareTest<F, R extends readonly unknown[] = []> = (
  name: TestName,
  fn: TestBody<F, R>,
  timeoutMs?: number,
) => void

/** Declares a test per row of a table; the fixtures come before the values of the row. */
export interface EachTest<F> {
  /** Rows of several values. */
  <const R extends readonly unknown[]>(rows: readonly R[]): DeclareTest<F, Mutable<R>>
  /** Rows of one value. */
  <V>(rows: readonly V[]): DeclareTest<F, [value: V]>
  /** A table with a heading. */
  <V extends object = Readonly<Record<string, unknown>>>(
    heading: TemplateStringsArray,
    ...values: readonly unknown[]
  ): DeclareTest<F, [row: V]>
}

/** A way to declare tests, also one per row of a table. */
export interface TestMode<F> {
  /** Declares a test. */
  (...test: Parameters<DeclareTest<F>>): void
  /** One test per row. */
  readonly each: EachTest<F>
}

/** The same, also for tests that must fail. */
export interface FailingMode<F> extends TestMode<F> {
  /** Tests that must fail. */
  readonly failing: TestMode<F>
}

/** Declares a hook that takes fixtures. */
export type DeclareHook<F> = (fn: TestBody<F>, timeoutMs?: number) => void

/** Jest's `test` with the fixtures of a topology. */
export interface JestTest<F> extends FailingMode<F> {
  /** Runs only these tests of the file. */
  readonly only: FailingMode<F>
  /** Declares tests that do not run. */
  readonly skip: FailingMode<F>
  /** Runs tests at the same time as others of their suite; on lanes of their own with `lane: 'test'`. */
  readonly concurrent: FailingMode<F> & {
    readonly only: FailingMode<F>
    readonly skip: FailingMode<F>
  }
  /** Declares a test that is not written yet. */
  todo(name: string): void
  /**
   * Runs before all tests. What it writes to databases and other data is there for every test of the file, and resets
   * restore it.
   */
  readonly beforeAll: DeclareHook<F>
  /** Runs before each test, on its lane. */
  readonly beforeEach: DeclareHook<F>
  /** Runs after each test, on its lane. */
  readonly afterEach: DeclareHook<F>
  /** Runs after all tests. */
  readonly afterAll: DeclareHook<F>
}

// ---

type Mutable<R extends readonly unknown[]> = { -readonly [K in keyof R]: R[K] }
