import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { loadTrace } from 'mesocosm/operate'
import type { Trace } from 'mesocosm/trace'
import { namesIn } from '../../../src/disk/names-in.ts'
import { recordedIn } from '../../../test/lib/recorded-in.ts'
import { startProgram } from '../../../test/lib/runner-process.ts'
import { cleared } from '../../../test/lib/sandbox.ts'
import { type Said, saidIn } from './json-report.ts'

/**
 * A project that uses the packages as they are published, in a temporary folder. Disposing it fails if its runs left
 * anything on the engine.
 */
export interface Consumer extends AsyncDisposable {
  readonly folder: string
  /** Path of Playwright's command line, for Node. */
  readonly cli: string
  write(name: string, text: string): void
  /** Runs Playwright in it. */
  run(...args: string[]): Promise<ConsumerRun>
  /** Reads the report and the record of the last run. */
  read(): Pick<ConsumerRun, 'said' | 'recorded' | 'trace'>
}

/** One run of Playwright. */
export interface ConsumerRun {
  readonly code: number
  readonly output: string
  /** What Playwright's JSON reporter says: `file › suite › test`, and the status of each attempt. */
  readonly said: Said
  /** What the record says. */
  readonly recorded: Said
  readonly trace: Trace
}

/** Creates the project; dispose it to remove it. */
export const openConsumer = (
  modules: string,
  files: Readonly<Record<string, string>>,
  config = '',
): Consumer => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mesocosm-playwright-')))
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const report = join(folder, 'report.json')
  const cli = join(modules, '@playwright/test/cli.js')
  write('package.json', '{ "name": "consumer", "private": true, "type": "module" }\n')
  write('playwright.config.js', configOf(config))
  symlinkSync(modules, join(folder, 'node_modules'))
  for (const [name, text] of Object.entries(files)) write(name, text)
  const read = () => {
    const trace = loadTrace(join(folder, '.mesocosm/latest'))
    return { said: saidIn(report), recorded: recordedIn(trace), trace }
  }
  return {
    folder,
    cli,
    write,
    read,
    run: async (...args) => {
      rmSync(report, { force: true })
      return { ...(await playwright(cli, folder, args)), ...read() }
    },
    async [Symbol.asyncDispose]() {
      for (const name of namesIn(join(folder, '.mesocosm/runs'))) await cleared(name)
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

// ---

const configOf = (more: string): string => `export default {
  testDir: '.',
  reporter: [['list'], ['json', { outputFile: 'report.json' }], ['@mesocosm/playwright/reporter']],
  ${more}
}
`

const playwright = async (cli: string, cwd: string, args: readonly string[]) => {
  const { output, ended } = startProgram(process.execPath, [cli, 'test', ...args], { cwd })
  const { code } = await ended
  return { code: code ?? -1, output: output() }
}
