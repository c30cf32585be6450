/** What a suite did on an engine. */
export interface SuiteResult {
  readonly suite: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Names of failed tests, and files that could not be loaded. */
  readonly failures: readonly string[]
  /** Containers, networks and volumes that the suite left on the engine. */
  readonly left: readonly string[]
  readonly seconds: number
}

/** What all suites did on an engine. */
export interface EngineResult {
  readonly engine: string
  /** As `Docker 28.5.2 (overlay2)`. */
  readonly version: string
  readonly suites: readonly SuiteResult[]
  /** Why the suites could not run. */
  readonly fault?: string
}

/** The part of Vitest's JSON report that is read here. */
export interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** Returns the counts of a report; without one, as after a crash, that is one failure. */
export const countsOf = (
  report: VitestReport | undefined,
  exitCode: number,
): Pick<SuiteResult, 'passed' | 'failed' | 'skipped' | 'failures'> => {
  const files = report?.testResults ?? []
  const tests = files.flatMap((file) => file.assertionResults)
  const withStatus = (status: string) => tests.filter((test) => test.status === status)
  // A file that fails to load has no failed tests.
  const broken = files.filter(
    (file) =>
      file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
  )
  const [passed, failed] = [withStatus('passed'), withStatus('failed')]
  const failures = [
    ...failed.map(({ fullName }) => fullName),
    ...broken.map(({ name, message = '' }) => `${name}: ${message.split('\n')[0]}`),
  ]
  if (exitCode !== 0 && failures.length === 0) failures.push(`exit code ${exitCode}`)
  return {
    passed: passed.length,
    failed: failures.length,
    skipped: tests.length - passed.length - failed.length,
    failures,
  }
}

/** Returns whether nothing failed and nothing was left. */
export const isGood = ({ suites, fault }: EngineResult): boolean =>
  fault === undefined && suites.every(({ failed, left }) => failed === 0 && left.length === 0)

/** Returns a table of engines and suites as Markdown, followed by each failure and leftover. */
export const renderResults = (results: readonly EngineResult[]): string => {
  const names = [...new Set(results.flatMap(({ suites }) => suites.map(({ suite }) => suite)))]
  const rows = results.map(({ engine, version, suites, fault }) => [
    `${engine}: ${version}`,
    ...names.map((name) => {
      const found = suites.find(({ suite }) => suite === name)
      return found === undefined ? (fault ?? 'did not run') : cellOf(found)
    }),
  ])
  const table = [['engine', ...names], ['engine', ...names].map(() => '---'), ...rows]
  const details = results.flatMap(({ engine, suites }) =>
    suites.flatMap(({ suite, failures, left }) => [
      ...failures.map((failure) => `- ${engine}, ${suite}: failed: ${failure}`),
      ...left.map((what) => `- ${engine}, ${suite}: left: ${what}`),
    ]),
  )
  return [
    ...table.map((cells) => `| ${cells.join(' | ')} |`),
    ...(details.length === 0 ? [] : ['', ...details]),
    '',
  ].join('\n')
}

// ---

const cellOf = ({ passed, failed, skipped, left, seconds }: SuiteResult): string =>
  [
    `${passed} passed`,
    ...(failed === 0 ? [] : [`**${failed} failed**`]),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    ...(left.length === 0 ? [] : [`**${left.length} left**`]),
    `${Math.round(seconds)} s`,
  ].join(', ')
