import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RunnerProcess } from '../../../test/lib/runner-process.ts'
import {
  type FinishedRun,
  openRunnerProject,
  type RunnerProject,
} from '../../../test/lib/runner-project.ts'

/** A project whose tests Mocha runs. */
export interface Consumer extends Disposable {
  readonly project: RunnerProject
  /** Starts Mocha with these arguments. */
  start(...args: string[]): RunnerProcess
  /** Runs Mocha with these arguments. */
  run(...args: string[]): Promise<ConsumerRun>
}

/** One run of Mocha. */
export interface ConsumerRun extends FinishedRun {
  /** What Mocha's own JSON reporter says: `file › titles` joined by spaces, and `passed`, `failed` or `skipped`. */
  readonly said: Readonly<Record<string, string>>
  /** Messages of failures, of tests and hooks. */
  readonly failures: readonly string[]
  /** What the record says of the last attempt, in the same words. */
  readonly last: Readonly<Record<string, string>>
}

/** Creates the project; dispose it to remove it. */
export const openConsumer = async (files: Readonly<Record<string, string>>): Promise<Consumer> => {
  const project = await openRunnerProject(['.', 'packages/mocha'], files)
  const report = join(project.folder, 'report.json')
  const mocha = join(project.folder, 'node_modules/mocha/bin/mocha.js')
  return {
    project,
    start: (...args) => project.start(mocha, ...args),
    async run(...args) {
      rmSync(report, { force: true })
      const options = ['--reporter', 'json', '--reporter-option', `output=${report}`]
      const finished = await project.run(mocha, ...options, ...args)
      if (!existsSync(report)) throw new Error(`Mocha wrote no report:\n${finished.output}`)
      const said = JSON.parse(readFileSync(report, 'utf8')) as JsonReport
      return { ...finished, ...readReport(said, project.folder), last: lastOf(finished) }
    },
    [Symbol.dispose]: () => project[Symbol.dispose](),
  }
}

// ---

interface JsonTest {
  readonly fullTitle: string
  readonly file: string
  readonly err: { readonly message?: string }
}

interface JsonReport {
  readonly tests: readonly JsonTest[]
  readonly passes: readonly JsonTest[]
  readonly failures: readonly JsonTest[]
  readonly pending: readonly JsonTest[]
}

const readReport = ({ passes, failures, pending }: JsonReport, folder: string) => {
  const named = (tests: readonly JsonTest[], status: string) =>
    tests.map(({ file, fullTitle }) => [`${file.slice(folder.length + 1)} › ${fullTitle}`, status])
  return {
    said: Object.fromEntries([
      ...named(passes, 'passed'),
      ...named(pending, 'skipped'),
      ...named(failures, 'failed'),
    ]) as Record<string, string>,
    failures: failures.map(({ err }) => err.message ?? ''),
  }
}

const lastOf = ({ trace }: FinishedRun): Record<string, string> =>
  Object.fromEntries(
    trace.tests.flatMap(({ events: [start], status }) =>
      start?.k === 'test.start'
        ? [[`${start.file} › ${start.titlePath.join(' ')}`, status ?? 'none']]
        : [],
    ),
  )
