import { execFile, spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Docker from 'dockerode'
import { afterAll, beforeAll, expect, test } from 'vitest'

/*
 * The built command in a project of its own, as a user would run it: each test continues where the previous one ended.
 */

const here = dirname(fileURLToPath(import.meta.url))
const bin = join(here, '../bin/mesocosm.js')
let project = ''

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'mesocosm-cli-'))
  await cp(join(here, '../test/fixture'), project, { recursive: true })
  await writeFile(join(project, 'package.json'), '{"type":"module"}')
  await mkdir(join(project, 'node_modules'))
  await symlink(join(here, '../../..'), join(project, 'node_modules/mesocosm'))
})
afterAll(async () => {
  await mesocosm('down', '--all')
  await rm(project, { recursive: true })
})

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const run = (file: string, args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    // Stdin stays open, as it does when another program starts the command.
    const child = execFile(file, args, { cwd: project, env: env() }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })

const env = (): NodeJS.ProcessEnv => {
  const { MESOCOSM_RUN: _, VITEST_POOL_ID: __, FORCE_COLOR: ___, ...rest } = process.env
  return rest
}

const mesocosm = (...args: string[]) => run(process.execPath, [bin, ...args])

const done = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await mesocosm(...args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

/** Returns the answer of every service, by its name. */
const answers = async () => {
  const [warm] = JSON.parse(await done('ps', '--json')) as {
    lanes: { services: { name: string; outputs: Record<string, string> }[] }[]
  }[]
  const services = warm?.lanes[0]?.services ?? []
  const all = services.map(async ({ name, outputs }) => {
    const response = await fetch(outputs['http.url'] ?? '')
    return [name, (await response.json()) as { boot: string; edition: string; greeting?: string }]
  })
  return Object.fromEntries(await Promise.all(all)) as Record<
    'store' | 'api' | 'web',
    { boot: string; edition: string; greeting?: string }
  >
}

const edit = async (from: string, to: string) => {
  const file = join(project, 'topology.ts')
  const text = await readFile(file, 'utf8')
  expect(text).toContain(from)
  await writeFile(file, text.replace(from, to))
}

test('without a live run, plan starts from nothing and exec fails with a hint at `mesocosm up`', async () => {
  const { from, text } = JSON.parse(await done('plan', '--json'))
  expect(from).toBe('nothing')
  expect(text).toContain('start program web')
  expect(await done('ps')).toBe('nothing is running\n')
  const { code, stderr } = await mesocosm('exec', 'api', '--', 'true')
  expect(code).toBe(1)
  expect(stderr).toContain('mesocosm up')
})

test('up starts all services and prints their addresses; a second up changes nothing', async () => {
  const text = await done('up')
  expect(text).toMatch(/lane_1 {2}api {2}ready/)
  expect(text).toMatch(/cli-e2e {2}3 of 3 ready\n.*store +ready .*http:\/\/\S+\n.*api .*\n.*web /)
  const before = await answers()
  const events = (await done('up', '--json'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events.filter(({ kind }) => kind === 'service')).toEqual([])
  expect(events.at(-1)).toMatchObject({ kind: 'up', lane: 'lane_1' })
  expect(await answers()).toEqual(before)
  expect(await done('plan')).toBe('nothing to do\n')
})

test('a lease of a test gets the lane that up started', async () => {
  const { api } = await answers()
  const { stdout } = await run(process.execPath, ['lease.mjs'])
  const { lane, url } = JSON.parse(stdout)
  expect(lane).toBe('lane_1')
  expect(await (await fetch(url)).json()).toEqual(api)
})

test('env recreates one service at the same address, and KEY- undoes the change', async () => {
  const before = await answers()
  await done('env', 'api', 'GREETING=hi')
  const after = await answers()
  expect(after.api.greeting).toBe('hi')
  expect(after.api.boot).not.toBe(before.api.boot)
  expect({ ...after, api: before.api }).toEqual(before)
  expect(JSON.parse(await done('env', 'api', '--json'))).toMatchObject({ GREETING: 'hi' })
  await done('env', 'api', 'GREETING-')
  expect((await answers()).api.greeting).toBeUndefined()
})

test('exec passes on input, output and the exit code', async () => {
  const script = 'echo out; echo err >&2; exit 7'
  expect(await mesocosm('exec', 'api', '--', 'sh', '-c', script)).toEqual({
    code: 7,
    stdout: 'out\n',
    stderr: 'err\n',
  })
  const piped = `echo hello | "${process.execPath}" "${bin}" exec api -- cat`
  expect(await run('sh', ['-c', piped])).toMatchObject({ code: 0, stdout: 'hello\n' })
  expect(
    JSON.parse(await done('exec', 'api', '--json', '--env', 'A=b', '--', 'printenv', 'A')),
  ).toMatchObject({ exitCode: 0, stdout: 'b\n' })
})

test('wrong usage exits with 2, an unknown service with 1 and a suggestion', async () => {
  expect(await mesocosm('exec', 'api')).toMatchObject({ code: 2 })
  expect(await mesocosm('ps', '--colour')).toMatchObject({ code: 2 })
  for (const args of [
    ['logs', 'wep'],
    ['up', 'wep'],
    ['exec', 'wep', '--', 'true'],
  ])
    expect(await mesocosm(...args)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did you mean "web"'),
    })
})

test('logs -f prints new lines of a service', async () => {
  expect(await done('logs', 'web')).toBe('listening\n')
  const following = spawn(process.execPath, [bin, 'logs', '-f', '--tail', '0', 'web', '--json'], {
    cwd: project,
    env: env(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = (await done('ps')).match(/web .*(http:\S+)/)?.[1] ?? ''
  const line = new Promise<string>((resolve) => {
    following.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString()))
  })
  // Requests repeat, because lines before the command follows are skipped.
  const asking = setInterval(() => void fetch(`${url}/hello`).catch(() => {}), 50)
  try {
    expect(JSON.parse((await line).split('\n')[0] ?? '')).toMatchObject({
      text: 'asked for /hello',
      stream: 'stdout',
      service: 'web',
    })
  } finally {
    clearInterval(asking)
    following.kill()
  }
})

test('after an edit, plan names what changed and up recreates only that service', async () => {
  const before = await answers()
  await edit("http.url'), EDITION: 'first'", "http.url'), EDITION: 'second'")
  expect(await done('plan')).toMatch(/^lane_1\n#1 stop program api .*\(env EDITION changed\)/)
  expect(await answers()).toEqual(before)
  await done('up')
  const after = await answers()
  expect(after.api.edition).toBe('second')
  expect({ ...after, api: before.api }).toEqual(before)
})

test('an edited shared server is replaced, and services reach the new one under its name', async () => {
  const before = await answers()
  await edit("share: 'run', env: { EDITION: 'first'", "share: 'run', env: { EDITION: 'second'")
  await done('up')
  const after = await answers()
  expect(after.store.edition).toBe('second')
  expect({ ...after, store: before.store }).toEqual(before)
  const ask = 'fetch(process.env.STORE).then((r) => r.text()).then(console.log)'
  expect(JSON.parse(await done('exec', 'api', '--', 'node', '-e', ask))).toEqual(after.store)
  expect(await made()).toHaveLength(6)
})

test('no check of doctor fails', async () => {
  const findings = JSON.parse(await done('doctor', '--json')) as { name: string; status: string }[]
  expect(findings.map(({ name }) => name)).toContain('addresses')
  expect(findings.filter(({ status }) => status === 'fail')).toEqual([])
})

test('gc takes a duration for leftovers of hidden supervisors, and refuses anything else', async () => {
  const asked = JSON.parse(await done('gc', '--dry-run', '--older-than', '999d', '--json'))
  expect(asked).toMatchObject({ removed: false })
  expect(await mesocosm('gc', '--older-than', 'soon')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^--older-than must be .* such as 10m, 2h or 1d, not "soon"\n/),
  })
})

test('gc --dry-run lists what it would remove, and stale images only with --images', async () => {
  const asked = JSON.parse(await done('gc', '--dry-run', '--images', '--json'))
  expect(asked).toMatchObject({ removed: false, networks: expect.any(Array) })
  // Live runs are not leftovers.
  expect(JSON.stringify(asked.containers)).not.toContain('cli-e2e')
  const images = (asked.images as { reference: string; used: boolean }[]).map((it) => it.reference)
  for (const image of images) expect(image).toMatch(/^mesocosm\/[^:]+:[0-9a-f]{16}$/)
  expect(JSON.parse(await done('gc', '--dry-run', '--json')).images).toEqual([])
})

test('down removes everything but the record', async () => {
  expect(await done('down')).toMatch(/^warm stopped in /)
  expect(await made()).toEqual([])
  expect(await done('down')).toBe('nothing is running\n')
  expect(await done('logs', 'api', '--tail', '1')).not.toBe('')
})

/** Returns the names of this topology's containers on the engine. */
const made = async (): Promise<string[]> => {
  const docker = new Docker()
  const filters = { label: ['dev.mesocosm.topology=cli-e2e'] }
  const containers = await docker.listContainers({ all: true, filters })
  return containers.flatMap(({ Names }) => Names)
}
