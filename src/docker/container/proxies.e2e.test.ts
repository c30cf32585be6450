import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Runtime } from '../../runtime/runtime.ts'
import { createDockerRuntime } from '../docker-runtime.ts'
import { testImage } from '../test-image.ts'

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-proxies-'))
const proxy = 'http://user:secret@proxy.example:3128'
const name = `mesocosm-test-proxies-${process.pid}`
let runtime: Runtime

beforeAll(async () => {
  vi.stubEnv('DOCKER_CONFIG', folder)
  const proxies = { default: { httpProxy: proxy, noProxy: '.corp' } }
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ proxies }))
  mkdirSync(join(folder, 'app'))
  writeFileSync(
    join(folder, 'app/Dockerfile'),
    `FROM ${await testImage()}\nRUN test "$http_proxy" = ${proxy} && echo ${name}\n`,
  )
  runtime = await createDockerRuntime()
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await runtime[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

test('a build has the proxies of the user, and its image has nothing of them', async () => {
  const request = { kind: 'build', name, build: { context: join(folder, 'app') } } as const
  const lines: string[] = []
  const info = await runtime.image(request, { onProgress: (line) => void lines.push(line) })
  expect(info.env).not.toHaveProperty('HTTP_PROXY')
  // Other proxies are no reason to build it again.
  writeFileSync(join(folder, 'config.json'), '{}')
  expect((await runtime.image({ ...request, existingOnly: true })).id).toBe(info.id)
  await runtime.remove('image', info.reference)
})

test('a container has the proxies of the user next to its own environment, unless it wants none', async () => {
  const proxies = { default: { httpProxy: proxy, noProxy: '.corp' } }
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ proxies }))
  const labels = { 'dev.mesocosm.test': name }
  const network = await runtime.createNetwork({ name, labels, size: 4 })
  const make = async (more: object) => {
    const id = await runtime.create({
      name: `${name}-${Object.keys(more).length}`,
      labels,
      image: await testImage(),
      idle: true,
      env: { HTTP_PROXY: 'own', A: '1' },
      network: { kind: 'own', network, aliases: [] },
      ...more,
    })
    await runtime.start(id)
    const { stdout } = await runtime.exec(id, { argv: ['env'] })
    await runtime.remove('container', id)
    return stdout.split('\n')
  }
  try {
    const env = await make({ noProxy: ['db', 'api'] })
    expect(env).toContain('HTTP_PROXY=own')
    expect(env).toContain(`http_proxy=${proxy}`)
    expect(env).toContain('A=1')
    expect(env).toContainEqual(
      expect.stringMatching(/^NO_PROXY=\.corp,localhost,127\.0\.0\.1,::1,db,api,[\d.]+\/\d+$/),
    )
    expect((await make({})).filter((line) => /proxy.example/.test(line))).toEqual([])
  } finally {
    await runtime.remove('network', network)
  }
})
