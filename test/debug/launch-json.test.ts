import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

const root = join(import.meta.dirname, '../..')

const topology = `import { defineTopology } from 'mesocosm'

export default defineTopology({
  name: 'editor',
  root: import.meta.dirname,
  services: {
    api: { build: './api', ports: { http: 3000 }, debug: 'node' },
    worker: { build: './api', debug: 'node' },
    jobs: { image: 'jobs', workdir: '/srv', mounts: [{ from: 'jobs', to: '/srv' }], debug: 'python' },
    page: { image: 'page', debug: { kind: 'php', sources: { local: 'page', remote: '/var/www' } } },
    plain: { image: 'plain' },
  },
})
`

const projectIn = ({ folder }: Sandbox): string => {
  writeFileSync(
    join(folder, 'package.json'),
    '{ "type": "module", "devDependencies": { "vitest": "*", "mocha": "*" } }',
  )
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/mesocosm'))
  mkdirSync(join(folder, 'api'))
  writeFileSync(join(folder, 'api/Dockerfile'), 'FROM node\nWORKDIR /app\n')
  writeFileSync(join(folder, 'topology.ts'), topology)
  return folder
}

const mesocosm = async (cwd: string, ...args: string[]): Promise<string> => {
  const bin = join(root, 'packages/cli/bin/mesocosm.js')
  const { MESOCOSM_RUN: _, VITEST_POOL_ID: __, FORCE_COLOR: ___, ...env } = process.env
  return (await promisify(execFile)(process.execPath, [bin, ...args], { cwd, env })).stdout
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code fills it in.
const workspace = '${workspaceFolder}'

test('debug --write gives VS Code all services and the runners of the project, without a run, and twice the same', async ({
  sandbox,
}) => {
  const folder = projectIn(sandbox)
  mkdirSync(join(folder, '.vscode'))
  const file = join(folder, '.vscode/launch.json')
  const own = '    { "name": "Mine", "type": "node", "request": "launch" }, // by hand'
  writeFileSync(file, `{\n  "configurations": [\n${own}\n  ]\n}\n`)
  const first = JSON.parse(await mesocosm(folder, 'debug', '--write', '--json'))
  expect(first).toMatchObject({ file, written: true })
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(own)
  const { configurations } = JSON.parse(text.replace(' // by hand', '').replace(/,(\s*\])/, '$1'))
  expect(configurations).toEqual([
    { name: 'Mine', type: 'node', request: 'launch' },
    expect.objectContaining({
      name: 'mesocosm: api',
      port: 9229,
      localRoot: `${workspace}/api`,
      remoteRoot: '/app',
    }),
    expect.objectContaining({ name: 'mesocosm: worker', port: 9230 }),
    expect.objectContaining({
      name: 'mesocosm: jobs',
      connect: { host: '127.0.0.1', port: 5678 },
      pathMappings: [{ localRoot: `${workspace}/jobs`, remoteRoot: '/srv' }],
    }),
    expect.objectContaining({
      name: 'mesocosm: page',
      pathMappings: { '/var/www': `${workspace}/page` },
    }),
    expect.objectContaining({ name: 'mesocosm: this test file (Vitest)', request: 'launch' }),
    expect.objectContaining({ name: 'mesocosm: this test file (Mocha)', request: 'launch' }),
  ])
  const second = JSON.parse(await mesocosm(folder, 'debug', '--write', '--json'))
  expect(second).toMatchObject({ file, written: false })
  expect(readFileSync(file, 'utf8')).toBe(text)
})
