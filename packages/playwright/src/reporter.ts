import type {
  FullConfig,
  TestResult as PlaywrightResult,
  Reporter,
  Suite,
  TestCase,
} from '@playwright/test/reporter'
import { openRunRecord, type RunRecord, type TestResult } from 'mesocosm/runner'
import { markOf } from './mark.ts'
import { isFailure, resultOf, testOf } from './outcome.ts'

/**
 * Adds to the record what no worker sees: tests that are skipped without being run, that use no service, or that did
 * not run because the run ended early. It also keeps services running while Playwright replaces the worker of a failed
 * test. Its file is named in `playwright.config.ts`; it prints nothing.
 *
 * @example
 * export default defineConfig({ reporter: [['list'], ['@mesocosm/playwright/reporter']] })
 */
export default class MesocosmReporter implements Reporter {
  #config: FullConfig | undefined
  #suite: Suite | undefined
  readonly #runs = new Map<string, Promise<RunRecord>>()
  /** Folder of the topology by test file. */
  readonly #roots = new Map<string, string>()
  readonly #others: Other[] = []

  /** Called by Playwright before the first test. */
  onBegin(config: FullConfig, suite: Suite): void {
    this.#config = config
    this.#suite = suite
  }

  /** Called by Playwright after each attempt of a test. */
  onTestEnd(test: TestCase, result: PlaywrightResult): void {
    const root = markOf(result)
    if (root === undefined) {
      this.#others.push({ test, result })
      return
    }
    this.#roots.set(fileOf(test), root)
    if (this.#runs.has(root)) return
    const opening = openRunRecord({ root, client: 'playwright' })
    this.#runs.set(root, opening)
    // Its error is thrown at the end.
    opening.catch(() => {})
  }

  /** Called by Playwright after the last test. */
  async onEnd(): Promise<void> {
    for (const { test, result } of [...this.#others, ...this.#neverRun()]) {
      const root = this.#roots.get(fileOf(test))
      const record = root === undefined ? undefined : await this.#runs.get(root)
      record?.recordTest(
        this.#identify(test, result?.retry ?? 0),
        endOf(test, result),
        timesOf(result),
      )
    }
    for (const opening of this.#runs.values()) (await opening)[Symbol.dispose]()
    this.#runs.clear()
    this.#roots.clear()
    this.#others.length = 0
  }

  /** Whether this reporter prints; then Playwright adds none of its own. */
  printsToStdio(): boolean {
    return false
  }

  #neverRun(): Other[] {
    const tests = this.#suite?.allTests() ?? []
    return tests.flatMap((test) => (test.results.length === 0 ? [{ test, result: undefined }] : []))
  }

  #identify(test: TestCase, retry: number) {
    const [, project = '', ...titlePath] = test.titlePath()
    return testOf({
      rootDir: this.#config?.rootDir ?? '',
      project,
      titlePath,
      retry,
      repeatEachIndex: test.repeatEachIndex,
    })
  }
}

// ---

interface Other {
  readonly test: TestCase
  /** Absent for a test that did not run. */
  readonly result: PlaywrightResult | undefined
}

const fileOf = (test: TestCase): string => test.titlePath()[2] ?? ''

const endOf = (test: TestCase, result: PlaywrightResult | undefined): TestResult => {
  if (result === undefined) return { status: 'skipped', error: 'did not run' }
  const { status, annotations, errors } = result
  const ended = { status, annotations, errors, expectedStatus: test.expectedStatus }
  // Its message may quote a secret, which only workers know.
  return isFailure(ended) ? { status: 'failed' } : resultOf(ended)
}

const timesOf = (result: PlaywrightResult | undefined) => {
  if (result === undefined) return undefined
  const from = result.startTime.getTime()
  return { from, to: from + result.duration }
}
