import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createEngineApi } from '../api/engine-api.ts'
import { candidates, type Surroundings } from './candidates.ts'
import { discoverEngine } from './discover.ts'

let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mesocosm-home-'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(home, { recursive: true })
})

const around = (more: Partial<Surroundings> = {}): Surroundings => ({
  env: {},
  platform: 'linux',
  home,
  uid: 1000,
  ...more,
})

const writeContext = async (name: string, host: string, current = true): Promise<void> => {
  const id = createHash('sha256').update(name).digest('hex')
  const folder = join(home, '.docker', 'contexts', 'meta', id)
  await mkdir(folder, { recursive: true })
  const meta = { Name: name, Endpoints: { docker: { Host: host } } }
  await writeFile(join(folder, 'meta.json'), JSON.stringify(meta))
  if (!current) return
  await writeFile(join(home, '.docker', 'config.json'), JSON.stringify({ currentContext: name }))
}

/** A server that answers a ping. */
const pingable = async (name: string) => {
  const path = join(home, name)
  const server = createServer((_, response) => response.end('OK'))
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return { path, [Symbol.asyncDispose]: async () => void server.close() }
}

test('candidates returns only the engine that DOCKER_HOST names', () => {
  const env = { DOCKER_HOST: 'tcp://build.example:2375' }
  expect(candidates(around({ env }))).toEqual([
    { endpoint: 'tcp://build.example:2375', foundBy: 'DOCKER_HOST' },
  ])
})

test('candidates takes TLS from the environment as the docker client does', () => {
  const env = { DOCKER_HOST: 'build.example:2376', DOCKER_CERT_PATH: '/certs' }
  expect(candidates(around({ env }))).toEqual([
    { endpoint: 'tcp://build.example:2376', foundBy: 'DOCKER_HOST', certificates: '/certs' },
  ])
})

test('candidates returns the current docker context first, then the usual sockets', async () => {
  await writeContext('colima', 'unix:///colima.sock')
  const places = candidates(around())
  expect(places[0]).toEqual({ endpoint: 'unix:///colima.sock', foundBy: 'docker context colima' })
  expect(places.map(({ endpoint }) => endpoint)).toEqual(
    expect.arrayContaining([
      'unix:///var/run/docker.sock',
      'unix:///run/user/1000/docker.sock',
      `unix://${home}/.docker/run/docker.sock`,
      `unix://${home}/.colima/default/docker.sock`,
      `unix://${home}/.rd/docker.sock`,
      'unix:///run/user/1000/podman/podman.sock',
    ]),
  )
})

test('candidates returns pipes on Windows', () => {
  expect(candidates(around({ platform: 'win32' })).map(({ endpoint }) => endpoint)).toEqual([
    'npipe:////./pipe/docker_engine',
    'npipe:////./pipe/podman-machine-default',
  ])
})

test('discoverEngine takes the first engine that answers', async () => {
  await using socket = await pingable('live.sock')
  await writeContext('live', `unix://${socket.path}`)
  const found = await discoverEngine({ surroundings: around() })
  expect(found).toMatchObject({ endpoint: `unix://${socket.path}`, foundBy: 'docker context live' })
  found.close()
})

test('discoverEngine throws ENGINE_NOT_FOUND with every candidate and why it failed', async () => {
  await writeContext('remote', 'ssh://build.example', false)
  const env = { DOCKER_CONTEXT: 'remote' }
  await expect(discoverEngine({ surroundings: around({ env }) })).rejects.toMatchObject({
    code: 'ENGINE_NOT_FOUND',
    details: [expect.stringMatching(/DOCKER_CONTEXT remote: ssh:.*forward the socket/)],
    remedy: expect.stringContaining('DOCKER_CONTEXT'),
  })
})

test.each([
  ['a missing socket', 'unix:///no/such.sock', /ENOENT/],
  ['a closed port', 'tcp://127.0.0.1:1', /ECONNREFUSED/],
  ['an unsupported address', 'gopher://x', /not supported/],
])('discoverEngine reports why %s cannot be used', async (_, DOCKER_HOST, reason) => {
  await expect(
    discoverEngine({ surroundings: around({ env: { DOCKER_HOST } }) }),
  ).rejects.toMatchObject({
    code: 'ENGINE_NOT_FOUND',
    details: [expect.stringMatching(reason)],
    remedy: expect.any(String),
  })
})

test('discoverEngine uses testcontainers when nothing else answers', async () => {
  // Otherwise testcontainers pulls an image to find a gateway.
  vi.stubEnv('TESTCONTAINERS_HOST_OVERRIDE', '127.0.0.1')
  const found = await discoverEngine({ surroundings: around({ platform: 'win32' }) })
  expect(found.foundBy).toBe('testcontainers')
  const version = await createEngineApi(found.dialer, found.endpoint).json('GET', '/version')
  expect(version).toMatchObject({ ApiVersion: expect.any(String) })
})
