/** What the flags of Node decide about tests. */
export interface TestFlags {
  /** Whether `--test-timeout` gives all tests a time limit. */
  readonly hasTimeout: boolean
  /** Whether some tests are filtered out, by name, tag or `only`. */
  readonly filters: boolean
  /** Whether coverage is measured. */
  readonly covers: boolean
}

/** Reads the flags of this process, which Node hands to the processes of test files. */
export const readTestFlags = (
  flags: readonly string[] = process.execArgv,
  env: NodeJS.ProcessEnv = process.env,
): TestFlags => ({
  // Node itself passes 0.
  hasTimeout: flags.some((flag) => /^--test-timeout(=(?!0$)|$)/.test(flag)),
  filters: flags.some((flag) =>
    /^--(test-name-pattern|test-skip-pattern|test-only|experimental-test-tag-filter)\b/.test(flag),
  ),
  covers: env.NODE_V8_COVERAGE !== undefined || flags.includes('--experimental-test-coverage'),
})
