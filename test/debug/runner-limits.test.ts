import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bun } from '../lib/bun.ts'
import { runnerEnv, startProgram } from '../lib/runner-process.ts'

/*
 * A test may last longer than the runner's limit while a debugger of its process is open. No service is used, and no
 * debugger attaches.
 */

const root = join(import.meta.dirname, '../..')

const topology = `const topology = defineTopology({
  name: 'limits',
  root: ${JSON.stringify(tmpdir())},
  services: { api: { image: 'node:24-trixie-slim', command: ['node'] } },
})
const later = () => new Promise((resolve) => setTimeout(resolve, 2_000))
`

const esm = (runner: string) => `import { defineTopology } from 'mesocosm'
import { createTest } from '@mesocosm/${runner}'
${topology}`

/** Limits of 200 ms; where tests have limits of their own, one of those as well. */
const runners = {
  vitest: {
    'vitest.test.mjs': `${esm('vitest')}
const { test } = createTest(topology, { timeoutMs: 200 })
test('waits', later)
test('has a limit of its own', { timeout: 100 }, later)
`,
    args: ['vitest/vitest.mjs', 'run', 'vitest.test.mjs'],
  },
  playwright: {
    'playwright.spec.mjs': `${esm('playwright')}
const { test } = createTest(topology)
test('waits', async ({}) => later())
`,
    args: ['@playwright/test/cli.js', 'test', '--timeout=200', 'playwright.spec.mjs'],
  },
  jest: {
    'jest.test.cjs': `const { defineTopology } = require('mesocosm')
const { createTest } = require('@mesocosm/jest')
${topology}
const { test } = createTest(topology, { timeoutMs: 200 })
test('waits', later)
test('has a limit of its own', later, 100)
`,
    args: ['jest/bin/jest.js', '--rootDir=.', '--testMatch=**/jest.test.cjs', '--transform={}'],
  },
  mocha: {
    'mocha.mjs': `${esm('mocha')}
const { it } = createTest(topology, { timeoutMs: 200 })
it('waits', later)
describe('a suite with a limit of its own', function () {
  this.timeout(100)
  it('waits, too', later)
})
`,
    args: ['mocha/bin/mocha.js', '--timeout=150', 'mocha.mjs'],
  },
  'node:test': {
    'node.mjs': `${esm('node-test')}
const { test } = createTest(topology, { timeoutMs: 200 })
test('waits', later)
test('has a limit of its own', { timeout: 100 }, later)
`,
    args: ['--test', '--test-timeout=100', 'node.mjs'],
  },
  bun: {
    'bun.test.mjs': `${esm('bun')}
const { test } = createTest(topology, { timeoutMs: 200 })
test('waits', later)
test('has a limit of its own', later, { timeout: 100 })
`,
    args: ['test', './bun.test.mjs'],
  },
} as const

let folder: string
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'mesocosm-limits-')))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{ "name": "limits", "private": true }\n')
  for (const { args: _, ...files } of Object.values(runners))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
})
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

const commandOf = (runner: keyof typeof runners): [string, ...string[]] => {
  const [first, ...rest] = runners[runner].args
  if (runner === 'bun') return [bun as string, first, ...rest]
  const isProgram = first.endsWith('js')
  return [process.execPath, isProgram ? join(root, 'node_modules', first) : first, ...rest]
}

const run = async (runner: keyof typeof runners, env: Readonly<Record<string, string>>) => {
  const [program, ...args] = commandOf(runner)
  const started = startProgram(program, args, { cwd: folder, env: { ...runnerEnv(), ...env } })
  const { code } = await started.ended
  return { code, output: started.output() }
}

const names = Object.keys(runners) as (keyof typeof runners)[]

test.for(names)('%s has no time limits while a debugger is open', async (runner, { skip }) => {
  if (runner === 'bun' && bun === undefined) skip('Bun is not installed')
  const debugged = await run(runner, { NODE_OPTIONS: '--inspect=127.0.0.1:0' })
  expect(debugged, debugged.output).toMatchObject({ code: 0 })
})

test('a thread of Vitest has no time limits while the debugger of its main process is open', async () => {
  const [program, ...args] = commandOf('vitest')
  const flags = ['--inspect=127.0.0.1:0', ...args, '--pool=threads', '--no-file-parallelism']
  const started = startProgram(program, flags, { cwd: folder, env: runnerEnv() })
  const { code } = await started.ended
  expect(code, started.output()).toBe(0)
})

test('without a debugger the limits hold', async () => {
  const { code, output } = await run('vitest', {})
  expect(output).toContain('Test timed out in 200ms')
  expect(code).not.toBe(0)
})
