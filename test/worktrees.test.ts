import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { CheckoutRun, RunStatus } from 'mesocosm/operate'
import { loadTrace } from 'mesocosm/operate'
import { label } from '../src/runtime/labels.ts'
import { ask, idsOf, madeBy } from './lib/engine.ts'
import { drained } from './lib/eventually.ts'
import type { Sandbox } from './lib/sandbox.ts'
import { expect, test } from './lib/test.ts'
import { makeWorktrees, type Worktrees } from './lib/worktrees.ts'

/*
 * Two checkouts of one repository, both kept warm and both testing at the same time. They share images by content and
 * nothing else.
 */

const root = join(import.meta.dirname, '..')
const unique = randomUUID()
const name = `worktrees-${unique.slice(0, 6)}`

const topology = `import { defineTopology, http, ref } from 'mesocosm'
import { postgres } from '@mesocosm/postgres'

export const topology = defineTopology({
  name: '${name}',
  services: {
    db: postgres({ init: ['./schema.sql'] }),
    api: {
      build: './api',
      ports: { http: 3000 },
      ready: http('/'),
      env: { DATABASE: ref('db.url') },
    },
  },
})
`

const files = {
  'topology.ts': topology,
  'schema.sql': `create table notes (text text); -- ${unique}\n`,
  'api/Dockerfile': `FROM node:24-trixie-slim\nRUN sleep 2 && echo ${unique} > /built\nCOPY server.mjs /\nCMD ["node", "/server.mjs"]\n`,
  'api/server.mjs': `import { createServer } from 'node:http'
createServer((_, response) => response.end('ok')).listen(3000)
process.on('SIGTERM', () => process.exit())
`,
  // Each test writes what only its own checkout may see, while the other checkout does the same.
  'notes.test.js': `import { createTest } from '@mesocosm/vitest'
import { topology } from './topology.ts'
const { test, expect } = createTest(topology)
for (let round = 0; round < 5; round++)
  test('sees its own notes alone, round ' + round, async ({ db, api }) => {
    expect(await db.query('select * from notes')).toEqual([])
    await db.query("insert into notes values ('" + process.cwd() + "')")
    expect(await (await fetch(api.http.url)).text()).toBe('ok')
    expect(await db.query('select text from notes')).toEqual([{ text: process.cwd() }])
  })
`,
}

interface Done {
  readonly code: number
  readonly output: string
  readonly stdout: string
}

const runNode = (sandbox: Sandbox, cwd: string, args: readonly string[]): Promise<Done> =>
  new Promise((resolve) => {
    const own = Object.entries(process.env).filter(
      ([name]) => !/^(VITEST|NODE_OPTIONS$|MESOCOSM_RUN$|FORCE_COLOR$)/.test(name),
    )
    const env = { ...Object.fromEntries(own), ...sandbox.env, NO_COLOR: '1' }
    const child = execFile(process.execPath, args, { cwd, env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr, stdout }),
    )
  })

const mesocosm = (sandbox: Sandbox, cwd: string, ...args: string[]): Promise<Done> =>
  runNode(sandbox, cwd, [join(root, 'packages/cli/bin/mesocosm.js'), ...args])

const vitest = (sandbox: Sandbox, cwd: string): Promise<Done> =>
  runNode(sandbox, cwd, [join(root, 'node_modules/vitest/vitest.mjs'), 'run'])

const both = <T>({ trunk, feature }: Worktrees, work: (folder: string) => Promise<T>) =>
  Promise.all([work(trunk), work(feature)])

const warmRun = async (sandbox: Sandbox, folder: string): Promise<RunStatus> => {
  const { stdout, output } = await mesocosm(sandbox, folder, 'ps', '--json')
  const [run] = JSON.parse(stdout || '[]') as RunStatus[]
  if (run === undefined) throw new Error(output)
  return run
}

const eventsOf = (folder: string) => loadTrace(join(folder, '.mesocosm/latest')).events

/** Returns the image ids of a run's programs. */
const imagesOf = async (run: string): Promise<readonly string[]> => {
  const filters = JSON.stringify({ label: [`${label.run}=${run}`, `${label.role}=program`] })
  const query = { all: '1', filters }
  const all = await ask<{ ImageID: string }[]>({ path: '/containers/json', query })
  return all.map(({ ImageID }) => ImageID).sort()
}

/** Removes what was built for this file alone. */
const removeImages = async (): Promise<void> => {
  const all = await ask<{ RepoTags: string[] | null }[]>({ path: '/images/json' })
  const tags = all.flatMap(({ RepoTags }) => RepoTags ?? [])
  for (const tag of tags.filter((one) => one.includes(name)))
    await ask({ method: 'DELETE', path: `/images/${tag}`, query: { force: '1' } })
}

test('two worktrees of one repository are warm and test at the same time without interference', async ({
  sandbox,
}) => {
  const trees = makeWorktrees(sandbox, files)
  try {
    const ups = await both(trees, (folder) => mesocosm(sandbox, folder, 'up'))
    for (const { code, output } of ups) expect(code, output).toBe(0)

    const [trunk, feature] = await both(trees, (folder) => warmRun(sandbox, folder))

    // One build, and one set-up of the database's data.
    const events = Object.values(trees).flatMap((folder: string) => eventsOf(folder))
    const builds = events.filter((event) => event.k === 'image.start' && event.do === 'build')
    expect(builds).toHaveLength(1)
    const images = await Promise.all([trunk, feature].map(({ run }) => imagesOf(run)))
    expect(images[0]).toEqual(images[1])

    // Names, ports and containers differ.
    const [ours, theirs] = await Promise.all([madeBy(trunk.run), madeBy(feature.run)])
    expect(ours.containers.length).toBe(theirs.containers.length)
    expect(idsOf(ours).filter((id) => idsOf(theirs).includes(id))).toEqual([])
    const urls = [trunk, feature].map(({ lanes }) => lanes[0]?.services.map((s) => s.outputs))
    expect(JSON.stringify(urls[0])).not.toBe(JSON.stringify(urls[1]))

    // Tests of both find their own warm run, and their own data.
    const runs = await both(trees, (folder) => vitest(sandbox, folder))
    for (const { code, output } of runs) {
      expect(code, output).toBe(0)
      expect(output).toMatch(/5 passed/)
    }
    const after = await both(trees, (folder) => warmRun(sandbox, folder))
    expect(after.map(({ run }) => run)).toEqual([trunk.run, feature.run])

    // Everyone sees whose is what.
    const all = JSON.parse(
      (await mesocosm(sandbox, trees.trunk, 'ps', '--all', '--json')).stdout,
    ) as CheckoutRun[]
    expect(
      all.map(({ root, branch, who, kept, lanes }) => [root, branch, who, kept, lanes.length]),
    ).toEqual([
      [trees.feature, 'feature', 'warm', true, 1],
      [trees.trunk, 'trunk', 'warm', true, 1],
    ])
    const text = (await mesocosm(sandbox, sandbox.folder, 'ps', '--all')).stdout
    expect(text).toContain(`${trees.trunk} (trunk)\n  run warm, up `)
    expect(text).toContain(`${trees.feature} (feature)\n  run warm, up `)

    // Stopping one leaves the other alone.
    expect((await mesocosm(sandbox, trees.trunk, 'down')).code).toBe(0)
    expect(idsOf(await madeBy(trunk.run))).toEqual([])
    expect(idsOf(await madeBy(feature.run))).toEqual(expect.arrayContaining([...idsOf(theirs)]))
    const [left] = (await warmRun(sandbox, trees.feature)).lanes
    expect(left?.services.map(({ state }) => state)).toEqual(['ready', 'ready'])
    await mesocosm(sandbox, trees.feature, 'down')
    await drained(async () => idsOf(await madeBy(feature.run)), `left by ${feature.run}`)
  } finally {
    await both(trees, (folder) => mesocosm(sandbox, folder, 'down', '--all'))
    await removeImages()
  }
})
