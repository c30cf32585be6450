import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

/*
 * The built command in a project that has only a Compose file: each test continues where the previous one ended.
 */

const here = dirname(fileURLToPath(import.meta.url))
const bin = join(here, '../../bin/mesocosm.js')
const root = join(here, '../../../..')
let project = ''

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'mesocosm-init-'))
  await writeFile(join(project, 'package.json'), '{"type":"module"}')
  await mkdir(join(project, 'node_modules'))
  await symlink(root, join(project, 'node_modules/mesocosm'))
  await symlink(join(root, 'node_modules/@mesocosm'), join(project, 'node_modules/@mesocosm'))
  await writeFile(join(project, 'compose.yaml'), compose)
  await writeFile(join(project, 'server.mjs'), server)
  await writeFile(join(project, 'api.env'), 'FROM_FILE=yes\n')
})
afterAll(async () => {
  await mesocosm('down', '--all')
  await rm(project, { recursive: true })
})

const compose = `
name: init-e2e
services:
  api:
    image: node:24-trixie-slim
    command: node /srv/server.mjs
    restart: always
    env_file: api.env
    environment:
      DATABASE_URL: postgres://shop:s3cret@db:5432/shop
      GREETING: \${GREETING:-hello}
    ports: ['8080:3000']
    volumes: ['./server.mjs:/srv/server.mjs:ro']
    healthcheck:
      test: curl --fail http://localhost:3000/health
    depends_on:
      db:
        condition: service_healthy
  db:
    image: postgres:17-trixie
    environment:
      POSTGRES_USER: shop
      POSTGRES_PASSWORD: s3cret
    volumes: ['data:/var/lib/postgresql/data']
    healthcheck:
      test: pg_isready -U shop
volumes:
  data:
`

/** Answers with its environment, and whether it reaches its database. */
const server = `
import { createServer } from 'node:http'
import { connect } from 'node:net'
const { DATABASE_URL, GREETING, FROM_FILE } = process.env
const { hostname, port, pathname } = new URL(DATABASE_URL)
createServer((_, response) => {
  const socket = connect(Number(port), hostname, () => answer(true)).on('error', () => answer(false))
  const answer = (reached) => {
    socket.destroy()
    response.end(JSON.stringify({ greeting: GREETING, fromFile: FROM_FILE, database: pathname, reached }))
  }
}).listen(3000)
`

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const node = (cwd: string, ...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const own = Object.entries(process.env).filter(
      ([name]) => !/^(MESOCOSM_RUN$|VITEST|TEST|NODE_ENV$|FORCE_COLOR$)/.test(name),
    )
    const env = { ...Object.fromEntries(own), NO_COLOR: '1' }
    const child = execFile(process.execPath, args, { cwd, env }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })

const mesocosmIn = (folder: string, ...args: string[]) => node(folder, bin, ...args)
const mesocosm = (...args: string[]) => mesocosmIn(project, ...args)

test('init prints what it wrote from the Compose file and what it left out', async () => {
  const { code, stdout } = await mesocosm('init')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^topology\.ts written from compose\.yaml: 2 services\n/)
  expect(stdout).toContain('  api restart: ')
  expect(stdout).toContain('topology.test.ts written: a first test\n')
  // Everything else is installed.
  expect(stdout).toContain('next: npm install --save-dev vitest\n      npx vitest run\n')
  expect(await readFile(join(project, 'topology.ts'), 'utf8')).toContain("ref('db.url')")
})

test('init does not replace an existing topology without --force', async () => {
  expect(await mesocosm('init')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--force'),
  })
  expect((await mesocosm('init', '--print')).stdout).toBe(
    await readFile(join(project, 'topology.ts'), 'utf8'),
  )
  const again = await mesocosm('init', '--force', '--json')
  expect(JSON.parse(again.stdout)).toMatchObject({
    services: ['api', 'db'],
    packages: ['mesocosm', '@mesocosm/postgres'],
    install: ['vitest'],
  })
})

test('init asks for "type": "module" if package.json lacks it', async () => {
  const manifest = join(project, 'common/package.json')
  await mkdir(dirname(manifest))
  await writeFile(manifest, '{"type":"commonjs"}')
  const made = await mesocosm('init', '--topology', 'common/topology.ts')
  expect(made.stdout).toContain('first: set "type": "module" in common/package.json')
  const { code, stderr } = await mesocosm('gen', 'common/topology.ts')
  expect(code).toBe(1)
  expect(stderr).toContain('remedy: set "type": "module"')
  await writeFile(manifest, '{"type":"module"}')
  const again = await mesocosm('init', '--force', '--topology', 'common/topology.ts')
  expect(again.stdout).not.toContain('first:')
})

test('without a Compose file, init writes a topology and a test that passes', async () => {
  const folder = join(project, 'fresh')
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  const { stdout } = await mesocosmIn(folder, 'init')
  expect(stdout).toContain('the first start needs image node:24-trixie-slim\n')
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const run = await node(folder, vitest, 'run', '--root', folder)
  expect(run.stdout).toMatch(/Tests +1 passed/)
  // It is the user's now.
  await writeFile(join(folder, 'topology.test.ts'), 'mine')
  expect((await mesocosmIn(folder, 'init', '--force')).stdout).not.toContain('test.ts written')
  expect(await readFile(join(folder, 'topology.test.ts'), 'utf8')).toBe('mine')
})

test('the first test of an imported topology starts its services', async () => {
  const text = await readFile(join(project, 'topology.test.ts'), 'utf8')
  expect(text).toContain('await lane.start()')
})

test('init writes nothing for a faulty or missing Compose file', async () => {
  await writeFile(join(project, 'faulty.yaml'), 'services:\n  a:\n    ports: 80\n')
  const { code, stderr } = await mesocosm('init', '--from', 'faulty.yaml', '--topology', 'other.ts')
  expect(code).toBe(1)
  expect(stderr).toContain('faulty.yaml:3: service a: `ports` must be an array')
  expect((await mesocosm('init', '--from', 'nowhere.yaml')).stderr).toContain(
    'nowhere.yaml does not exist',
  )
  // A folder.
  expect((await mesocosm('init', '--from', '.', '--topology', 'other.ts')).stderr).toMatch(
    /cannot be read \(EISDIR\) \[COMPOSE_INVALID\]\n {2}remedy: /,
  )
  for (const wrong of [
    ['--topology', 'other.txt'],
    ['--name', ''],
  ])
    expect(await mesocosm('init', ...wrong)).toMatchObject({ code: 2 })
  await expect(readFile(join(project, 'other.ts'))).rejects.toThrow('ENOENT')
})

test('the imported topology starts and its services work together', async () => {
  expect(await mesocosm('up')).toMatchObject({ code: 0 })
  const runs = JSON.parse((await mesocosm('ps', '--json')).stdout) as {
    lanes: { services: { name: string; outputs: Record<string, string> }[] }[]
  }[]
  const api = runs[0]?.lanes[0]?.services.find(({ name }) => name === 'api')
  const answer = await fetch(`${api?.outputs['http.url']}/`)
  expect(await answer.json()).toEqual({
    greeting: 'hello',
    fromFile: 'yes',
    database: '/shop_lane_1',
    reached: true,
  })
})
