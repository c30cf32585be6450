import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { MesocosmError } from '../../errors/mesocosm-error.ts'
import { createEngineApi } from '../api/engine-api.ts'
import { type Candidate, candidates, type Surroundings } from './candidates.ts'
import { connectionTo } from './connection.ts'
import { type DiscoverOptions, discoverEngine } from './discover.ts'

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

interface ContextOptions {
  readonly current?: boolean
  readonly skipVerify?: boolean
  /** Names of the files in the context's TLS folder. */
  readonly tls?: readonly string[]
}

/** Writes a context as `docker context create` does, and chooses it as `docker context use` does. */
const writeContext = async (
  name: string,
  host: string,
  { current = true, skipVerify, tls = [] }: ContextOptions = {},
): Promise<void> => {
  const id = createHash('sha256').update(name).digest('hex')
  const contexts = join(home, '.docker', 'contexts')
  const folder = join(contexts, 'meta', id)
  await mkdir(folder, { recursive: true })
  const meta = { Name: name, Endpoints: { docker: { Host: host, SkipTLSVerify: skipVerify } } }
  await writeFile(join(folder, 'meta.json'), JSON.stringify(meta))
  for (const file of tls) {
    await mkdir(tlsFolder(name), { recursive: true })
    await writeFile(join(tlsFolder(name), file), `${file} of ${name}`)
  }
  if (current) await useContext(name)
}

const tlsFolder = (name: string): string => {
  const id = createHash('sha256').update(name).digest('hex')
  return join(home, '.docker', 'contexts', 'tls', id, 'docker')
}

const useContext = async (name: string): Promise<void> => {
  await mkdir(join(home, '.docker'), { recursive: true })
  await writeFile(join(home, '.docker', 'config.json'), JSON.stringify({ currentContext: name }))
}

const failureOf = async (options: DiscoverOptions): Promise<MesocosmError> => {
  const failure: unknown = await discoverEngine(options).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'ENGINE_NOT_FOUND' })
  return failure as MesocosmError
}

/** A server that answers a ping. */
const pingable = async (name: string) => {
  const path = join(home, name)
  const server = createServer((_, response) => response.end('OK'))
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return { path, [Symbol.asyncDispose]: async () => void server.close() }
}

test.each<[string, Record<string, string>, object]>([
  [
    'a host',
    { DOCKER_HOST: 'tcp://build.example:2375', DOCKER_CONTEXT: 'other' },
    { endpoint: 'tcp://build.example:2375' },
  ],
  [
    'a host with TLS',
    { DOCKER_HOST: 'build.example:2376', DOCKER_CERT_PATH: '/certs' },
    {
      endpoint: 'tcp://build.example:2376',
      tls: { certificates: '/certs', verify: true },
    },
  ],
  [
    'a host that must be checked',
    { DOCKER_HOST: 'tcp://build.example:9000', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' },
    { endpoint: 'tcp://build.example:9000', tls: { certificates: '/certs', verify: true } },
  ],
])('candidates returns only the engine that DOCKER_HOST names: %s', (_, env, expected) => {
  expect(candidates(around({ env }))).toEqual([
    {
      ...expected,
      foundBy: 'DOCKER_HOST',
      remedy: 'start the engine that DOCKER_HOST names, or unset DOCKER_HOST',
    },
  ])
})

test('candidates returns only the engine of the current docker context', async () => {
  await writeContext('colima', 'unix:///colima.sock')
  expect(candidates(around())).toEqual([
    {
      endpoint: 'unix:///colima.sock',
      foundBy: 'docker context colima',
      remedy: 'start the engine of the docker context colima, or run `docker context use default`',
    },
  ])
})

test('candidates returns only the engine of the context that DOCKER_CONTEXT names', async () => {
  await writeContext('colima', 'unix:///colima.sock')
  await writeContext('work', 'unix:///work.sock', { current: false })
  expect(candidates(around({ env: { DOCKER_CONTEXT: 'work' } }))).toEqual([
    {
      endpoint: 'unix:///work.sock',
      foundBy: 'DOCKER_CONTEXT work',
      remedy: 'start the engine of the docker context work, or unset DOCKER_CONTEXT',
    },
  ])
})

test.each([
  ['DOCKER_CONTEXT is default', { DOCKER_CONTEXT: 'default' }, 'colima'],
  ['the current context is default', {}, 'default'],
])('candidates returns the usual sockets when %s', async (_, env, current) => {
  await writeContext('colima', 'unix:///colima.sock')
  await useContext(current)
  expect(candidates(around({ env }))[0]).toEqual({
    endpoint: 'unix:///var/run/docker.sock',
    foundBy: 'default socket',
  })
})

test('candidates returns only the engine that CONTAINER_HOST names, unless docker has a name for one', async () => {
  const env = { CONTAINER_HOST: 'unix:///run/user/1000/podman/podman.sock' }
  expect(candidates(around({ env }))).toEqual([
    {
      endpoint: env.CONTAINER_HOST,
      foundBy: 'CONTAINER_HOST',
      remedy: expect.stringContaining('podman.socket'),
    },
  ])
  const both = { ...env, DOCKER_HOST: 'unix:///docker.sock' }
  expect(candidates(around({ env: both }))[0]?.foundBy).toBe('DOCKER_HOST')
  await writeContext('podman', 'unix:///podman.sock')
  expect(candidates(around({ env })).map(({ foundBy }) => foundBy)).toEqual([
    'docker context podman',
  ])
})

/** TLS as the docker client decides it: by what the context holds. */
test.each<[string, string, ContextOptions, object | undefined]>([
  ['files on a port of its own', 'tcp://a:9000', { tls: ['ca.pem', 'cert.pem', 'key.pem'] }, {}],
  ['an authority only', 'tcp://a:9000', { tls: ['ca.pem'] }, {}],
  ['files, unchecked', 'tcp://a:9000', { tls: ['ca.pem'], skipVerify: true }, { verify: false }],
  ['no files, unchecked', 'tcp://a:9000', { skipVerify: true }, { verify: false, bare: true }],
  ['no files on port 2376', 'tcp://a:2376', {}, undefined],
  ['no files, https', 'https://a:9000', {}, { bare: true }],
  ['a socket', 'unix:///a.sock', {}, undefined],
])('candidates takes TLS from the context: %s', async (_, host, options, expected) => {
  await writeContext('far', host, options)
  const { bare, ...rest } = { bare: false, ...expected }
  const certificates = bare ? {} : { certificates: tlsFolder('far') }
  expect(candidates(around())[0]?.tls).toEqual(
    expected === undefined ? undefined : { verify: true, ...certificates, ...rest },
  )
})

test('connectionTo reads the certificates that are present, and whether they are checked', async () => {
  await writeContext('far', 'tcp://far.example:9000', { tls: ['ca.pem'], skipVerify: true })
  const [candidate] = candidates(around())
  expect(connectionTo(candidate as Candidate)).toEqual({
    protocol: 'https',
    host: 'far.example',
    port: 9000,
    ca: Buffer.from('ca.pem of far'),
    rejectUnauthorized: false,
  })
})

test.each([
  ['tcp://[::1]:2375', { protocol: 'http', host: '::1', port: 2375 }],
  ['tcp://far.example/', { protocol: 'http', host: 'far.example', port: 2375 }],
  ['https://far.example', { protocol: 'https', host: 'far.example', port: 2376 }],
])('connectionTo reads %s', (endpoint, expected) => {
  expect(connectionTo({ endpoint, foundBy: 'option' })).toEqual(expected)
})

test('a port of TLS with a slash asks for TLS, too', () => {
  const [candidate] = candidates(around({ env: { DOCKER_HOST: 'tcp://a:2376/' } }))
  expect(candidate?.tls).toMatchObject({ verify: true })
})

test('connectionTo throws when DOCKER_HOST asks for TLS and there are no certificates', () => {
  const env = { DOCKER_HOST: 'tcp://a:2376', DOCKER_CERT_PATH: join(home, 'none') }
  const [candidate] = candidates(around({ env }))
  expect(() => connectionTo(candidate as Candidate)).toThrow(/none has neither ca\.pem/)
})

test('candidates returns the usual sockets of each engine', () => {
  const env = { TMPDIR: '/tmp/of-user' }
  expect(candidates(around({ env })).map((it) => [it.foundBy, it.endpoint])).toEqual([
    ['default socket', 'unix:///var/run/docker.sock'],
    ['rootless Docker', 'unix:///run/user/1000/docker.sock'],
    ['Docker Desktop', `unix://${home}/.docker/run/docker.sock`],
    ['Docker Desktop', `unix://${home}/.docker/desktop/docker.sock`],
    ['Colima', `unix://${home}/.colima/default/docker.sock`],
    ['Colima', `unix://${home}/.config/colima/default/docker.sock`],
    ['OrbStack', `unix://${home}/.orbstack/run/docker.sock`],
    ['Rancher Desktop', `unix://${home}/.rd/docker.sock`],
    ['rootless Podman', 'unix:///run/user/1000/podman/podman.sock'],
    ['Podman', 'unix:///run/podman/podman.sock'],
    ['Podman machine', 'unix:///tmp/of-user/podman/podman-machine-default-api.sock'],
    ['Podman machine', `unix://${home}/.local/share/containers/podman/machine/podman.sock`],
    ['Podman machine', `unix://${home}/.local/share/containers/podman/machine/qemu/podman.sock`],
  ])
})

test('candidates returns pipes on Windows', () => {
  expect(candidates(around({ platform: 'win32' })).map(({ endpoint }) => endpoint)).toEqual([
    'npipe:////./pipe/docker_engine',
    'npipe:////./pipe/dockerDesktopLinuxEngine',
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

test.each([
  ['CONTAINER_HOST', (path: string) => ({ CONTAINER_HOST: `unix://${path}` })],
  ['docker context podman', () => ({})],
])('discoverEngine finds Podman by %s', async (foundBy, envOf) => {
  await using socket = await pingable('podman.sock')
  if (foundBy !== 'CONTAINER_HOST') await writeContext('podman', `unix://${socket.path}`)
  const found = await discoverEngine({ surroundings: around({ env: envOf(socket.path) }) })
  expect(found).toMatchObject({ endpoint: `unix://${socket.path}`, foundBy })
  found.close()
})

test('discoverEngine refuses ssh in CONTAINER_HOST with its socket', async () => {
  const CONTAINER_HOST = 'ssh://core@127.0.0.1:53685/run/user/501/podman/podman.sock'
  const { remedy } = await failureOf({ surroundings: around({ env: { CONTAINER_HOST } }) })
  expect(remedy).toContain(
    '-L /tmp/docker.sock:/run/user/501/podman/podman.sock -p 53685 core@127.0.0.1`',
  )
})

/** A forwarded socket needs the override, too: without it, ports are published on the other machine's loopback. */
test.each<[string, string, string]>([
  ['ssh://build.example', 'build.example', 'docker.sock build.example`'],
  ['ssh://ann@build.example:2222', 'build.example', '-p 2222 ann@build.example`'],
])(
  'discoverEngine refuses the current context %s with a way that works',
  async (url, host, ssh) => {
    await writeContext('remote', url)
    const { details, remedy } = await failureOf({ surroundings: around() })
    expect(details).toEqual([`docker context remote: ${url}: engines behind ssh are not supported`])
    expect(remedy).toContain(`TESTCONTAINERS_HOST_OVERRIDE=${host}`)
    expect(remedy).toContain(ssh)
    expect(remedy).not.toContain('unset')
  },
)

test.each<[string, Record<string, string>, RegExp]>([
  ['DOCKER_CONTEXT', { DOCKER_CONTEXT: 'remote' }, /run the tests on build\.example/],
  ['DOCKER_HOST', { DOCKER_HOST: 'ssh://build.example' }, /run the tests on build\.example/],
])('discoverEngine refuses ssh that %s names', async (_, env, expected) => {
  await writeContext('remote', 'ssh://build.example', { current: false })
  const failure = await failureOf({ surroundings: around({ env }) })
  expect(failure.remedy).toMatch(expected)
})

test('discoverEngine does not look for another engine when that of the current context is down', async () => {
  await writeContext('colima', 'unix:///no/such.sock')
  const { details, remedy } = await failureOf({ surroundings: around() })
  expect(details).toEqual([expect.stringMatching(/^docker context colima: .*ENOENT/)])
  expect(remedy).toContain('docker context use default')
})

test('discoverEngine reports a context that does not exist', async () => {
  await useContext('gone')
  const { details, remedy } = await failureOf({ surroundings: around() })
  expect(details).toEqual(['docker context gone: context gone: that context does not exist'])
  expect(remedy).toContain('docker context ls')
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

test('an engine that answers a ping with another protocol is not found, and not waited for', async () => {
  const path = join(home, 'upgrading.sock')
  const server = createServer()
  // Without a listener for it, Node closes the connection of the client and reports nothing.
  server.on('connection', (socket) => {
    socket.once('data', () =>
      socket.write('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'),
    )
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  await expect(discoverEngine({ endpoint: `unix://${path}` })).rejects.toMatchObject({
    code: 'ENGINE_NOT_FOUND',
    details: [expect.stringContaining('without an answer')],
  })
  server.close()
  server.closeAllConnections()
})
