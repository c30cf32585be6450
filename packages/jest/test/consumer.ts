import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadTrace } from 'mesocosm/operate'
import type { Trace } from 'mesocosm/trace'
import { installPublished } from '../../../test/lib/published.ts'
import { recordedIn } from '../../../test/lib/recorded-in.ts'
import { type RunnerProcess, startProgram } from '../../../test/lib/runner-process.ts'

/** A project that uses the packages as they are published, in a temporary folder. */
export interface Consumer extends Disposable {
  readonly folder: string
  write(name: string, text: string): void
  /** Removes files and folders. */
  remove(...names: string[]): void
  /** Starts Jest in it, in a process group of its own. */
  start(...args: string[]): RunnerProcess
  /** Runs Jest in it. */
  run(...args: string[]): Promise<ConsumerRun>
}

/** One run of Jest. */
export interface ConsumerRun {
  readonly code: number | null
  readonly output: string
  /** What Jest's own JSON reporter says: `file › suite › test` and `passed`, `failed` or `skipped`. */
  readonly said: Readonly<Record<string, string>>
  /** What the record says: the same names, with one status per attempt. */
  readonly recorded: Readonly<Record<string, readonly string[]>>
  readonly trace: Trace
}

/** How test files are loaded: TypeScript and `import` compiled to CommonJS, as written, or by Node's own loader. */
export type ModuleKind = 'compiled' | 'commonjs' | 'esm'

/** Runs Jest in a folder. `node_modules` must be there. */
export const startJest = (
  folder: string,
  args: readonly string[],
  { env, esm = false }: { readonly env?: NodeJS.ProcessEnv; readonly esm?: boolean },
): RunnerProcess => {
  const jest = join(root, 'node_modules/jest/bin/jest.js')
  const flags = esm ? ['--experimental-vm-modules', '--no-warnings'] : []
  return startProgram(process.execPath, [...flags, jest, ...args], { cwd: folder, env })
}

/** The configuration of Jest for a kind of project. */
export const jestConfig = (kind: ModuleKind): object => ({
  testEnvironment: 'node',
  transform: kind === 'compiled' ? { '\\.[jt]s$': '@swc/jest' } : {},
  ...(kind === 'esm' ? { extensionsToTreatAsEsm: ['.ts'] } : {}),
})

/** Creates the project; dispose it to remove it. */
export const openConsumer = async (
  files: Readonly<Record<string, string>>,
  kind: ModuleKind = 'compiled',
): Promise<Consumer> => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mesocosm-jest-')))
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const type = kind === 'esm' ? { type: 'module' } : {}
  const manifest = { name: 'consumer', private: true, ...type, jest: jestConfig(kind) }
  write('package.json', JSON.stringify(manifest))
  for (const [name, text] of Object.entries(files)) write(name, text)
  await installPublished(folder, packages)
  const start = (...args: string[]) => startJest(folder, args, { esm: kind === 'esm' })
  return {
    folder,
    write,
    remove: (...names) => {
      for (const name of names) rmSync(join(folder, name), { recursive: true, force: true })
    },
    start,
    run: async (...args) => {
      const report = join(folder, 'report.json')
      rmSync(report, { force: true })
      const jest = start('--json', `--outputFile=${report}`, '--cacheDirectory=cache', ...args)
      const { code } = await jest.ended
      const trace = loadTrace(join(folder, '.mesocosm/latest'))
      const said = saidIn(report, folder)
      return { code, output: jest.output(), said, recorded: recordedIn(trace), trace }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** Packages that projects of these tests install. */
export const packages = ['.', 'packages/jest', 'packages/postgres']

// ---

const root = join(import.meta.dirname, '../../..')

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
