import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { defineTopology, lease, log } from 'mesocosm'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createDockerRuntime } from '../../src/docker/docker-runtime.ts'
import { type Builder, findBuilder } from '../../src/docker/image/builder.ts'
import { createImages } from '../../src/docker/image/images.ts'
import type { ContainerSpec } from '../../src/runtime/container-spec.ts'
import type { ImageInfo } from '../../src/runtime/image-request.ts'
import type { Runtime, RuntimeAbilities } from '../../src/runtime/runtime.ts'
import { type Child, isAlive } from '../lib/child.ts'
import { cleared, openSandbox } from '../lib/sandbox.ts'
import { noSmallEngine, type SmallEngine, startSmallEngine } from '../lib/small-engine.ts'

/*
 * Every call of the port that makes the engine write, on an engine whose disk is full: the code is that of a full disk,
 * nothing is left, and the same call succeeds as soon as there is space.
 */

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const mib = 1024 * 1024
const image = 'debian:trixie-slim'
/** In the engine's own network. */
const pulled = '127.0.0.1:5000/full:1'
/** So many that the store of the engine must grow. */
const networksThatGrow = 12

let engine: SmallEngine | undefined
let runtime: Runtime & RuntimeAbilities
let folder: string
let registry: Child | undefined
let archive: Buffer

beforeAll(async () => {
  engine = await startSmallEngine(260 * mib)
  if (engine === undefined) return
  await engine.load(image)
  runtime = (await createDockerRuntime({ endpoint: engine.endpoint })) as Runtime & RuntimeAbilities
  folder = mkdtempSync(join(tmpdir(), 'mesocosm-full-'))
  registry = engine.startNode([
    join(import.meta.dirname, 'script/registry.ts'),
    '5000',
    `${24 * mib}`,
  ])
  await registry.told('listening')
  await runtime.image({ kind: 'pull', reference: pulled })
  archive = await buffer(await runtime.saveImages([{ reference: pulled }]))
  await runtime.remove('image', pulled)
})
afterAll(async () => {
  await runtime?.[Symbol.asyncDispose]()
  await registry?.[Symbol.asyncDispose]()
  await engine?.[Symbol.asyncDispose]()
  if (folder !== undefined) rmSync(folder, { recursive: true })
})

/** Whatever is on the engine, layers of builds included. */
const everything = async ({ api }: SmallEngine): Promise<readonly string[]> => {
  const [containers, networks, volumes, images] = await Promise.all([
    api.json<{ Id: string }[]>('GET', '/containers/json', { query: { all: 1 } }),
    api.json<{ Id: string }[]>('GET', '/networks'),
    api.json<{ Volumes: { Name: string }[] | null }>('GET', '/volumes'),
    api.json<{ Id: string }[]>('GET', '/images/json', { query: { all: 1 } }),
  ])
  return [
    ...containers.map(({ Id }) => `container ${Id}`),
    ...networks.map(({ Id }) => `network ${Id}`),
    ...(volumes.Volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ...images.map(({ Id }) => `image ${Id}`),
  ].sort()
}

/** Writes a file without content on this machine's disk, which is sent with all its zeros. */
const zeros = (name: string, bytes: number): string => {
  const path = join(folder, name)
  writeFileSync(path, '')
  truncateSync(path, bytes)
  return path
}

const dockerfile = (...lines: readonly string[]): string =>
  [`FROM ${image}`, ...lines, ''].join('\n')

const spec = (more: Partial<ContainerSpec> = {}): ContainerSpec => ({
  name: 'full',
  image,
  labels: {},
  command: ['sleep', '600'],
  network: { kind: 'none' },
  ...more,
})

const running = async (more: Partial<ContainerSpec> = {}): Promise<string> => {
  const id = await runtime.create(spec({ name: 'before', ...more }))
  await runtime.start(id)
  return id
}

interface Case {
  /** Bytes that are left; default 0. */
  readonly spare?: number
  /** Makes what the call needs while there is space; returns its id. */
  prepare?(): Promise<string>
  /** Returns what undoes it. */
  call(id: string, engine: SmallEngine): Promise<() => Promise<void>>
}

const nothing = async () => undefined

/** Builds with one of the engine's builders. */
const build = async (
  { api }: SmallEngine,
  kind: Builder['kind'],
  lines: string,
): Promise<() => Promise<void>> => {
  const found = await findBuilder(api)
  const images = createImages(api, async () => ({ ...found, kind }))
  const context = mkdtempSync(join(folder, 'context-'))
  const { reference }: ImageInfo = await images.image({
    kind: 'build',
    name: 'full',
    build: { context, dockerfileInline: dockerfile(lines) },
  })
  return () => runtime.remove('image', reference)
}

const cases: Readonly<Record<string, Case>> = {
  'the context of a build': {
    spare: 8 * mib,
    call: async () => {
      const context = mkdtempSync(join(folder, 'context-'))
      writeFileSync(join(context, 'Dockerfile'), dockerfile('COPY big /tmp/'))
      writeFileSync(join(context, 'big'), '')
      truncateSync(join(context, 'big'), 24 * mib)
      const { reference } = await runtime.image({ kind: 'build', name: 'full', build: { context } })
      return () => runtime.remove('image', reference)
    },
  },
  'a step of the classic builder that writes': {
    spare: 8 * mib,
    call: (_, engine) =>
      build(engine, 'classic', 'RUN dd if=/dev/zero of=/big bs=1M count=24 && rm /big'),
  },
  'a step of BuildKit that writes': {
    spare: 8 * mib,
    call: (_, engine) =>
      build(engine, 'buildkit', 'RUN dd if=/dev/zero of=/big bs=1M count=24 && rm /big'),
  },
  'a step of the classic builder without any space': {
    call: (_, engine) => build(engine, 'classic', 'RUN true'),
  },
  'a step of BuildKit without any space': {
    call: (_, engine) => build(engine, 'buildkit', 'RUN true'),
  },
  'the import of the sandbox image, the first sandbox': {
    prepare: () => runtime.createNetwork({ name: 'before', labels: {}, size: 4 }),
    call: async (network) => {
      const id = await runtime.createSandbox({ name: 'full', labels: {}, network, aliases: [] })
      return async () => {
        await runtime.remove('container', id)
        await runtime.remove('image', (await runtime.images({}))[0]?.reference ?? '')
      }
    },
  },
  'a container': {
    call: async () => {
      const id = await runtime.create(spec())
      return () => runtime.remove('container', id)
    },
  },
  'files that are copied into a new container': {
    spare: 8 * mib,
    call: async () => {
      const files = [{ from: zeros('file', 24 * mib), to: '/big' }]
      const id = await runtime.create(spec({ files }))
      return () => runtime.remove('container', id)
    },
  },
  'the start of a container': {
    prepare: () => runtime.create(spec({ name: 'before' })),
    call: async (id) => {
      await runtime.start(id, () => undefined)
      return nothing
    },
  },
  networks: {
    call: async () => {
      const made: string[] = []
      const undo = async () => {
        for (const id of made) await runtime.remove('network', id)
      }
      try {
        // The engine's store has room for some, which differs.
        while (made.length < networksThatGrow)
          made.push(
            await runtime.createNetwork({ name: `full-${made.length}`, labels: {}, size: 4 }),
          )
      } catch (error) {
        await undo()
        throw error
      }
      return undo
    },
  },
  'an image that is pulled': {
    spare: 8 * mib,
    call: async () => {
      await runtime.image({ kind: 'pull', reference: pulled })
      return () => runtime.remove('image', pulled)
    },
  },
  'images that are loaded': {
    spare: 8 * mib,
    call: async () => {
      await runtime.loadImages(Readable.from([archive]))
      return () => runtime.remove('image', pulled)
    },
  },
  // The engine writes the whole archive to its own disk before it sends any of it.
  'images that are saved': {
    spare: 8 * mib,
    call: async () => {
      for await (const _ of await runtime.saveImages([{ reference: image }]));
      return nothing
    },
  },
  'an exec': {
    prepare: () => running(),
    call: async (id) => {
      await runtime.exec(id, { argv: ['true'] })
      return nothing
    },
  },
  'a snapshot of a container': {
    spare: 8 * mib,
    prepare: async () => {
      const files = [{ from: zeros('file', 24 * mib), to: '/big' }]
      return runtime.create(spec({ name: 'before', files }))
    },
    call: async (container) => {
      const { reference } = await runtime.commit({ container, reference: 'full:1', labels: {} })
      return () => runtime.remove('image', reference)
    },
  },
}

describe('an engine whose disk is full', () => {
  for (const [name, { spare = 0, prepare, call }] of Object.entries(cases))
    test(`${name}: DISK_FULL, and nothing is left`, async ({ skip }) => {
      if (engine === undefined) return skip(noSmallEngine)
      const id = (await prepare?.()) ?? ''
      const before = await everything(engine)
      engine.disk.fill(spare)
      try {
        await expect(call(id, engine)).rejects.toMatchObject({
          code: 'DISK_FULL',
          remedy: expect.stringContaining('docker system df'),
        })
        expect.soft(await everything(engine)).toEqual(before)
      } finally {
        engine.disk.free()
      }
      expect.soft(await everything(engine)).toEqual(before)
      const undo = await call(id, engine)
      await undo()
      // What BuildKit has in its cache is for later builds.
      await engine.api.json('POST', '/build/prune', { query: { all: 1 } })
      const kind = before.includes(`network ${id}`) ? 'network' : 'container'
      if (prepare !== undefined) await runtime.remove(kind, id)
    })
})

test('a program on a full disk prints on, and every line is read', async ({ skip }) => {
  if (engine === undefined) return skip(noSmallEngine)
  const id = await runtime.create(spec({ command: ['sh', '-c', 'seq 1 20000; echo end'] }))
  engine.disk.fill(64 * 1024)
  let text = ''
  const gaps: unknown[] = []
  try {
    const { outputEnded } = await runtime.start(
      id,
      ({ bytes }) => {
        text += Buffer.from(bytes).toString()
      },
      (gap) => void gaps.push(gap),
    )
    await outputEnded
  } finally {
    engine.disk.free()
  }
  expect(gaps).toEqual([])
  expect(text.trimEnd().split('\n')).toHaveLength(20_001)
  await runtime.remove('container', id)
})

test('removals need no space: containers, networks and images of a full engine', async ({
  skip,
}) => {
  if (engine === undefined) return skip(noSmallEngine)
  const before = await everything(engine)
  const network = await runtime.createNetwork({ name: 'full', labels: {}, size: 4 })
  const id = await running({ network: { kind: 'own', network, aliases: [] } })
  const { reference } = await runtime.commit({ container: id, reference: 'full:1', labels: {} })
  engine.disk.fill()
  try {
    await runtime.remove('container', id)
    await runtime.remove('network', network)
    await runtime.remove('image', reference)
    expect(await everything(engine)).toEqual(before)
  } finally {
    engine.disk.free()
  }
})

test('a run outlives a full engine: the lane of that time fails, those around it work', async ({
  skip,
}) => {
  if (engine === undefined) return skip(noSmallEngine)
  await using sandbox = openSandbox()
  const before = { ...process.env }
  Object.assign(process.env, sandbox.env, { DOCKER_HOST: engine.endpoint })
  try {
    const topology = defineTopology({
      name: 'full',
      root: sandbox.folder,
      services: {
        api: {
          image,
          command: ['sh', '-c', 'echo up; exec sleep 600'],
          ready: log('up'),
          stopTimeoutMs: 0,
        },
      },
    })
    await using first = await lease(topology, { key: 'first' })
    const [run = ''] = sandbox.runs()
    const supervisor = sandbox.supervisorOf(run)
    engine.disk.fill()
    try {
      await expect(lease(topology, { key: 'second' })).rejects.toMatchObject({
        code: 'DISK_FULL',
        remedy: expect.stringContaining('docker system df'),
      })
    } finally {
      engine.disk.free()
    }
    {
      await using third = await lease(topology, { key: 'third' })
      const { stdout } = await third.services.api.run(['echo', 'works'])
      expect(stdout.trim()).toBe('works')
    }
    expect((await first.services.api.run(['echo', 'works'])).stdout.trim()).toBe('works')
    expect(sandbox.supervisorOf(run)).toBe(supervisor)
    expect(isAlive(supervisor)).toBe(true)
  } finally {
    await cleared(sandbox.runs()[0] ?? '')
    for (const name of [...Object.keys(sandbox.env), 'DOCKER_HOST'])
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
  }
})
