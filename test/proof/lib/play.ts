import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { namesIn } from '../../../src/disk/names-in.ts'
import { loadTrace } from '../../../src/trace/load-trace.ts'
import { noLeaksIn, ownersIn } from '../../lib/leaks.ts'
import { installPublished } from '../../lib/published.ts'
import { startProgram } from '../../lib/runner-process.ts'
import { projectFiles } from './project-files.ts'
import { type ProofRunner, runners, sourceOf } from './runners.ts'
import { suiteOf } from './suite.ts'

/** The published packages, installed once for all projects. */
export interface Installed extends Disposable {
  readonly folder: string
}

/** A project with the suite in the idiom of one runner. */
export interface ProofProject extends AsyncDisposable {
  readonly folder: string
  /** Value of `TMPDIR` of what runs in it. */
  readonly temporary: string
  readonly env: NodeJS.ProcessEnv
  readonly command: readonly [string, ...string[]]
}

/** How a run of the suite went. */
export interface ProofRun {
  readonly code: number | null
  readonly output: string
  /** Whether the runner says that all 40 tests have passed. */
  readonly passed: boolean
  /** Lanes that the tests of the record have used. */
  readonly lanes: number
}

/** Packs and installs the packages; dispose it to remove them. */
export const installPackages = async (): Promise<Installed> => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'proof-')))
  const packages = [
    '.',
    'packages/postgres',
    'packages/redis',
    ...runners.map((one) => one.package),
  ]
  await installPublished(folder, packages)
  return {
    folder: join(folder, 'node_modules'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** Creates the project. Disposing it fails if a run has left something. */
export const openProof = (
  installed: Installed,
  runner: ProofRunner,
  seed: number,
): ProofProject => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'proof-')))
  const temporary = join(folder, 't')
  mkdirSync(temporary)
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  symlinkSync(installed.folder, join(folder, 'node_modules'))
  write('package.json', '{ "name": "proof", "private": true, "type": "module" }\n')
  for (const [name, text] of Object.entries({ ...projectFiles, ...runner.files })) write(name, text)
  for (const file of suiteOf(seed)) write(runner.fileName(file.name), sourceOf(runner, file))
  const own = Object.entries(process.env).filter(([name]) => !others.test(name))
  return {
    folder,
    temporary,
    env: {
      ...Object.fromEntries(own),
      NO_COLOR: '1',
      TMPDIR: temporary,
      MESOCOSM_GRACE_MS: '300',
    },
    command: runner.command(join(folder, 'node_modules')) as [string, ...string[]],
    async [Symbol.asyncDispose]() {
      await noLeaksIn(temporary, ownersIn(temporary))
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Runs the suite, each worker in a lane of its own. */
export const play = async (project: ProofProject, runner: ProofRunner): Promise<ProofRun> => {
  const { code, output } = await runIn(project, {})
  const lanes = lanesOf(project.folder)
  return { code, output, passed: code === 0 && runner.passed.test(output), lanes }
}

/** Runs the suite with the addresses of one lane for all tests. */
export const playShared = async (project: ProofProject, runner: ProofRunner): Promise<ProofRun> => {
  const { folder, env } = project
  const owner = spawn(process.execPath, ['hold.js'], {
    cwd: folder,
    env: { ...env, MESOCOSM_RUN: 'shared' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const closed = once(owner, 'close')
  try {
    const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string]
    const { code, output } = await runIn(project, { PROOF_SHARED: line.replace(/^@lane /, '') })
    return { code, output, passed: code === 0 && runner.passed.test(output), lanes: 1 }
  } finally {
    owner.stdin.end()
    await closed
  }
}

// ---

/** The marks of the runner that runs this file must not reach the one under test. */
const others =
  /^(VITEST|TEST|JEST_|MOCHA_|NODE_TEST|NODE_ENV$|NODE_OPTIONS$|NODE_V8_COVERAGE$|MESOCOSM_|CI$|FORCE_COLOR$)/

const runIn = async (
  { folder, env, command: [program, ...args] }: ProofProject,
  more: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly output: string }> => {
  const runner = startProgram(program, args, {
    cwd: folder,
    env: { ...env, ...more },
    detached: false,
  })
  const { code } = await runner.ended
  return { code, output: runner.output() }
}

const lanesOf = (folder: string): number => {
  const runs = namesIn(join(folder, '.mesocosm/runs'))
  const used = runs.flatMap((run) =>
    loadTrace(join(folder, '.mesocosm/runs', run)).tests.flatMap(({ lane }) => lane ?? []),
  )
  return new Set(used).size
}
