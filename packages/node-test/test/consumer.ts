import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  type FinishedRun,
  openRunnerProject,
  type RunnerProject,
} from '../../../test/lib/runner-project.ts'
import { reporterSource } from './reporter.ts'

/** A project whose tests Node runs. */
export interface Consumer extends Disposable {
  readonly project: RunnerProject
  /** Runs `node --test` with these arguments. */
  run(...args: string[]): Promise<ConsumerRun>
}

/** One run of Node's test runner. */
export interface ConsumerRun extends FinishedRun {
  /** What Node says of each test, see `reporter.ts`. */
  readonly said: Readonly<Record<string, string>>
}

/** Creates the project; dispose it to remove it. */
export const openConsumer = async (files: Readonly<Record<string, string>>): Promise<Consumer> => {
  const project = await openRunnerProject(['.', 'packages/node-test'], {
    'reporter.mjs': reporterSource,
    ...files,
  })
  const report = join(project.folder, 'said.json')
  return {
    project,
    async run(...args) {
      rmSync(report, { force: true })
      const reporters = [
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
        '--test-reporter=./reporter.mjs',
        `--test-reporter-destination=${report}`,
      ]
      const finished = await project.run('--test', ...reporters, ...args)
      return { ...finished, said: JSON.parse(readFileSync(report, 'utf8')) }
    },
    [Symbol.dispose]: () => project[Symbol.dispose](),
  }
}
