import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadTrace } from '../../src/trace/load-trace.ts'
import type { Trace } from '../../src/trace/read/trace.ts'
import { installPublished } from './published.ts'
import { recordedIn } from './recorded-in.ts'
import { type RunnerProcess, startProgram } from './runner-process.ts'

/** A project with the packages as they are published, in a temporary folder. */
export interface RunnerProject extends Disposable {
  readonly folder: string
  write(name: string, text: string): void
  /** Starts Node in it. */
  start(...args: string[]): RunnerProcess
  /** Runs Node in it until it ends. */
  run(...args: string[]): Promise<FinishedRun>
  /** Returns what the last run recorded. */
  trace(): Trace
}

/** A test runner that has ended. */
export interface FinishedRun {
  readonly code: number | null
  readonly output: string
  readonly trace: Trace
  /** What the record says: `file › suite › test`, with one status per attempt. */
  readonly recorded: Readonly<Record<string, readonly string[]>>
}

/**
 * Creates the project; dispose it to remove it.
 *
 * @param packages folders that are installed, relative to the repository.
 */
export const openRunnerProject = async (
  packages: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<RunnerProject> => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mesocosm-project-')))
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  write('package.json', '{ "name": "consumer", "private": true, "type": "module" }\n')
  for (const [name, text] of Object.entries(files)) write(name, text)
  await installPublished(folder, packages)
  const start = (...args: string[]) => startRunner(folder, args)
  const trace = () => loadTrace(join(folder, '.mesocosm/latest'))
  return {
    folder,
    write,
    start,
    trace,
    async run(...args) {
      const runner = start(...args)
      const { code } = await runner.ended
      const output = runner.output()
      const record = trace()
      return { code, output, trace: record, recorded: recordedIn(record) }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** Runs Node in a folder, in a process group of its own as a shell does. */
export const startRunner = (
  cwd: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): RunnerProcess => startProgram(process.execPath, args, { cwd, env })
