import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Runtime } from '../../runtime/runtime.ts'
import type { ImageJson } from '../api/api-types.ts'
import { createEngineApi, type EngineApi } from '../api/engine-api.ts'
import { createDockerRuntime } from '../docker-runtime.ts'
import { discoverEngine } from '../find/discover.ts'
import { testImage } from '../test-image.ts'
import { serveRegistry, type TestRegistry } from '../test-registry.ts'

/** No machine has this architecture by chance. */
const other = 'linux/s390x'
const user = 'ann'
const password = `s3cret-${process.pid}`

let runtime: Runtime
let api: EngineApi
let own: string
let base: string
let registry: TestRegistry
let context: string
const made = new Set<string>()

beforeAll(async () => {
  runtime = await createDockerRuntime()
  const { dialer, endpoint } = await discoverEngine()
  api = createEngineApi(dialer, endpoint)
  own = `linux/${(await runtime.info()).architecture}`
  base = await testImage()
  registry = await serveRegistry({
    images: { both: [own, other], other: [other], own: [own] },
    login: { user, password },
  })
  const auth = Buffer.from(`${user}:${password}`).toString('base64')
  process.env.DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { [registry.host]: { auth } } })
}, 60_000)
afterAll(async () => {
  delete process.env.DOCKER_AUTH_CONFIG
  await runtime[Symbol.asyncDispose]()
  registry[Symbol.dispose]()
})
beforeEach(async () => {
  context = await mkdtemp(join(tmpdir(), 'mesocosm-platform-'))
})
afterEach(async () => {
  for (const reference of made) await runtime.remove('image', reference)
  made.clear()
  await rm(context, { recursive: true })
})

const pull = async (tag: string, platform?: string) => {
  const reference = `${registry.host}/test/x:${tag}`
  made.add(reference)
  const asked = platform === undefined ? {} : { platform }
  const info = await runtime.image({ kind: 'pull', reference, ...asked })
  made.add(info.reference)
  return info
}

describe('images for a platform', { timeout: 240_000 }, () => {
  test('one name serves services with and without a platform, whichever is pulled first', async () => {
    const foreign = await pull('both', other)
    expect(foreign).toMatchObject({ env: { FOR: other }, platform: other })
    const native = await pull('both')
    expect(native).toMatchObject({ env: { FOR: own } })
    expect(await pull('both', other)).toEqual(foreign)
    expect(await pull('both', own)).toEqual(native)
    expect(await pull('both')).toEqual(native)
    // Nothing is pulled again.
    expect(registry.counted.layers).toBe(2)
  })

  test('the name stays that of the platform of the engine when another one is pulled later', async () => {
    const [native] = await Promise.all([pull('both'), pull('both', other), pull('both', other)])
    expect(native).toMatchObject({ env: { FOR: own } })
    expect(await pull('both')).toEqual(native)
  })

  test('a container is created for the platform', async () => {
    const { reference: image } = await pull('other', other)
    const id = await runtime.create({
      name: `platform-test-${process.pid}`,
      image,
      platform: other,
      command: ['/a.txt'],
      labels: {},
      network: { kind: 'none' },
    })
    await runtime.remove('container', id)
  })

  test('an image that has only another platform is IMAGE_NOT_FOUND, and named with it', async () => {
    await expect(pull('own', other)).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      remedy: expect.stringContaining('`platform`'),
    })
    // A tag with one manifest, whose platform engines learn late, if at all.
    await expect(pull('both', 'linux/riscv64')).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      remedy: expect.stringContaining('`platform`'),
    })
  })

  test('a build for a platform pulls its private base image with the user’s credentials', async () => {
    const dockerfileInline = `FROM ${registry.host}/test/x:other\nENV BUILT=${randomUUID()}\n`
    const build = { context, dockerfileInline, platform: other }
    const info = await runtime.image({ kind: 'build', name: 'platform-test', build })
    made.add(info.reference)
    expect(info).toMatchObject({ env: { FOR: other }, platform: other })
  })

  test('a base image that lacks the platform is IMAGE_NOT_FOUND', async () => {
    const dockerfileInline = `FROM --platform=linux/riscv64 ${registry.host}/test/x:both\n`
    const build = { context, dockerfileInline }
    const failure = runtime.image({ kind: 'build', name: 'platform-test', build })
    await expect(failure).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      remedy: expect.stringContaining('`platform`'),
    })
  })

  test('a registry that stays silent ends the build that pulls from it, and says so on the way', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`
    await using hasty = await createDockerRuntime({ patience: { quietMs: 1_000, silentMs: 3_000 } })
    const lines: string[] = []
    const onProgress = (line: string) => lines.push(line)
    const build = { context, dockerfileInline: `FROM --platform=${other} ${host}/test/x:1\n` }
    await expect(
      hasty.image({ kind: 'build', name: 'platform-test', build }, { onProgress }),
    ).rejects.toMatchObject({
      code: 'IMAGE_PULL_FAILED',
      summary: expect.stringContaining(`no word from the registry ${host} for 3 s`),
    })
    expect(lines).toContain(`no word from the registry ${host} for 1 s`)
    silent.closeAllConnections()
    silent.close()
  })

  test('a step of a build that is silent for longer than a registry may be is not ended', async () => {
    await using hasty = await createDockerRuntime({ patience: { quietMs: 200, silentMs: 600 } })
    const dockerfileInline = `FROM ${base}\nRUN sleep 3 && echo ${randomUUID()}\n`
    const build = { context, dockerfileInline }
    const info = await hasty.image({ kind: 'build', name: 'platform-test', build })
    made.add(info.reference)
  })
})

describe('secrets of a build', { timeout: 240_000 }, () => {
  test('a secret that a program prints is neither in the output nor in the image', async () => {
    await writeFile(
      join(context, 'Dockerfile'),
      `FROM ${base}\nRUN --mount=type=secret,id=token echo "token: $(cat /run/secrets/token)" # ${randomUUID()}\n`,
    )
    const value = `t0ken-${randomUUID()}`
    const lines: string[] = []
    const onProgress = (line: string) => lines.push(line)
    const build = { context, secrets: { token: { env: 'TOKEN', secret: value } } }
    const info = await runtime.image({ kind: 'build', name: 'secret-test', build }, { onProgress })
    made.add(info.reference)
    expect(lines).toContain('token: •••')
    const path = `/images/${info.reference}`
    const json = await api.json<ImageJson>('GET', `${path}/json`)
    const history = await api.json<unknown>('GET', `${path}/history`)
    expect(JSON.stringify([lines, json, history])).not.toContain(value)
    // Another value makes no other image.
    const renewed = { context, secrets: { token: { secret: 'another' } } }
    expect(await runtime.image({ kind: 'build', name: 'secret-test', build: renewed })).toEqual(
      info,
    )
    const wrong = `FROM ${base}\nRUN --mount=type=secret,id=token cat /run/secrets/token && exit 3\n`
    await writeFile(join(context, 'Dockerfile'), wrong)
    const failure = await runtime
      .image({ kind: 'build', name: 'secret-test', build })
      .catch((error: unknown) => error as Error)
    expect(failure).toMatchObject({ code: 'BUILD_FAILED', lastLogs: ['•••'] })
    expect(JSON.stringify([failure, String(failure), (failure as Error).stack])).not.toContain(
      value,
    )
  })
})
