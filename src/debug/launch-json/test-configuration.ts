import { configurationPrefix, type LaunchConfiguration, presentation } from './configuration.ts'

/** Test runners whose test files can be debugged in VS Code. */
export const debuggableRunners = ['vitest', 'jest', 'mocha', 'playwright', 'node-test'] as const

/** A test runner. */
export type DebuggableRunner = (typeof debuggableRunners)[number]

/**
 * Returns the configuration with which VS Code runs the open test file in a debugger. The runner's own limits on time
 * are off, as far as it can: a test that is paused does not fail.
 */
export const testConfiguration = (runner: DebuggableRunner): LaunchConfiguration => {
  const { label, ...start } = starts[runner]
  return {
    name: `${configurationPrefix}this test file (${label})`,
    type: 'node',
    request: 'launch',
    ...start,
    cwd: workspace,
    console: 'integratedTerminal',
    autoAttachChildProcesses: true,
    smartStep: true,
    skipFiles: ['<node_internals>/**', '**/node_modules/**'],
    presentation,
  }
}

// ---

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: VS Code fills them in.
const workspace = '${workspaceFolder}'
const packages = '${workspaceFolder}/node_modules'
const file = '${relativeFile}'

interface Start {
  readonly label: string
  readonly program: string
  readonly args?: readonly string[]
}

/** Mocha and Vitest take 0 for no limit; Jest the largest number of a timer. */
const starts: Readonly<Record<DebuggableRunner, Start>> = {
  vitest: {
    label: 'Vitest',
    program: `${packages}/vitest/vitest.mjs`,
    args: ['run', '--no-file-parallelism', '--testTimeout=0', '--hookTimeout=0', file],
  },
  jest: {
    label: 'Jest',
    program: `${packages}/jest/bin/jest.js`,
    args: ['--runInBand', '--testTimeout=2147483647', '--runTestsByPath', file],
  },
  mocha: {
    label: 'Mocha',
    program: `${packages}/mocha/bin/mocha.js`,
    args: ['--timeout', '0', file],
  },
  playwright: {
    label: 'Playwright',
    program: `${packages}/@playwright/test/cli.js`,
    args: ['test', '--workers=1', '--timeout=0', file],
  },
  'node-test': { label: 'node:test', program: '${file}' },
}
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: VS Code fills them in.
