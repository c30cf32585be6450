import { execFile } from 'node:child_process'
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
      return { code, output, said: saidIn(report, folder), recorded: recordedIn(trace), trace }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

// ---

/** The marks of the runner that runs this file must not reach the one under test. */
const others = /^(VITEST|TEST|NODE_ENV$|NODE_OPTIONS$|MESOCOSM_RUN$|CI$|FORCE_COLOR$)/

const vitest = (cwd: string, args: readonly string[]): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    const own = Object.entries(process.env).filter(([name]) => !others.test(name))
    const child = execFile(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args],
      { cwd, env: { ...Object.fromEntries(own), NO_COLOR: '1' } },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    )
  })

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
    }[]
  }[]
}

const saidIn = (report: string, folder: string): Record<string, string> => {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as JsonReport
  return Object.fromEntries(
    testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ ancestorTitles, title, status }) => [
        [name.slice(folder.length + 1), ...ancestorTitles, title].join(' › '),
        status === 'passed' || status === 'failed' ? status : 'skipped',
      ]),
    ),
  )
}

const recordedIn = ({ tests }: Trace): Record<string, string[]> => {
  const recorded: Record<string, string[]> = {}
  for (const { events, status } of tests) {
    const [start] = events
    if (start?.k !== 'test.start') continue
    const name = [start.file, ...start.titlePath].join(' › ')
    recorded[name] = [...(recorded[name] ?? []), status ?? 'none']
  }
  return recorded
}
