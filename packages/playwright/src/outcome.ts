import { resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { RunnerTest, TestResult } from 'mesocosm/runner'

/** What is used of Playwright's `TestInfo`, and of its `TestCase` with a `TestResult`. */
export interface Ended {
  readonly status?: string | undefined
  readonly expectedStatus: string
  readonly annotations: readonly { readonly type: string; readonly description?: string }[]
  readonly errors: readonly { readonly message?: string; readonly value?: string }[]
}

/** What identifies an attempt. */
export interface Identity {
  readonly rootDir: string
  readonly project: string
  /** File from the root folder, titles of suites, title of the test. */
  readonly titlePath: readonly string[]
  readonly retry: number
  readonly repeatEachIndex: number
  /** Where it is declared. */
  readonly location?: { readonly file: string; readonly line: number }
}

/** Returns an attempt as the record names it. The file is the test file, also for tests that a helper declares. */
export const testOf = ({
  rootDir,
  project,
  titlePath: [file = '', ...titles],
  retry,
  repeatEachIndex,
  location,
}: Identity): RunnerTest => ({
  project,
  file: resolve(rootDir, file),
  ...(location?.file === resolve(rootDir, file) ? { line: location.line } : {}),
  titlePath: titles,
  retry,
  repeat: repeatEachIndex,
})

/** Whether Playwright counts the attempt as failed. */
export const isFailure = ({ status, expectedStatus }: Ended): boolean =>
  status !== undefined && !['skipped', 'interrupted', expectedStatus].includes(status)

/** Returns how an attempt ended. One that was interrupted counts as skipped, as it does for Playwright. */
export const resultOf = (ended: Ended): TestResult => {
  const { status, errors, annotations } = ended
  if (isFailure(ended)) {
    const [error] = errors
    const text = error?.message ?? error?.value
    // `test.fail` has no error.
    if (status === 'passed') return { status: 'failed', error: 'Expected to fail, but passed.' }
    return { status: 'failed', ...(text === undefined ? {} : { error: plain(text) }) }
  }
  if (status === 'interrupted') return { status: 'skipped', error: 'interrupted' }
  if (status !== 'skipped') return { status: 'passed' }
  const why = annotations.findLast(({ type }) => type === 'skip' || type === 'fixme')
  const reason = why?.description ?? (why?.type === 'fixme' ? 'fixme' : undefined)
  return { status: 'skipped', ...(reason === undefined ? {} : { error: reason }) }
}

// ---

/** Playwright colours messages for terminals. */
const plain = (text: string): string => stripVTControlCharacters(text).replace(/^\w*Error: /, '')
