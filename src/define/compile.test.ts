import { expect, test, vi } from 'vitest'
import type { ServiceSpec } from '../model/service-spec.ts'
import { definePlugin } from '../plugin/define-plugin.ts'
import { self } from '../plugin/self.ts'
import { type CompileOptions, compileTopology } from './compile.ts'
import { ref, secret } from './env-value.ts'
import { http, log } from './probes.ts'
import { testcontainer } from './testcontainer.ts'
import { type AnyTopology, defineTopology } from './topology.ts'

const one = async (service: object, readContainer?: CompileOptions['readContainer']) => {
  const definition = { name: 'x', services: { a: service } }
  const topology: AnyTopology = { name: 'x', root: '/root', definition }
  const spec = await compileTopology(topology, readContainer === undefined ? {} : { readContainer })
  return spec.services.a
}

test('a topology compiles to JSON without loss', async () => {
  const topology = defineTopology({
    name: 'shop',
    root: '/shop',
    services: {
      db: { image: 'postgres', ports: { postgres: 5432 } },
      api: {
        build: './api',
        ports: { http: 3000, raw: { port: 9, protocol: 'udp' } },
        env: { DB: ref('db.postgres.url', { wait: false }), N: 1, T: secret('s'), OFF: undefined },
        dependsOn: ['db'],
        ready: http('/health'),
        exec: { seed: () => ['seed'] },
        tmpfs: ['/tmp'],
        files: [{ from: 'a.txt', to: '/a.txt' }],
        mounts: [{ from: '/abs', to: '/b' }],
        debug: 9229,
        user: undefined as never,
      },
    },
  })
  const spec = await compileTopology(topology)
  expect(spec).toEqual({
    name: 'shop',
    root: '/shop',
    services: {
      db: { image: 'postgres', ports: { postgres: { port: 5432, scheme: 'postgres' } } },
      api: {
        build: { context: '/shop/api' },
        ports: {
          http: { port: 3000, scheme: 'http' },
          raw: { port: 9, protocol: 'udp', scheme: 'udp' },
        },
        env: { DB: { ref: 'db.postgres.url', wait: false }, N: 1, T: { secret: 's' } },
        dependsOn: { db: 'healthy' },
        ready: { kind: 'http', path: '/health' },
        tmpfs: { '/tmp': '' },
        files: [{ from: '/shop/a.txt', to: '/a.txt' }],
        mounts: [{ from: '/abs', to: '/b' }],
        debug: { port: 9229 },
      },
    },
  })
  expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
})

test('telemetry of a topology is the default of its services, except for plugins and endpoints', async () => {
  const cache = definePlugin({
    name: 'cache',
    service: ({ telemetry }: { readonly telemetry?: boolean }) => ({
      image: 'cache',
      ...(telemetry === undefined ? {} : { telemetry }),
    }),
  })
  const topology = defineTopology({
    name: 'shop',
    root: '/shop',
    telemetry: true,
    services: {
      api: { image: 'x' },
      quiet: { image: 'x', telemetry: false },
      cache: cache({}),
      loud: cache({ telemetry: true }),
      hooks: { endpoint: 'test', ports: { http: 8080 } },
    },
  })
  const watched = async (one: AnyTopology) =>
    Object.entries((await compileTopology(one)).services).map(([name, { telemetry }]) => [
      name,
      telemetry,
    ])
  expect(await watched(topology)).toEqual([
    ['api', true],
    ['quiet', false],
    ['cache', undefined],
    ['loud', true],
    ['hooks', undefined],
  ])
  const changed = topology
    .without('quiet', 'cache', 'loud', 'hooks')
    .with({ worker: { image: 'y' } })
  expect(await watched(changed)).toEqual([
    ['api', true],
    ['worker', true],
  ])
})

test('ports keep their declared order, because the first one is the default', async () => {
  const spec = await one({ image: 'x', ports: { z: 1, a: 2 } })
  expect(Object.keys(spec?.ports ?? {})).toEqual(['z', 'a'])
})

test('a declared scheme wins over the name of the port', async () => {
  expect(await one({ image: 'x', ports: { http: { port: 1, scheme: 'https' } } })).toMatchObject({
    ports: { http: { port: 1, scheme: 'https' } },
  })
})

test('a regular expression in a probe compiles to source and flags', async () => {
  expect(await one({ ready: log(/a b/i) })).toEqual({
    ready: { kind: 'log', pattern: 'a b', flags: 'i' },
  })
  const byHand = { kind: 'all', probes: [{ kind: 'log', pattern: /x/ }] }
  expect(await one({ ready: byHand })).toEqual({
    ready: { kind: 'all', probes: [{ kind: 'log', pattern: 'x', flags: '' }] },
  })
})

test('a definition of a plugin compiles to a service with kind, outputs and tasks', async () => {
  const db = definePlugin({
    name: 'db',
    service: (options: { readonly init?: string }) => ({
      image: 'db',
      share: 'run',
      ports: { sql: 5432 },
      files: [{ from: options.init ?? 'none.sql', to: '/init.sql' }],
      outputs: { url: ['db://', self('sql.host'), '/', ref('lane.name')] },
      tasks: { enter: [{ argv: ['createdb', ref('lane.name')] }] },
    }),
    client: () => ({ query: async () => 1 }),
  })
  const spec = await one(db({ init: 'schema.sql' }))
  expect(spec).toEqual({
    kind: 'db',
    image: 'db',
    share: 'run',
    ports: { sql: { port: 5432, scheme: 'http' } },
    files: [{ from: '/root/schema.sql', to: '/init.sql' }],
    outputs: { url: ['db://', { ref: 'self.sql.host' }, '/', { ref: 'lane.name' }] },
    tasks: { enter: [{ argv: ['createdb', { ref: 'lane.name' }] }] },
  })
  expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
})

test('paths in the container of a task are relative to the folder of the topology', async () => {
  const container = { build: './migrator', files: [{ from: 'a.sql', to: '/a.sql' }] }
  const tasks = { setup: [{ argv: ['up'], container }], reset: [{ argv: ['a'] }] }
  expect(await one({ image: 'x', tasks })).toMatchObject({
    tasks: {
      setup: [
        {
          argv: ['up'],
          container: {
            build: { context: '/root/migrator' },
            files: [{ from: '/root/a.sql', to: '/a.sql' }],
          },
        },
      ],
      reset: [{ argv: ['a'] }],
    },
  })
})

test('a container as data compiles unchanged', async () => {
  const from = testcontainer<typeof import('@testcontainers/postgresql')>({
    module: '@testcontainers/postgresql',
    export: 'PostgreSqlContainer',
    args: ['postgres:17'],
    options: { withDatabase: ['app'] },
  })
  expect(await one({ from })).toEqual({
    from: {
      module: '@testcontainers/postgresql',
      export: 'PostgreSqlContainer',
      args: ['postgres:17'],
      options: { withDatabase: ['app'] },
    },
  })
})

test('a container object completes the declared service', async () => {
  const from = { start: async () => ({}) }
  const read = async (container: object, declared: ServiceSpec): Promise<ServiceSpec> => {
    expect(container).toBe(from)
    const { from: _container, ...rest } = declared
    return { ...rest, image: 'postgres:17' }
  }
  expect(await one({ from, user: 'root' }, read)).toEqual({
    image: 'postgres:17',
    user: 'root',
  })
})

test('containers are read one after the other', async () => {
  const order: string[] = []
  const container = (name: string) => ({ name, start: async () => ({}) })
  const definition = {
    name: 'x',
    services: { a: { from: container('a') }, b: { from: container('b') } },
  }
  await compileTopology(
    { name: 'x', root: '/', definition },
    {
      readContainer: async (from) => {
        const { name } = from as { name: string }
        order.push(`${name} begins`)
        await new Promise(setImmediate)
        order.push(`${name} ends`)
        return { image: name }
      },
    },
  )
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
})

test('a container object that cannot be read is reported with the form that works', async () => {
  await expect(one({ from: { start: async () => ({}) } })).rejects.toMatchObject({
    code: 'MODULE_UNREADABLE',
    facts: { service: 'a' },
    remedy: expect.stringContaining('testcontainer<'),
  })
})

test('malformed values compile unchanged, for the schema to report', async () => {
  const wrong = {
    image: 3,
    build: 4,
    env: 'x',
    ports: [80],
    files: { from: 'x' },
    mounts: ['./a:/b'],
    tmpfs: 1,
    dependsOn: 'db',
    ready: 'http',
    debug: true,
    imagee: 'x',
    constructor: 'x',
  }
  expect(await one(wrong)).toEqual(wrong)
  for (const service of [null, 3, 'x', []]) {
    expect(await one(service as never)).toEqual(service)
  }
})

test('services that are not an object compile to none', async () => {
  const definition = { name: 'x', services: null as never }
  expect(await compileTopology({ name: 'x', root: '/', definition })).toMatchObject({
    services: {},
  })
})

test('cli and sources are left out if well-formed, and compile unchanged if malformed', async () => {
  const image = 'x'
  const argv = ['php', 'bin/console']
  expect(await one({ image, cli: argv, sources: './api' })).toEqual({ image })
  expect(await one({ image, cli: { argv, kind: 'symfony' }, sources: ['a', 'b'] })).toEqual({
    image,
  })
  for (const wrong of [
    { cli: [] },
    { cli: 'bin/console' },
    { cli: { argv: [] } },
    { cli: { argv, kind: 'rails' } },
    { cli: { argv, kinds: 1 } },
    { sources: 3 },
    { sources: ['a', 1] },
  ])
    expect(await one({ image, ...wrong })).toEqual({ image, ...wrong })
})

test('what JSON cannot carry reaches the schema as a mark, and keys of definitions may look like anything', async () => {
  const service = {
    image: 'x',
    env: { A: () => 1 },
    cpus: 1n,
    // biome-ignore lint/suspicious/noThenProperty: it must not be awaited.
    then: (use: (x: unknown) => void) => use(1),
  }
  const spec = await compileTopology(
    defineTopology({ name: 'x', services: { api: service } } as never),
  )
  expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
  expect(spec.services.api).toMatchObject({
    image: 'x',
    env: { A: { 'mesocosm:not-data': { kind: 'a function' } } },
    cpus: { 'mesocosm:not-data': { kind: 'a bigint' } },
    // biome-ignore lint/suspicious/noThenProperty: as above.
    then: { 'mesocosm:not-data': { kind: 'a function' } },
  })
})

test('services that are not an object compile unchanged', async () => {
  const services = 'long text' as never
  expect((await compileTopology(defineTopology({ name: 'x', services }))).services).toBe(
    'long text',
  )
})

test.for([
  ['dns', { port: 53, protocol: 'udp' }, 'udp'],
  ['http', { port: 53, protocol: 'udp' }, 'http'],
  ['dns', { port: 53, protocol: 'udp', scheme: 'dns' }, 'dns'],
  ['dns', { port: 53 }, 'http'],
] as const)('port %s %o has the scheme %s', async ([name, port, scheme]) => {
  expect((await one({ image: 'x', ports: { [name]: port } }))?.ports?.[name]?.scheme).toBe(scheme)
})

test('a local form has absolute paths, and the build folder as its working folder', async () => {
  const local = {
    command: ['node', 'server.js'],
    watch: 'api/src',
    portEnv: 'HTTP_PORT',
    files: [{ from: 'a.sql', to: 'init/a.sql' }],
  }
  expect(await one({ build: './api', ports: { http: 3000 }, local })).toMatchObject({
    local: {
      command: ['node', 'server.js'],
      cwd: '/root/api',
      watch: ['/root/api/src'],
      portEnv: { http: 'HTTP_PORT' },
      files: [{ from: '/root/a.sql', to: 'init/a.sql' }],
    },
  })
  const unsupported = { unsupported: 'needs a kernel module' }
  expect(await one({ image: 'x', local: unsupported })).toEqual({ image: 'x', local: unsupported })
})

test('secrets and agents of a build are read from the environment that the user sees', async () => {
  vi.stubEnv('BUILD_TOKEN', 'hush')
  vi.stubEnv('SSH_AUTH_SOCK', '/run/agent')
  const build = {
    context: './api',
    secrets: {
      token: { env: 'BUILD_TOKEN' },
      missing: { env: 'BUILD_NOTHING' },
      file: { file: 'ca.pem' },
      value: secret('s'),
    },
    ssh: true,
  }
  expect(await one({ build })).toEqual({
    build: {
      context: '/root/api',
      secrets: {
        token: { env: 'BUILD_TOKEN', secret: 'hush' },
        missing: { env: 'BUILD_NOTHING' },
        file: { file: '/root/ca.pem' },
        value: { secret: 's' },
      },
      ssh: { default: '/run/agent' },
    },
  })
  vi.stubEnv('SSH_AUTH_SOCK', undefined)
  expect(await one({ build: { context: '.', ssh: true } })).toMatchObject({
    build: { ssh: { default: '' } },
  })
  expect(await one({ build: { context: '.', ssh: { git: 'git.sock' } } })).toMatchObject({
    build: { ssh: { git: '/root/git.sock' } },
  })
  // The schema reports them.
  const malformed = { context: '.', secrets: 'x', ssh: 5 }
  expect(await one({ build: malformed })).toMatchObject({ build: { secrets: 'x', ssh: 5 } })
  vi.unstubAllEnvs()
})
