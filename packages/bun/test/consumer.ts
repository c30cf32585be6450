import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadTrace } from 'mesocosm/operate'
import type { Trace } from 'mesocosm/trace'
import { bun } from '../../../test/lib/bun.ts'
import { installPublished } from '../../../test/lib/published.ts'
import { recordedIn } from '../../../test/lib/recorded-in.ts'
import { type RunnerProcess, runnerEnv, startProgram } from '../../../test/lib/runner-process.ts'

/** A project that uses the packages as they are published, in a temporary folder. */
export interface Consumer extends Disposable {
  readonly folder: string
  write(name: string, text: string): void
  /** Removes files and folders. */
  remove(...names: string[]): void
  /** Starts Bun's test runner in it, in a process group of its own. */
  start(...args: string[]): RunnerProcess
  /** Runs Bun's test runner in it. */
  run(...args: string[]): Promise<ConsumerRun>
}

/** One run of Bun. */
export interface ConsumerRun {
  readonly code: number | null
  readonly output: string
  /** What Bun prints: `suite > test` and `pass`, `fail`, `skip` or `todo`. */
  readonly said: Readonly<Record<string, string>>
  /** What the record says: the same names, with one status per attempt. */
  readonly recorded: Readonly<Record<string, readonly string[]>>
  readonly trace: Trace
}

/** Packages that projects of these tests install. */
export const packages = ['.', 'packages/bun', 'packages/postgres']

/** Runs `bun test` in a folder. `node_modules` must be there. */
export const startBun = (
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = runnerEnv(),
): RunnerProcess =>
  startProgram(bun ?? 'bun', ['test', ...args], {
    cwd: folder,
    env: { ...env, MESOCOSM_NODE: process.execPath },
  })

/** Creates the project; dispose it to remove it. */
export const openConsumer = async (files: Readonly<Record<string, string>>): Promise<Consumer> => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mesocosm-bun-')))
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  write('package.json', '{ "name": "consumer", "private": true }')
  for (const [name, text] of Object.entries(files)) write(name, text)
  await installPublished(folder, packages)
  const start = (...args: string[]) => startBun(folder, args)
  return {
    folder,
    write,
    remove: (...names) => {
      for (const name of names) rmSync(join(folder, name), { recursive: true, force: true })
    },
    start,
    run: async (...args) => {
      const started = start(...args)
      const { code } = await started.ended
      const trace = loadTrace(join(folder, '.mesocosm/latest'))
      const output = started.output()
      return {
        code,
        output,
        said: saidIn(output),
        recorded: recordedIn(trace, (_, titlePath) => titlePath.join(' > ')),
        trace,
      }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

// ---

const saidIn = (output: string): Record<string, string> =>
  Object.fromEntries(
    [
      ...output.matchAll(
        /^\((pass|fail|skip|todo)\) (.*?)(?: \(attempt \d+\))?(?: \[[\d.]+ms\])?$/gm,
      ),
    ].map(([, status = '', title = '']) => [title, status]),
  )
