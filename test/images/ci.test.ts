// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Dockerfiles
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDockerRuntime } from '../../src/docker/docker-runtime.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { ask, askText } from '../lib/engine.ts'
import { eventually } from '../lib/eventually.ts'
import { type Front, openRegistry, type PushedImage, type Registry } from '../lib/registry.ts'

/*
 * A project whose CI fetches each image once, with the built command: each test continues where the previous one ended.
 */

const root = join(import.meta.dirname, '../..')
const bin = join(root, 'packages/cli/bin/mesocosm.js')
const project = mkdtempSync(join(tmpdir(), 'mesocosm-images-'))
const lockFile = join(project, 'mesocosm.images.json')
/** Whether the registry answers. */
const net = { isUp: true }

let registry: Registry
let front: Front
let runtime: Runtime
let db: PushedImage
let base: PushedImage
let tools: PushedImage
/** An image that is large, and that was made by hand as far as the registry knows. */
const hand = 'mesocosm-test/command-tools:trixie'

const name = (image: string) => `${front.host}/team/${image}`

beforeAll(async () => {
  registry = await openRegistry()
  front = await registry.front((_, response) => {
    if (!net.isUp) response.destroy()
    return !net.isUp
  })
  runtime = await createDockerRuntime()
  ;[db, base, tools] = await Promise.all([
    registry.push('team/db', '1', `db ${project}`),
    registry.push('team/base', '1', `base ${project}`),
    registry.push('team/tools', '2', `tools ${project}`),
  ])
  writeFileSync(join(project, 'package.json'), '{"type":"module"}')
  mkdirSync(join(project, 'node_modules'))
  symlinkSync(root, join(project, 'node_modules/mesocosm'))
  mkdirSync(join(project, 'app'))
  writeFileSync(join(project, 'app/hello.txt'), 'hello')
  writeFileSync(
    join(project, 'app/Dockerfile'),
    [
      'ARG VERSION=1',
      `FROM ${name('base:${VERSION}')} AS first`,
      'COPY hello.txt Dockerfile /',
      'FROM first',
      `COPY --from=${name('tools:2')} /a.txt /tools.txt`,
      '',
    ].join('\n'),
  )
  topology('topology.ts', 'images-shop', {
    db: { image: name('db:1') },
    cache: { image: name('db:1') },
    app: { build: 'app' },
    hand: { image: hand, command: ['sleep', '1000'] },
  })
})
afterAll(async () => {
  await mesocosm('down', '--all')
  await forget()
  await registry[Symbol.asyncDispose]()
  await runtime[Symbol.asyncDispose]()
  rmSync(project, { recursive: true })
})

const topology = (file: string, name: string, services: object) =>
  writeFileSync(
    join(project, file),
    `import { defineTopology } from 'mesocosm'\nexport const topology = defineTopology(${JSON.stringify({ name, services })})\n`,
  )

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const env = (): NodeJS.ProcessEnv => {
  const { MESOCOSM_RUN: _, VITEST_POOL_ID: __, FORCE_COLOR: ___, ...rest } = process.env
  return rest
}

const mesocosm = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [bin, ...args],
      { cwd: project, env: env() },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    )
  })

const done = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await mesocosm(...args)
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) })
  return stdout
}

/** Removes all that the engine has of the registry, and what was built from it. */
const forget = async () => {
  const images = await ask<
    { Id: string; RepoTags: string[] | null; RepoDigests: string[] | null }[]
  >({
    path: '/images/json',
  })
  const names = images.flatMap(({ RepoTags, RepoDigests }) => [
    ...(RepoTags ?? []),
    ...(RepoDigests ?? []),
  ])
  const isOurs = (one: string) =>
    one.startsWith(front.host) ||
    one.startsWith(`mesocosm/locked/${front.host.replace(':', '-')}`) ||
    one.startsWith('mesocosm/images-shop-app')
  // Built ones first: others are their bases.
  for (const one of names.filter(isOurs).sort().toReversed()) await runtime.remove('image', one)
}

interface Listed {
  readonly image: string
  readonly from: string
  readonly present: boolean
  readonly locked?: string
  readonly digest?: string
}

const listed = async (): Promise<Listed[]> =>
  JSON.parse(await done('images', '--json')).images as Listed[]

const fetches = ({ layer }: PushedImage) =>
  front.requests.filter((one) => one.startsWith('GET') && one.endsWith(layer)).length

/** Contents of a file in the programs of the warm run, by service. */
const catted = async (service: string, path: string) => {
  const { containers } = await runtime.list({ 'dev.mesocosm.service': service })
  const programs = containers.filter(
    ({ labels }) =>
      labels['dev.mesocosm.topology'] === 'images-shop' &&
      labels['dev.mesocosm.role'] === 'program',
  )
  expect(programs).toHaveLength(1)
  const archive = await askText({
    path: `/containers/${programs[0]?.id}/archive`,
    query: { path },
  })
  return archive.replaceAll('\0', ' ')
}

test('images lists what services, builds and the engine itself need, and who needs it', async () => {
  const text = await done('images', '--json')
  expect(JSON.parse(text)).toEqual({
    topology: 'images-shop',
    platform: expect.stringMatching(/^linux\//),
    images: [
      {
        image: name('base:1'),
        from: 'registry',
        usedBy: [{ service: 'app', as: 'base' }],
        present: false,
      },
      {
        image: name('db:1'),
        from: 'registry',
        usedBy: [
          { service: 'db', as: 'image' },
          { service: 'cache', as: 'image' },
        ],
        present: false,
      },
      {
        image: name('tools:2'),
        from: 'registry',
        usedBy: [{ service: 'app', as: 'base' }],
        present: false,
      },
      expect.objectContaining({ image: hand, from: 'registry', present: true }),
      {
        image: 'mesocosm/images-shop-app',
        from: 'build',
        usedBy: [{ service: 'app', as: 'image' }],
        present: false,
      },
      expect.objectContaining({ from: 'sandbox', usedBy: [] }),
    ],
  })
  expect(await done('images', 'list')).toMatch(/missing {2}.*\/team\/db:1 .* - .* db, cache/)
})

test('images pull fetches each missing image once, and says so in plain lines', async () => {
  const text = await done('images', 'pull')
  expect(text).toContain(`pulling ${name('db:1')}\n`)
  expect(text).toContain(`${hand} is on the engine\n`)
  expect(text).toMatch(/\n3 pulled, 1 on the engine before\n$/)
  expect([db, base, tools].map(fetches)).toEqual([1, 1, 1])
  expect(await done('images', 'pull')).toMatch(/\n0 pulled, 4 on the engine before\n$/)
  expect([db, base, tools].map(fetches)).toEqual([1, 1, 1])
  expect((await listed()).find(({ image }) => image === name('db:1'))).toMatchObject({
    present: true,
    digest: db.digest,
  })
})

test('images pull tries all, and reports every failure with its code and remedy', async () => {
  topology('broken.ts', 'broken', {
    a: { image: name('none:1') },
    b: { image: '127.0.0.1:1/team/b:1' },
    c: { image: name('db:1') },
  })
  const { code, stdout, stderr } = await mesocosm('images', 'pull', '--topology', 'broken.ts')
  expect(code).toBe(1)
  expect(stdout).toContain(`${name('db:1')} is on the engine`)
  expect(stderr).toMatch(/none:1 could not be pulled.*\[IMAGE_NOT_FOUND\]\n {2}remedy: check/)
  expect(stderr).toMatch(/team\/b:1 could not be pulled.*\[IMAGE_PULL_FAILED\]\n {2}remedy: check/)
  const json = await mesocosm('images', 'pull', '--json', '--topology', 'broken.ts')
  const events = json.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events).toContainEqual({
    kind: 'failed',
    image: name('none:1'),
    error: {
      code: 'IMAGE_NOT_FOUND',
      message: expect.any(String),
      remedy: expect.any(String),
    },
  })
})

test('images lock --check fails without a lock file, and passes with the one that images lock writes', async () => {
  const before = await mesocosm('images', 'lock', '--check')
  expect(before.code).toBe(1)
  expect(before.stderr).toContain('mesocosm.images.json is out of date; run `mesocosm images lock`')
  await done('images', 'lock')
  const text = readFileSync(lockFile, 'utf8')
  expect(JSON.parse(text).images[name('db:1')]).toEqual({
    digest: db.digest,
    platforms: [expect.stringMatching(/^linux\//)],
    ids: expect.any(Object),
    usedBy: ['images-shop'],
  })
  net.isUp = false
  expect(await done('images', 'lock', '--check')).toContain('is up to date')
  net.isUp = true
  await done('images', 'lock')
  expect(readFileSync(lockFile, 'utf8')).toBe(text)
})

test('the list has the keys of the example in the docs, in their order', async () => {
  const example = JSON.parse(readFileSync(join(import.meta.dirname, 'example/list.json'), 'utf8'))
  const list = JSON.parse(await done('images', '--json'))
  const image = list.images.find((one: Listed) => one.image === name('db:1'))
  expect(Object.keys(list)).toEqual(Object.keys(example))
  expect(Object.keys(image)).toEqual(Object.keys(example.images[0]))
})

test('another topology of the project shares the lock file, and changes only its own part', async () => {
  topology('bank.ts', 'images-bank', { ledger: { image: name('db:1') } })
  const check = await mesocosm('images', 'lock', '--check', '--topology', 'bank.ts')
  expect(check.code).toBe(1)
  await done('images', 'lock', '--topology', 'bank.ts')
  const { images } = JSON.parse(readFileSync(lockFile, 'utf8'))
  expect(images[name('db:1')].usedBy).toEqual(['images-bank', 'images-shop'])
  expect(images[name('base:1')].usedBy).toEqual(['images-shop'])
  await done('images', 'lock', '--check')
  topology('bank.ts', 'images-bank', { ledger: { image: name('tools:2') } })
  await done('images', 'lock', '--topology', 'bank.ts')
  expect(JSON.parse(readFileSync(lockFile, 'utf8')).images[name('db:1')].usedBy).toEqual([
    'images-shop',
  ])
})

test('a tag that has moved is reported; services and builds go on with what is locked', async () => {
  const next = await registry.push('team/db', '1', `new db ${project}`)
  await registry.push('team/base', '1', `new base ${project}`)
  const { stdout, stderr } = await mesocosm('images', 'lock')
  expect(stdout).toContain('is up to date')
  expect(stderr).toContain(`${name('db:1')} has moved from ${db.digest.slice(7, 19)}`)
  expect(stderr).toContain(`mesocosm images lock --update ${name('base:1')}`)
  await forget()
  // The tag on the engine is the new one, as another project has it.
  await runtime.image({ kind: 'pull', reference: name('db:1') })
  await done('up')
  expect(await catted('db', '/a.txt')).toContain(`db ${project}`)
  expect(await catted('db', '/a.txt')).not.toContain('new db')
  expect(await catted('app', '/a.txt')).not.toContain('new base')
  expect(await catted('app', '/tools.txt')).toContain(`tools ${project}`)
  // Only the builder gets a Dockerfile with digests.
  expect(await catted('app', '/Dockerfile')).toContain('base:${VERSION} AS first')
  expect(fetches(next)).toBe(1)
  await done('down')
  expect((await listed()).every(({ present }) => present)).toBe(true)
})

test('a saved file brings all images back on an engine without a network', async () => {
  await done('images', 'save', 'images.tar.gz')
  expect(readdirSync(project).filter((file) => file.includes('partial'))).toEqual([])
  expect(await done('images', 'load', 'images.tar.gz')).toBe('0 loaded, 4 on the engine before\n')
  await forget()
  net.isUp = false
  expect((await listed()).filter(({ present }) => !present)).toHaveLength(4)
  expect(await done('images', 'load', 'images.tar.gz')).toBe('3 loaded, 1 on the engine before\n')
  expect((await listed()).filter(({ from, present }) => from === 'registry' && !present)).toEqual(
    [],
  )
  await done('images', 'lock', '--check')
  await done('images', 'pull')
  await done('up')
  expect(await catted('db', '/a.txt')).toContain(`db ${project}`)
  await done('down')
  // What was loaded can be saved again.
  await done('images', 'save', 'again.tar')
  expect(await done('images', 'load', 'again.tar')).toBe('0 loaded, 4 on the engine before\n')
  net.isUp = true
})

test('a file that is cut off or something else is IMAGE_ARCHIVE_INVALID, and leaves nothing', async () => {
  await forget()
  const whole = readFileSync(join(project, 'again.tar'))
  const zipped = readFileSync(join(project, 'images.tar.gz'))
  const files = {
    'cut.tar': whole.subarray(0, whole.length >> 1),
    'cut.tar.gz': zipped.subarray(0, zipped.length >> 1),
    'text.tar': Buffer.from('not an archive'),
    'empty.tar': Buffer.alloc(0),
  }
  for (const [file, bytes] of Object.entries(files)) {
    writeFileSync(join(project, file), bytes)
    const { code, stderr } = await mesocosm('images', 'load', file)
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/\[IMAGE_ARCHIVE_INVALID\]\n {2}remedy: /),
    })
  }
  const { code, stderr } = await mesocosm('images', 'load', 'missing.tar')
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('check the path') })
  expect(
    (await listed()).filter(({ from, present }) => from === 'registry' && present),
  ).toHaveLength(1)
})

test('save names all images that are missing', async () => {
  const { code, stderr } = await mesocosm('images', 'save', 'none.tar')
  expect(code).toBe(1)
  for (const image of ['base:1', 'db:1', 'tools:2']) expect(stderr).toContain(name(image))
  expect(stderr).toContain('mesocosm images pull')
  expect(readdirSync(project)).not.toContain('none.tar')
})

test('a save that is interrupted leaves no file', async () => {
  await done('images', 'pull')
  const child = spawn(process.execPath, [bin, 'images', 'save', 'half.tar.gz'], {
    cwd: project,
    env: env(),
  })
  const exited = once(child, 'exit')
  const halves = () => readdirSync(project).filter((file) => file.startsWith('half'))
  await eventually(() => expect(halves()).toHaveLength(1))
  child.kill('SIGINT')
  const [code] = await exited
  expect(code).toBe(1)
  expect(halves()).toEqual([])
  const images = await ask<{ RepoTags: string[] | null }[]>({ path: '/images/json' })
  const kept = `mesocosm/locked/${front.host.replace(':', '-')}`
  expect(
    images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.startsWith(kept)),
  ).toEqual([])
})

test('a digest that the registry has removed is reported with a way out, which works', async () => {
  await forget()
  await registry.remove('team/db', db.digest)
  const { code, stderr } = await mesocosm('images', 'pull')
  expect(code).toBe(1)
  expect(stderr).toContain('[IMAGE_NOT_FOUND]')
  expect(stderr).toContain(`mesocosm images lock --update ${name('db:1')}`)
  expect(await done('images', 'lock', '--update', name('db:1'))).toContain(`~ ${name('db:1')}`)
  await done('images', 'pull')
  const { code: unknown, stderr: words } = await mesocosm('images', 'lock', '--update', name('d:1'))
  expect(unknown).toBe(1)
  expect(words).toContain('did you mean')
})

test('a broken lock file is IMAGE_LOCK_INVALID wherever it is used', async () => {
  writeFileSync(lockFile, '{"version":1,"images":{"a":{"digest":"x","usedBy":[]}}}')
  for (const args of [['images'], ['images', 'pull'], ['up']]) {
    const { code, stderr } = await mesocosm(...args)
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /mesocosm\.images\.json is not a valid lock file[\s\S]*a: `digest`/,
      ),
    })
  }
})

test('wrong usage exits with 2', async () => {
  for (const args of [['lok'], ['save'], ['pull', 'x'], ['list', '--check'], ['lock', 'x']])
    expect((await mesocosm('images', ...args)).code).toBe(2)
})
