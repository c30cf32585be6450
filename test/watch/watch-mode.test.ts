import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { namesIn } from '../../src/disk/names-in.ts'
import { bun, noBun } from '../lib/bun.ts'
import { killGroup } from '../lib/child.ts'
import { eventually } from '../lib/eventually.ts'
import { noLeaksIn, ownersIn } from '../lib/leaks.ts'
import { installPublished } from '../lib/published.ts'
import { runnerEnv, startProgram } from '../lib/runner-process.ts'

/* The watch mode of each runner: a changed test runs again with services that still run, and Ctrl-C leaves nothing. */

const node = process.execPath

/** `idle`: what it prints when a run is over. Jest does not see a change that is made before. */
const runners = [
  {
    name: 'vitest',
    idle: 'Waiting for file changes',
    command: (modules: string) => [node, join(modules, 'vitest/vitest.mjs'), '--watch'],
  },
  {
    name: 'jest',
    idle: 'Ran all test suites',
    command: (modules: string) => [
      node,
      '--experimental-vm-modules',
      '--no-warnings',
      join(modules, 'jest/bin/jest.js'),
      '--watchAll',
    ],
  },
  { name: 'node-test', idle: 'duration_ms', command: () => [node, '--test', '--watch'] },
  {
    name: 'mocha',
    idle: 'waiting for changes',
    command: (modules: string) => [
      node,
      join(modules, 'mocha/bin/mocha.js'),
      '--watch',
      '--watch-files=*.test.cjs',
      '--timeout=120000',
      '*.test.cjs',
    ],
  },
  { name: 'bun', idle: 'Ran 1 test', command: () => [bun ?? 'bun', 'test', '--watch'] },
] as const

const topology = `import { defineTopology, http } from 'mesocosm'
export const topology = defineTopology({
  name: 'watched',
  services: {
    api: {
      image: 'node:24-trixie-slim',
      command: ['node', '-e', "const born = String(Date.now()); require('node:http').createServer((_, response) => response.end(born)).listen(3000)"],
      ports: { http: 3000 },
      ready: http('/'),
      stopTimeoutMs: 0,
    },
  },
})
`

/** Each run of the test adds a line with what it found. */
const source = (runner: string) => `import { createTest } from '@mesocosm/${runner}'
import { appendFileSync } from 'node:fs'
import { topology } from './topology.js'
const { test } = createTest(topology)
test('asks its service', async ({ api }) => {
  appendFileSync('runs.txt', (await (await fetch(api.http.url)).text()) + '\\n')
})
`

/** Mocha loads a changed file again only if it is CommonJS. */
const fileOf = (runner: string) => (runner === 'mocha' ? 'one.test.cjs' : 'one.test.js')
const commonjs = (text: string) =>
  text.replace(/^import (\{.*?\}) from ('.*?')$/gm, 'const $1 = require($2)')

const made = { installed: '' }

beforeAll(async () => {
  made.installed = realpathSync(mkdtempSync(join(tmpdir(), 'watch-')))
  await installPublished(made.installed, ['.', ...runners.map(({ name }) => `packages/${name}`)])
})
afterAll(() => rmSync(made.installed, { recursive: true, force: true, maxRetries: 5 }))

const openProject = (runner: string) => {
  const folder = mkdtempSync(join(made.installed, 'project-'))
  const temporary = mkdtempSync(join(made.installed, 't-'))
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  writeFileSync(
    join(folder, 'jest.config.js'),
    'export default { transform: {}, testTimeout: 120000 }\n',
  )
  writeFileSync(join(folder, 'topology.js'), topology)
  writeFileSync(join(folder, 'runs.txt'), '')
  const file = join(folder, fileOf(runner))
  writeFileSync(file, runner === 'mocha' ? commonjs(source(runner)) : source(runner))
  const found = () => readFileSync(join(folder, 'runs.txt'), 'utf8').split('\n').filter(Boolean)
  return { folder, temporary, file, found }
}

test.for(runners)('$name', async ({ name, idle, command }, { skip }) => {
  skip(name === 'bun' && noBun !== undefined, noBun)
  const { folder, temporary, file, found } = openProject(name)
  const [program = '', ...args] = command(join(made.installed, 'node_modules'))
  const env = { ...runnerEnv(), TMPDIR: temporary, MESOCOSM_NODE: node }
  const runner = startProgram(program, args, { cwd: folder, env })
  try {
    const countIs = (count: number) =>
      eventually(() => expect(found(), runner.output()).toHaveLength(count), 120_000)
    await countIs(1)
    await eventually(() => expect(runner.output()).toContain(idle), 120_000)
    appendFileSync(file, '\n')
    await countIs(2)
    const [first, second] = found()
    expect(second).toBe(first)
    expect(namesIn(join(folder, '.mesocosm/runs'))).toHaveLength(1)
    killGroup(runner.child.pid as number, 'SIGINT')
    await runner.ended
    await noLeaksIn(temporary, ownersIn(temporary))
  } finally {
    killGroup(runner.child.pid as number, 'SIGKILL')
    await runner.ended
  }
})
