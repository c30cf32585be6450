import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadTrace } from 'mesocosm/operate'
import type { Trace } from 'mesocosm/trace'
import { recordedIn } from '../../../test/lib/recorded-in.ts'
import { startProgram } from '../../../test/lib/runner-process.ts'

/** A project that uses the built packages, in a temporary folder. */
export interface Consumer extends Disposable {
  readonly folder: string
  write(name: string, text: string): void
  /** Runs Vitest in it. */
  run(...args: string[]): Promise<ConsumerRun>
}

/** One run of Vitest. */
export interface ConsumerRun {
  readonly code: number
  readonly output: string
  /** What Vitest's own JSON reporter says: `file › suite › test` and `passed`, `failed` or `skipped`. */
  readonly said: Readonly<Record<string, string>>
  /** Messages of failed tests, by the same names. */
  readonly messages: Readonly<Record<string, readonly string[]>>
  /** What the record says: the same names, with one status per attempt. */
  readonly recorded: Readonly<Record<string, readonly string[]>>
  readonly trace: Trace
}

const root = join(import.meta.dirname, '../../..')

/** Creates the project; dispose it to remove it. */
export const openConsumer = (files: Readonly<Record<string, string>>): Consumer => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mesocosm-vitest-')))
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  write('package.json', '{ "name": "consumer", "private": true, "type": "module" }\n')
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  for (const [name, text] of Object.entries(files)) write(name, text)
  return {
    folder,
    write,
    run: async (...args) => {
      const report = join(folder, 'report.json')
      rmSync(report, { force: true })
      const { code, output } = await vitest(folder, [
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...args,
      ])
      const trace = loadTrace(join(folder, '.mesocosm/latest'))
      const tests = testsIn(report, folder)
      return {
        code,
        output,
        said: Object.fromEntries(tests.map(({ name, status }) => [name, status])),
        messages: Object.fromEntries(tests.map(({ name, messages }) => [name, messages])),
        recorded: recordedIn(trace),
        trace,
      }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

// ---

const vitest = async (cwd: string, args: readonly string[]) => {
  const cli = join(root, 'node_modules/vitest/vitest.mjs')
  const { output, ended } = startProgram(process.execPath, [cli, 'run', ...args], { cwd })
  const { code } = await ended
  return { code: code ?? -1, output: output() }
}

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

const testsIn = (report: string, folder: string) => {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JsonReport
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ ancestorTitles, title, status, failureMessages }) => ({
      name: [name.slice(folder.length + 1), ...ancestorTitles, title].join(' › '),
      status: status === 'passed' || status === 'failed' ? status : 'skipped',
      messages: failureMessages,
    })),
  )
}
