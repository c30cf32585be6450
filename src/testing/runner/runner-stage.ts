import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadTrace } from '../../trace/load-trace.ts'
import type { Trace } from '../../trace/read/trace.ts'
import { aliveUntil } from '../engine-view.ts'
import type { ContractTestFile, RunnerContract } from './contract.ts'
import { editedFiles, firstFiles, topologySource } from './project.ts'

/** One run of the project. */
export interface RunnerRun {
  /** What the runner printed. */
  readonly output: string
  /** What the run recorded. */
  readonly trace: Trace
}

/** Both runs of the contract's project. */
export interface RunnerStage {
  /** With one worker. */
  readonly first: RunnerRun
  /** With two workers, after an edit. */
  readonly second: RunnerRun
}

/** Runs the contract's project twice, and removes it. */
export const playRunner = async (contract: RunnerContract): Promise<RunnerStage> => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mesocosm-runner-contract-')))
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  write('package.json', '{ "name": "runner-contract", "private": true, "type": "module" }\n')
  write('topology.ts', topologySource)
  const play = async (files: readonly ContractTestFile[], workers: number) => {
    for (const file of files) write(contract.fileName(file.name), contract.source(file))
    const output = await contract.run({ folder, workers, env: runnerEnv() })
    return { output, trace: recordOf(folder, output) }
  }
  const first = await play(firstFiles(folder), 1)
  const second = await play(editedFiles(folder), 2)
  for (const { trace } of [first, second]) await ended(trace)
  // After a failure the folder stays for the reader.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  return { first, second }
}

// ---

/** The marks of the runner that runs this contract must not reach the one that is under test. */
const runnerEnv = (): NodeJS.ProcessEnv => {
  const others =
    /^(VITEST|JEST_|MOCHA_|TEST_|NODE_TEST|MESOCOSM_RUN$|NODE_OPTIONS$|NODE_ENV$|CI$|FORCE_COLOR$)/
  const own = Object.entries(process.env).filter(([name]) => !others.test(name))
  return { ...Object.fromEntries(own), NO_COLOR: '1' }
}

/** Workers write their tests themselves, so the record of tests is whole although the run has not ended yet. */
const recordOf = (folder: string, output: string): Trace => {
  try {
    return loadTrace(join(folder, '.mesocosm', 'latest'))
  } catch (cause) {
    throw new Error(`the runner left no record in ${folder}; it printed:\n${output}`, { cause })
  }
}

const ended = async ({ events }: Trace): Promise<void> => {
  const owner = events.find((event) => event.k === 'run.start')
  if (owner?.k === 'run.start') await aliveUntil(owner.pid)
}
