import { join } from 'node:path'
import { bun } from '../../lib/bun.ts'
import { laneCount, type WritingFile, type WritingTest } from './suite.ts'

/** How a suite is written and run with one runner. */
export interface ProofRunner {
  readonly name: string
  /** Folder of its package. */
  readonly package: string
  /** File name of a test file. */
  readonly fileName: (name: string) => string
  /** Lines before the tests, and what a test is declared with. */
  readonly head: string
  /** Further files, such as its configuration. */
  readonly files?: Readonly<Record<string, string>>
  /** Program and arguments; `node_modules` of the project is given. */
  readonly command: (modules: string) => readonly string[]
  /** Matches what it prints when all 40 tests have passed. */
  readonly passed: RegExp
}

const head = (name: string) => `import { createTest } from '@mesocosm/${name}'
import { prove, shared, together } from './prove.js'
import { topology } from './topology.js'
const { test } = createTest(topology, { timeoutMs: 600_000 })
`

const node = process.execPath

/** Every runner that has an integration. */
export const runners: readonly ProofRunner[] = [
  {
    name: 'vitest',
    package: 'packages/vitest',
    fileName: (name) => `${name}.test.js`,
    head: head('vitest'),
    command: (modules) => [
      node,
      join(modules, 'vitest/vitest.mjs'),
      'run',
      `--maxWorkers=${laneCount}`,
      '--no-cache',
    ],
    passed: /Tests\s+40 passed \(40\)/,
  },
  {
    name: 'playwright',
    package: 'packages/playwright',
    fileName: (name) => `${name}.spec.js`,
    head: head('playwright'),
    files: {
      'playwright.config.js': `export default { testDir: '.', timeout: 600_000, workers: ${laneCount}, reporter: [['line'], ['@mesocosm/playwright/reporter']] }\n`,
    },
    command: (modules) => [node, join(modules, '@playwright/test/cli.js'), 'test'],
    passed: /40 passed/,
  },
  {
    name: 'jest',
    package: 'packages/jest',
    fileName: (name) => `${name}.test.js`,
    head: head('jest'),
    files: {
      'jest.config.js': `export default { transform: {}, testTimeout: 600_000, cacheDirectory: 'cache' }\n`,
    },
    command: (modules) => [
      node,
      '--experimental-vm-modules',
      '--no-warnings',
      join(modules, 'jest/bin/jest.js'),
      `--maxWorkers=${laneCount}`,
    ],
    passed: /Tests:\s+40 passed, 40 total/,
  },
  {
    name: 'node:test',
    package: 'packages/node-test',
    fileName: (name) => `${name}.test.js`,
    head: head('node-test'),
    command: () => [node, '--test', `--test-concurrency=${laneCount}`],
    passed: /pass 40\n[\s\S]*fail 0/,
  },
  {
    name: 'mocha',
    package: 'packages/mocha',
    fileName: (name) => `${name}.test.js`,
    head: head('mocha'),
    command: (modules) => [
      node,
      join(modules, 'mocha/bin/mocha.js'),
      '--parallel',
      `--jobs=${laneCount}`,
      '--timeout=600000',
      '*.test.js',
    ],
    passed: /40 passing/,
  },
  {
    name: 'bun',
    package: 'packages/bun',
    fileName: (name) => `${name}.test.js`,
    head: head('bun'),
    command: () => [bun ?? 'bun', 'test', `--parallel=${laneCount}`],
    passed: /40 pass\n\s*0 fail/,
  },
]

/** Returns the source of a test file in the idiom of a runner. */
export const sourceOf = (runner: ProofRunner, file: WritingFile): string =>
  `${runner.head}\n${file.tests.map((test, index) => testOf(file, test, index)).join('\n\n')}\n`

// ---

/** With a shared lane, tests use no fixture, so that they lease none. */
const testOf = ({ name }: WritingFile, { title, stores }: WritingTest, index: number): string => {
  const urls = stores.map((store) =>
    store === 'notes' ? 'notes: notes.http.url' : `${store}: ${store}.url`,
  )
  const wait = index === 0 ? `  await together('${name}')\n` : ''
  return `if (shared === undefined)
test('${title}', async ({ ${stores.join(', ')} }) => {
${wait}  await prove('${title}', { ${urls.join(', ')} })
})
else
test('${title}', async () => {
${wait}  await prove('${title}', { ${stores.map((store) => `${store}: shared.${store}`).join(', ')} })
})`
}
