import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadTrace } from 'mesocosm/operate'
import { afterAll, beforeAll } from 'vitest'
import { isAlive, kill, killGroup, startNode } from '../../../test/lib/child.ts'
import { eventually } from '../../../test/lib/eventually.ts'
import { cleared, type Sandbox } from '../../../test/lib/sandbox.ts'
import { expect, test } from '../../../test/lib/test.ts'
import { type Installed, installPacked } from '../test/installed.ts'
import { openTestServer } from '../test/test-server.ts'

/*
 * However a run ends, nothing of it remains on the engine.
 */

const topology = `import { defineTopology } from 'mesocosm'
export const topology = defineTopology({
  name: 'ends',
  services: { api: { image: 'node:24-trixie-slim', command: ['node', '-e', 'setInterval(() => {}, 1e6)'], stopTimeoutMs: 0, env: { A: 'declared' } } },
})
`

const head = `import { createTest } from '@mesocosm/playwright'
import { topology } from './topology.ts'
const { test, expect } = createTest(topology)
`

/** What it prints is in the format of \`told\`. */
const stays = `${head}
test('stays', async ({ api }) => {
  test.setTimeout(0)
  await api.setEnv({ A: 'changed' })
  console.log('@told ' + JSON.stringify(['staying', process.pid]))
  await new Promise(() => {})
})
test('comes after', async ({ api }) => {
  expect(api.env.A).toBe('declared')
})
`

const short = `${head}
test('passes', async ({ api }) => { expect(api.env.A).toBe('declared') })
`

let installed: Installed
beforeAll(async () => {
  installed = await installPacked()
}, 240_000)
afterAll(() => installed?.[Symbol.dispose]())

const project = (sandbox: Sandbox, source: string) => {
  const write = (name: string, text: string) => writeFileSync(join(sandbox.folder, name), text)
  write('package.json', '{ "name": "ends", "private": true, "type": "module" }\n')
  write('topology.ts', topology)
  write('one.spec.js', source)
  write(
    'playwright.config.js',
    "export default { testDir: '.', workers: 1, reporter: [['list'], ['@mesocosm/playwright/reporter']] }\n",
  )
  try {
    symlinkSync(installed.folder, join(sandbox.folder, 'node_modules'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

const cli = () => join(installed.folder, '@playwright/test/cli.js')

const start = (sandbox: Sandbox, source: string) => {
  project(sandbox, source)
  return startNode([cli(), 'test'], { cwd: sandbox.folder, env: sandbox.env })
}

const ways = [
  ['Ctrl-C', (pid: number) => killGroup(pid, 'SIGINT')],
  ['SIGTERM of the main process', (pid: number) => kill(pid, 'SIGTERM')],
  ['SIGKILL of the main process', (pid: number) => kill(pid, 'SIGKILL')],
] as const

test.for(ways)('after %s nothing is left', async ([, end], { sandbox }) => {
  await using runner = start(sandbox, stays)
  const worker = await runner.told<number>('staying')
  end(runner.pid)
  await runner.ended
  await eventually(() => expect(isAlive(worker)).toBe(false))
  for (const run of sandbox.runs()) await cleared(run)
})

test('a test that Ctrl-C interrupts counts as skipped, as it does for Playwright', async ({
  sandbox,
}) => {
  await using runner = start(sandbox, stays)
  await runner.told('staying')
  killGroup(runner.pid, 'SIGINT')
  await runner.ended
  const { tests } = loadTrace(join(sandbox.folder, '.mesocosm/latest'))
  expect(tests.map(({ name, status, error }) => [name, status, error?.message]).sort()).toEqual([
    ['comes after', 'skipped', 'did not run'],
    ['stays', 'skipped', 'interrupted'],
  ])
})

test('a worker that is killed fails its test, the next one finds the lane as declared, and nothing is left', async ({
  sandbox,
}) => {
  await using runner = start(sandbox, stays)
  kill(await runner.told<number>('staying'), 'SIGKILL')
  expect((await runner.ended).exitCode).toBe(1)
  expect(runner.output).toMatch(/worker process exited unexpectedly/)
  expect(runner.output).toMatch(/1 failed[\s\S]*1 passed/)
  for (const run of sandbox.runs()) await cleared(run)
})

test('runs of one test server, such as those of an editor, find their services running', async ({
  sandbox,
}) => {
  project(sandbox, short)
  const before = sandbox.runs()
  await using server = await openTestServer(cli(), sandbox.folder, {
    ...sandbox.env,
    // Longer than any time between the runs.
    MESOCOSM_GRACE_MS: '20000',
  })
  expect(await server.runTests()).toEqual(['passed'])
  const made = sandbox.runs().filter((run) => !before.includes(run))
  expect(await server.runTests()).toEqual(['passed'])
  expect(sandbox.runs().filter((run) => !before.includes(run))).toEqual(made)
  expect(made).toHaveLength(1)
})
