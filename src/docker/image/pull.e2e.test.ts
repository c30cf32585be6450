import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Runtime } from '../../runtime/runtime.ts'
import { createDockerRuntime } from '../docker-runtime.ts'
import { serveRegistry, type TestRegistry } from '../test-registry.ts'

const user = 'ann'
const password = 'pässword'

describe('pulling an image', { timeout: 240_000 }, () => {
  let registry: TestRegistry
  let runtime: Runtime

  beforeAll(async () => {
    registry = await serveRegistry({ images: { 1: ['linux/amd64'] }, login: { user, password } })
    process.env.DOCKER_AUTH_CONFIG = JSON.stringify({
      auths: {
        [registry.host]: { auth: Buffer.from(`${user}:${password}`).toString('base64') },
      },
    })
    runtime = await createDockerRuntime()
  })
  afterAll(async () => {
    await runtime.remove('image', `${registry.host}/test/x:1`)
    await runtime[Symbol.asyncDispose]()
    registry[Symbol.dispose]()
  })

  test('concurrent pulls share one pull with the user’s credentials, and each gets the progress', async () => {
    const reference = `${registry.host}/test/x:1`
    const seen: readonly string[][] = [[], []]
    const infos = await Promise.all(
      seen.map((lines) =>
        runtime.image({ kind: 'pull', reference }, { onProgress: (line) => void lines.push(line) }),
      ),
    )
    expect(infos[0]).toEqual(infos[1])
    expect(infos[0]).toMatchObject({ reference, env: { FROM: 'registry' } })
    expect(registry.counted.layers).toBe(1)
    // `Pull complete` is Docker's last line of a layer, `Download complete` Podman's.
    const last = seen.map((lines) => lines.findLast((line) => line.endsWith(' complete')))
    expect(last[0]).toEqual(expect.any(String))
    expect(last[1]).toBe(last[0])
    await runtime.image({ kind: 'pull', reference })
    expect(registry.counted.layers).toBe(1)
  })

  test('a build pulls its private base image', async () => {
    await runtime.remove('image', `${registry.host}/test/x:1`)
    const context = await mkdtemp(join(tmpdir(), 'mesocosm-pull-'))
    await writeFile(join(context, 'Dockerfile'), `FROM ${registry.host}/test/x:1\nENV BUILT=yes\n`)
    const build = { context }
    const name = `pull-test-${process.pid}`
    const info = await runtime.image({ kind: 'build', name, build })
    expect(info.env).toMatchObject({ FROM: 'registry', BUILT: 'yes' })
    await runtime.remove('image', info.reference)
    await rm(context, { recursive: true })
  })

  test('a pull reports an image that the registry lacks as IMAGE_NOT_FOUND', async () => {
    const reference = `${registry.host}/test/x:2`
    await expect(runtime.image({ kind: 'pull', reference })).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
      facts: { image: reference },
      remedy: expect.any(String),
    })
  })

  test('a pull without credentials is IMAGE_PULL_DENIED', async () => {
    // The same registry under a name without credentials.
    const reference = `${registry.host.replace('127.0.0.1', 'localhost')}/test/x:1`
    await expect(runtime.image({ kind: 'pull', reference })).rejects.toMatchObject({
      code: 'IMAGE_PULL_DENIED',
      remedy: expect.stringContaining('docker login'),
    })
  })

  test('a pull from a registry that does not answer is IMAGE_PULL_FAILED', async () => {
    const reference = '127.0.0.1:1/x:1'
    await expect(runtime.image({ kind: 'pull', reference })).rejects.toMatchObject({
      code: 'IMAGE_PULL_FAILED',
      remedy: expect.any(String),
    })
  })

  test('a pull from a registry that stays silent ends, and says so on the way', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`
    const patience = { quietMs: 1_000, silentMs: 3_000 }
    await using hasty = await createDockerRuntime({ patience })
    const lines: string[] = []
    const onProgress = (line: string) => lines.push(line)
    await expect(
      hasty.image({ kind: 'pull', reference: `${host}/test/x:1` }, { onProgress }),
    ).rejects.toMatchObject({
      code: 'IMAGE_PULL_FAILED',
      summary: expect.stringContaining(`no word from the registry ${host} for 3 s`),
    })
    expect(lines).toContain(`no word from the registry ${host} for 1 s`)
    silent.closeAllConnections()
    silent.close()
  })

  test('a credential helper that fails without reading is named by IMAGE_PULL_DENIED', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mesocosm-helper-'))
    const helper = join(folder, 'docker-credential-expired')
    await writeFile(helper, '#!/bin/sh\necho "token expired, run the login"\nexit 1\n', {
      mode: 0o755,
    })
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
    vi.stubEnv(
      'DOCKER_AUTH_CONFIG',
      JSON.stringify({ credHelpers: { [registry.host]: 'expired' } }),
    )
    const reference = `${registry.host}/test/x:1`
    await runtime.remove('image', reference)
    await expect(runtime.image({ kind: 'pull', reference })).rejects.toMatchObject({
      code: 'IMAGE_PULL_DENIED',
      details: [expect.stringContaining('token expired, run the login')],
    })
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  })

  test('a pull with wrong credentials names the user', async () => {
    const auth = Buffer.from('bob:wrong').toString('base64')
    vi.stubEnv('DOCKER_AUTH_CONFIG', JSON.stringify({ auths: { [registry.host]: { auth } } }))
    const reference = `${registry.host}/test/x:1`
    await runtime.remove('image', reference)
    await expect(runtime.image({ kind: 'pull', reference })).rejects.toMatchObject({
      code: 'IMAGE_PULL_DENIED',
      remedy: expect.stringContaining('user bob'),
    })
    vi.unstubAllEnvs()
  })

  test('a pull of an invalid image name is IMAGE_NOT_FOUND', async () => {
    await expect(runtime.image({ kind: 'pull', reference: 'Not An Image' })).rejects.toMatchObject({
      code: 'IMAGE_NOT_FOUND',
    })
  })
})
