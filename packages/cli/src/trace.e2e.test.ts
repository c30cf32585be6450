import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../../../test/lib/eventually.ts'
import { misfits, type Printed } from '../test/shapes.ts'
import type { JsonLines, JsonOutput } from './json.ts'

/*
 * A suite runs with a failing test; then its record is read by the built command, as a user or a coding agent does.
 */

const repository = join(import.meta.dirname, '../../..')
const bin = join(repository, 'packages/cli/bin/mesocosm.js')
let project = ''

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'mesocosm-trace-'))
  await cp(join(import.meta.dirname, '../test/trace-fixture'), project, { recursive: true })
  await writeFile(join(project, 'package.json'), '{"type":"module"}')
  await mkdir(join(project, 'node_modules'))
  await symlink(repository, join(project, 'node_modules/mesocosm'))
  expect(await node('suite.mjs')).toMatchObject({ code: 0 })
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

const node = (file: string, args: readonly string[] = [], more: NodeJS.ProcessEnv = {}) =>
  new Promise<Ended>((resolve) => {
    const { MESOCOSM_RUN: _, VITEST_POOL_ID: __, FORCE_COLOR: ___, ...env } = process.env
    const options = { cwd: project, env: { ...env, ...more } }
    const child = execFile(process.execPath, [file, ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })

const mesocosm = (...args: string[]) => node(bin, args)

const done = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await mesocosm(...args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
}

const printed: Printed[] = []

/** Runs a command that prints one JSON value, whose shape the last test checks. */
const json = async <K extends keyof JsonOutput>(
  shape: K,
  ...args: string[]
): Promise<JsonOutput[K]> => {
  const text = await done(...args, '--json')
  printed.push({ type: `JsonOutput['${shape}']`, json: text })
  return JSON.parse(text) as JsonOutput[K]
}

/** The same for one JSON object per line. */
const jsonLines = async <K extends keyof JsonLines>(
  shape: K,
  ...args: string[]
): Promise<JsonLines[K][]> => {
  const lines = (await done(...args, '--json')).trimEnd().split('\n')
  for (const line of lines) printed.push({ type: `JsonLines['${shape}']`, json: line })
  return lines.map((line) => JSON.parse(line) as JsonLines[K])
}

test('trace show lists the tests of the last run, failed ones with their error first', async () => {
  const text = await done('trace', 'show')
  expect(text).toMatch(/^run \S+, .*: 1 passed, 1 failed\n✖ {2}failed {2}orders › are done {2}/)
  expect(text).toMatch(/\n {5}.*order 8 done.*\n✔ {2}passed {2}orders › are counted {2}/)
  const { tests } = await json('trace show', 'trace', 'show')
  expect(tests.map(({ titlePath, status }) => [titlePath.at(-1), status])).toEqual([
    ['are counted', 'passed'],
    ['are done', 'failed'],
  ])
  expect(await json('trace list', 'trace', 'list')).toHaveLength(1)
})

test('trace show of a failed test names the cause: a stack after a change of the environment', async () => {
  const text = await done('trace', 'show', 'are done')
  expect(text).toMatch(/^# orders › are done: failed after /)
  expect(text).toMatch(/## Error-level log lines\n\n```text\n[^`]*worker \| TypeError: /)
  expect(text).toMatch(/worker \| {5}at .*worker\.mjs/)
  expect(text).toMatch(/step switch the worker {2}done/)
  expect(text).toMatch(/env MODE changed: .*start program worker/)
  expect(text).toMatch(/logs\.waitFor worker {2}timeout .*LOG_TIMEOUT/)
  expect(text).toMatch(/@@ worker at \+\S+ @@\n-MODE=slow\n\+MODE=fast\n/)
  expect(text).toMatch(/worker: exited, code 1, by crash, since \+/)
  expect(text.split('\n').length).toBeLessThan(200)
  expect(await done('trace', 'show', '--failed')).toBe(text)
})

test('the JSON of a test has its timeline, commands, states and log lines', async () => {
  const report = await json('trace show <test>', 'trace', 'show', 'are counted')
  expect(report.execs).toMatchObject([{ service: 'worker', exit: 0, stdout: '42\n' }])
  expect(report.logs).toMatchObject([{ service: 'worker', errors: 0 }])
  const failed = await json('trace show --failed', 'trace', 'show', '--failed')
  expect(failed.tests).toMatchObject([{ status: 'failed', env: [{ service: 'worker' }] }])
})

test('a name that fits no test or several is an error, also as JSON', async () => {
  expect(await mesocosm('trace', 'show', 'orders')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^"orders" fits 2 tests .*\n.*are counted.*\n.*are done/),
  })
  const { code, stderr } = await mesocosm('trace', 'show', 'are dnoe', '--json')
  expect(code).toBe(1)
  const { error } = JSON.parse(stderr)
  expect(error).toMatchObject({ code: 'TEST_UNKNOWN', remedy: expect.any(String) })
  printed.push({ type: 'JsonError', json: JSON.stringify(error) })
})

test('logs takes tests, levels, texts and times', async () => {
  const ofTest = await jsonLines('logs', 'logs', '--test', 'are counted')
  expect(ofTest.map(({ text }) => text)).toContain('order 7 done')
  expect(ofTest.map(({ text }) => text)).not.toContain('INFO works in mode fast')
  const errors = await done('logs', 'worker', '--level', 'error')
  expect(errors).toMatch(/^TypeError: /m)
  expect(errors).not.toContain('INFO')
  expect(await done('logs', 'worker', '--grep', '/ORDER \\d/i')).toBe('order 7 done\n')
  expect(await done('logs', '--lane', 'all', '--grep', 'mode fast')).toBe(
    'lane_1 worker | INFO works in mode fast\n',
  )
  expect(await done('logs', '--since', '2099-01-01')).toBe('')
})

test('trace export writes files for other tools', async () => {
  const written = await json('trace export', 'trace', 'export', '--otlp', 'a', '--perfetto', 'b')
  expect(written.map(({ format }) => format)).toEqual(['otlp', 'perfetto'])
  const [spans = ''] = (await readFile(join(project, 'a'), 'utf8')).split('\n')
  expect(JSON.parse(spans)).toMatchObject({ resourceSpans: expect.any(Array) })
  expect(JSON.parse(await readFile(join(project, 'b'), 'utf8'))).toHaveProperty('traceEvents')
  expect(await mesocosm('trace', 'export')).toMatchObject({ code: 2 })
})

test('trace open prints the address of the report, which is written if it is missing', async () => {
  // The run goes on for its grace after the suite.
  const { address, folder } = await eventually(async () => {
    const opened = await json('trace open', 'trace', 'open')
    expect(opened.live).toBe(false)
    return opened
  })
  await rm(join(folder, 'report.html'))
  expect(await done('trace', 'open', '--no-browser')).toBe(`${address}\n`)
  expect(await readFile(fileURLToPath(address), 'utf8')).toMatch(/^<!doctype html>/i)
})

test('trace merge makes one run of two, with the attempts of both', async () => {
  const [{ folder } = { folder: '' }] = await json('trace list', 'trace', 'list')
  await cp(folder, join(project, 'shard-2'), { recursive: true })
  const merged = await json('trace merge', 'trace', 'merge', folder, 'shard-2')
  expect(merged).toMatchObject({ tests: 4, runs: [expect.any(String), expect.any(String)] })
  const { tests } = await json('trace show', 'trace', 'show', '--run', merged.run)
  expect(tests.map(({ status }) => status).sort()).toEqual(['failed', 'failed', 'passed', 'passed'])
  expect(await readFile(merged.report, 'utf8')).toMatch(/^<!doctype html>/i)
  await rm(merged.folder, { recursive: true })
})

test('an agent gets less: failed tests only, and the last lines of logs', async () => {
  const asAgent = { MESOCOSM_AGENT: '1' }
  const { stdout } = await node(bin, ['trace', 'show'], asAgent)
  expect(stdout).toMatch(/^run \S+, .*: 1 passed, 1 failed\n✖ .*are done/)
  expect(stdout).not.toContain('are counted')
})

test('agents --write keeps what a file has, and --check finds an old section', async () => {
  await writeFile(join(project, 'AGENTS.md'), '# Rules\n')
  expect(await mesocosm('agents', '--write', 'AGENTS.md', '--check')).toMatchObject({ code: 1 })
  expect(await json('agents', 'agents', '--write', 'AGENTS.md')).toMatchObject({ written: true })
  expect(await done('agents', '--write', 'AGENTS.md', '--check')).toBe('AGENTS.md is up to date\n')
  expect(await readFile(join(project, 'AGENTS.md'), 'utf8')).toMatch(/^# Rules\n\n<!-- /)
})

test('the graph has the states of what runs', async () => {
  expect(await done('graph')).toMatch(
    /^cli-trace\n {2}worker {2}\(.*\)\n {2}api .*\n {4}→ worker {2}healthy {2}WORKER\n$/,
  )
  const up = (await jsonLines('up', 'up')).at(-1)
  expect(up).toMatchObject({ kind: 'up', report: expect.stringMatching(/^http:/) })
  const { nodes, edges } = await json('graph', 'graph')
  expect(nodes.map(({ state }) => state)).toEqual(['ready', 'ready'])
  expect(edges).toMatchObject([{ from: 'api', to: 'worker', keys: ['WORKER'] }])
  expect(await done('graph', '--svg')).toMatch(/^<svg [\s\S]*<\/svg>\n$/)
  expect(await done('graph', '--mermaid')).toContain('  class s0 good\n')
})

test('trace open of a running run is the page that its supervisor serves, which up prints', async () => {
  const { address, live } = await json('trace open', 'trace', 'open')
  expect(live).toBe(true)
  expect(await done('up')).toContain(address)
  const response = await fetch(address)
  expect(response.status).toBe(200)
  expect(await response.text()).toMatch(/^<!doctype html>/i)
  expect((await fetch(new URL('/', address))).status).toBe(404)
})

test('an agent gets the outcome of up first, and no progress', async () => {
  const { stdout } = await node(bin, ['up'], { MESOCOSM_AGENT: '1' })
  expect(stdout).toMatch(/^cli-trace {2}2 of 2 ready\n/)
})

test('what commands print as JSON has the documented shapes', async () => {
  await json('ps', 'ps')
  await json('ps --all', 'ps', '--all')
  await json('lanes', 'lanes')
  await json('plan', 'plan')
  await json('env', 'env', 'worker')
  await json('doctor', 'doctor')
  await json('gc', 'gc', '--dry-run')
  await json('images', 'images')
  const { stdout } = await mesocosm('exec', 'worker', '--json', '--', 'echo', 'hello')
  printed.push({ type: "JsonOutput['exec']", json: stdout })
  expect(await json('down', 'down')).toMatchObject([{ who: 'warm' }])
  expect(misfits(printed)).toEqual([])
})
