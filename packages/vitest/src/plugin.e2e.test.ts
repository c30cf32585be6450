import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

/*
 * Runs Vitest in a temporary project. Needs no engine, because its test asks for no service.
 */

const root = join(import.meta.dirname, '../../..')
let project = ''

const topology = (name: string) =>
  `import { defineTopology } from 'mesocosm'
export const topology = defineTopology({ name: '${name}', services: { api: { build: './api' } } })
`

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'mesocosm-plugin-'))
  await mkdir(join(project, 'api'))
  await symlink(join(root, 'node_modules'), join(project, 'node_modules'))
  const files = {
    'package.json': '{"type":"module"}',
    'topology.ts': topology('plugged'),
    'api/package.json': '{"scripts":{"seed":"node seed.js"}}',
    'api/server.js': 'console.log(process.env.PORT, process.env[process.argv[2]])',
    'any.test.ts': "import { test } from 'vitest'\ntest('nothing', () => {})\n",
    'vitest.config.ts': `import { mesocosm } from '@mesocosm/vitest/plugin'
import { defineConfig } from 'vitest/config'
export default defineConfig({
  plugins: [mesocosm()],
  test: { projects: [{ extends: true, test: { name: 'a' } }, { extends: true, test: { name: 'b' } }] },
})
`,
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(project, name), text)
})
afterAll(() => rm(project, { recursive: true }))

interface Ended {
  readonly code: number
  readonly output: string
}

const suite = (ci?: string): Promise<Ended> =>
  new Promise((resolve) => {
    const { CI: _, FORCE_COLOR: __, ...rest } = process.env
    const env = Object.entries({ ...rest, ...(ci === undefined ? {} : { CI: ci }), NO_COLOR: '1' })
    const child = execFile(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run'],
      {
        cwd: project,
        env: Object.fromEntries(env.filter(([name]) => !name.startsWith('VITEST'))),
      },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    )
  })

const generated = () => join(project, 'topology.gen.ts')

test('the plugin generates nothing in CI', async () => {
  expect(await suite('true')).toMatchObject({ code: 0 })
  expect(existsSync(generated())).toBe(false)
})

test('the plugin updates the types once for all projects of a run', async () => {
  const first = await suite()
  expect(first).toMatchObject({ code: 0 })
  expect(first.output.match(/mesocosm: topology\.gen\.ts written/g)).toHaveLength(1)
  expect(await readFile(generated(), 'utf8')).toContain("'npm:seed'(")
  const second = await suite()
  expect(second).toMatchObject({ code: 0 })
  expect(second.output).not.toContain('written')
})

test('a source that cannot be read is a warning of the plugin', async () => {
  expect((await suite()).output).toMatch(/mesocosm: api, api\/server\.js: /)
})

test('a topology that cannot be loaded is a warning of the plugin, and the tests run', async () => {
  await writeFile(join(project, 'topology.ts'), "throw new Error('not today')")
  const { code, output } = await suite()
  expect(output).toMatch(/mesocosm: types were not generated: .*not today/)
  expect(output).toMatch(/2 passed/)
  expect(code).toBe(0)
  await writeFile(join(project, 'topology.ts'), 'process.exit(0)')
  expect((await suite()).output).toMatch(/ended its process while it was loaded/)
})
