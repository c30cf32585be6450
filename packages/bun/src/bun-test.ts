/** Body of a test or hook. It is called when the services that it destructures have started. */
export type TestBody<F, R extends readonly unknown[] = []> = (fixtures: F, ...row: R) => unknown

/** Options of a test, as Bun takes them; a number is `timeout`. */
export interface BunTestOptions {
  /** Milliseconds it may take, including the start of its services; default that of `createTest`. */
  readonly timeout?: number
  /** How often it may be tried again; default 0. Each attempt after a failed one gets everything fresh. */
  readonly retry?: number
  /** How often it is repeated after it has passed; default 0. */
  readonly repeats?: number
}

/** Declares a test. */
export type DeclareTest<F, R extends readonly unknown[] = []> = (
  title: string,
  fn: TestBody<F, R>,
  options?: number | BunTestOptions,
) => void

/** Declares a test per row; the fixtures come before the values of the row. */
export interface EachTest<F> {
  /** Rows of several values. */
  <const R extends readonly unknown[]>(rows: readonly R[]): DeclareTest<F, Mutable<R>>
  /** Rows of one value. */
  <V>(rows: readonly V[]): DeclareTest<F, [value: V]>
}

/** A way to declare tests, also one per row of a table. */
export interface TestMode<F> {
  /** Declares a test. */
  (...test: Parameters<DeclareTest<F>>): void
  /** One test per row. */
  readonly each: EachTest<F>
}

/** Declares a hook that takes fixtures. */
export type DeclareHook<F> = (fn: TestBody<F>, timeoutMs?: number) => void

/** Bun's `test` with the fixtures of a topology. */
export interface BunTest<F> extends TestMode<F> {
  /** Runs only these tests, with `bun test --only`. */
  readonly only: TestMode<F>
  /** Declares tests that do not run. */
  readonly skip: TestMode<F>
  /** Tests that must fail. */
  readonly failing: TestMode<F>
  /** Runs tests at the same time as others; on lanes of their own with `lane: 'test'`. */
  readonly concurrent: TestMode<F>
  /** Runs tests one after the other, also with `bun test --concurrent`. */
  readonly serial: TestMode<F>
  /** Declares a test that is not written yet, or that does not pass yet. */
  todo(title: string, fn?: TestBody<F>, options?: number | BunTestOptions): void
  /** Runs the test only if the condition holds. */
  if(condition: boolean): TestMode<F>
  /** Skips the test if the condition holds. */
  skipIf(condition: boolean): TestMode<F>
  /** Runs before all tests. What it writes to data is there for every test of the file, and resets restore it. */
  readonly beforeAll: DeclareHook<F>
  /** Runs before each test of the suite, on its lane and within its time. */
  readonly beforeEach: DeclareHook<F>
  /** Runs after each test of the suite, on its lane. */
  readonly afterEach: DeclareHook<F>
  /** Runs after all tests. */
  readonly afterAll: DeclareHook<F>
}

/** A way to declare suites. */
export type DeclareSuite = (title: string, fn: () => unknown) => void

/** Bun's `describe`. Titles of suites reach the record through it. */
export interface BunDescribe extends DeclareSuite {
  /** Runs only these suites. */
  readonly only: DeclareSuite
  /** Declares suites that do not run. */
  readonly skip: DeclareSuite
  /** Suites whose tests run at the same time. */
  readonly concurrent: DeclareSuite
}

// ---

type Mutable<R extends readonly unknown[]> = { -readonly [K in keyof R]: R[K] }
