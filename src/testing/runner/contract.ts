/** What an integration of a test runner brings along to be held to its contract. */
export interface RunnerContract {
  /** Heads the suite: `vitest`. */
  readonly name: string
  /** Returns the file name of a test file: `a` becomes `a.test.ts`. It is in the project's folder. */
  readonly fileName: (name: string) => string
  /** Returns the source of a test file in the idiom of the runner. The topology is exported by `./topology.ts`. */
  readonly source: (file: ContractTestFile) => string
  /** Runs all test files of a project with the runner, and returns what it printed. Failing tests are expected. */
  readonly run: (project: ContractRun) => Promise<string>
  /** Clauses that do not hold for this runner, each with its reason. */
  readonly skip?: Readonly<Partial<Record<RunnerClause, string>>>
}

/**
 * `ids`: tests are recorded under ids that survive edits; `outcomes`: so are their outcomes; `reset`: each test finds
 * the lane as declared; `retry`: an attempt after a failed one gets everything fresh; `explain`: a failing test ends
 * with the last log lines of its services; `slot`: lanes are leased by worker slot.
 */
export type RunnerClause = 'ids' | 'outcomes' | 'reset' | 'retry' | 'explain' | 'slot'

/** A test file that the contract needs. */
export interface ContractTestFile {
  /** Name without extension. */
  readonly name: string
  /** Its tests, in this order. */
  readonly tests: readonly ContractTest[]
}

/** A test that the contract needs. */
export interface ContractTest {
  /** Title of the suite around it; absent for a test of its own. */
  readonly suite?: string
  /** Its title. */
  readonly title: string
  /** Fixtures that it asks for. */
  readonly uses: readonly string[]
  /** Statements of its asynchronous body, JavaScript; it throws to fail. */
  readonly body: string
  /** How often it may be tried again; default 0. */
  readonly retries?: number
  /** Whether it is declared as skipped. */
  readonly skip?: boolean
}

/** A project to run the tests of. */
export interface ContractRun {
  /** Its folder, with a `package.json`, `topology.ts` and the test files. It has no `node_modules`. */
  readonly folder: string
  /** How many test files run at once. */
  readonly workers: number
  /** The environment for the runner's process. */
  readonly env: NodeJS.ProcessEnv
}
