import { PostgreSqlContainer } from '@testcontainers/postgresql'
import { GenericContainer, Wait } from 'testcontainers'
import { describe, expect, test } from 'vitest'
import { readContainer } from './read-container.ts'

describe('readContainer', () => {
  test('readContainer reads every setting of a generic container', async () => {
    const container = new GenericContainer('acme/api:1.2')
      .withCommand(['serve', '--now'])
      .withEntrypoint(['tini', '--'])
      .withEnvironment({ MODE: 'one', EMPTY: '' })
      .withEnvironment({ MODE: 'two', URL: 'a=b' })
      .withExposedPorts(3000, 9000, '53/udp')
      .withCopyFilesToContainer([{ source: '/tmp/a', target: '/etc/a', mode: 0o600 }])
      .withCopyDirectoriesToContainer([{ source: '/tmp/d', target: '/etc/d' }])
      .withCopyContentToContainer([
        { content: 'text', target: '/etc/t' },
        { content: Buffer.from('käse'), target: '/etc/k' },
      ])
      .withBindMounts([{ source: '/src', target: '/app', mode: 'ro' }])
      .withTmpFs({ '/scratch': 'size=1m' })
      .withSharedMemorySize(64_000_000)
      .withUser('node')
      .withPlatform('linux/arm64')
      .withWorkingDir('/app')
      .withLabels({ team: 'shop' })
      .withNetworkAliases('backend')
      .withResourcesQuota({ memory: 0.5, cpu: 1.5 })
      .withStartupTimeout(5_000)
    expect(await readContainer(container)).toEqual({
      image: 'acme/api:1.2',
      command: ['serve', '--now'],
      entrypoint: ['tini', '--'],
      env: { MODE: 'two', EMPTY: '', URL: 'a=b' },
      ports: {
        tcp3000: { port: 3000, scheme: 'http' },
        tcp9000: { port: 9000, scheme: 'http' },
        udp53: { port: 53, scheme: 'udp', protocol: 'udp' },
      },
      files: [
        { from: '/tmp/a', to: '/etc/a', mode: 0o600 },
        { from: '/tmp/d', to: '/etc/d' },
        { content: 'text', to: '/etc/t' },
        { content: 'käse', to: '/etc/k' },
      ],
      mounts: [{ from: '/src', to: '/app', readOnly: true }],
      tmpfs: { '/dev/shm': 'size=64000000', '/scratch': 'size=1m' },
      user: 'node',
      platform: 'linux/arm64',
      workdir: '/app',
      labels: { team: 'shop' },
      aliases: ['backend'],
      memoryMiB: 512,
      cpus: 1.5,
      readyTimeoutMs: 5_000,
    })
  })

  test('readContainer reads settings that a module makes when it starts', async () => {
    const container = new PostgreSqlContainer('postgres:17').withDatabase('app').withPassword('pw')
    expect(await readContainer(container)).toEqual({
      image: 'postgres:17',
      env: { POSTGRES_DB: 'app', POSTGRES_USER: 'test', POSTGRES_PASSWORD: 'pw' },
      ports: { main: { port: 5432, scheme: 'postgres' } },
      readyTimeoutMs: 120_000,
      ready: {
        kind: 'all',
        probes: [
          {
            kind: 'exec',
            argv: [
              '/bin/sh',
              '-c',
              'PGPASSWORD=pw pg_isready --host localhost --username test --dbname app',
            ],
            intervalMs: 100,
          },
          { kind: 'tcp', port: 'main' },
        ],
      },
    })
  })

  test('readContainer does not change the container, so that a second reading is the same', async () => {
    const container = new PostgreSqlContainer('postgres:17')
    const before = structuredClone(JSON.parse(JSON.stringify(container)))
    const first = await readContainer(container)
    expect(JSON.parse(JSON.stringify(container))).toEqual(before)
    expect(await readContainer(container)).toEqual(first)
  })

  test('readContainer reads containers concurrently and restores the start method', async () => {
    const { start } = GenericContainer.prototype
    const images = ['postgres:15', 'postgres:16', 'postgres:17']
    const read = await Promise.all(
      images.map((image) => readContainer(new PostgreSqlContainer(image))),
    )
    expect(read.map(({ image }) => image)).toEqual(images)
    expect(GenericContainer.prototype.start).toBe(start)
  })

  test('readContainer runs beforeContainerCreated of the class', async () => {
    class Late extends GenericContainer {
      protected override async beforeContainerCreated() {
        this.withEnvironment({ LATE: 'yes' })
      }
    }
    expect(await readContainer(new Late('late'))).toEqual({
      image: 'late:latest',
      env: { LATE: 'yes' },
    })
  })

  test('readContainer reports settings that a service does not support', async () => {
    const container = new GenericContainer('x')
      .withPrivilegedMode()
      .withCopyContentToContainer([{ content: Buffer.from([0xff]), target: '/x' }])
    await expect(readContainer(container)).rejects.toMatchObject({
      code: 'MODULE_UNREADABLE',
      details: ['withPrivilegedMode', 'withCopyContentToContainer with content that is not UTF-8'],
    })
  })

  test('readContainer refuses a class that uses its running container, only when it would', async () => {
    class Working extends GenericContainer {
      script: string | undefined
      protected override async containerStarted(started: unknown) {
        const { exec } = started as { exec: (argv: string[]) => Promise<void> }
        if (this.script !== undefined) await exec([this.script])
      }
    }
    class Idle extends GenericContainer {
      protected override async containerStarted() {}
    }
    await expect(readContainer(new Idle('idle'))).resolves.toEqual({ image: 'idle:latest' })
    await expect(readContainer(new Working('working'))).rejects.toMatchObject({
      details: ['work of its class once it is ready (containerStarted)'],
    })
  })

  test('readContainer refuses an object that is not a container', async () => {
    await expect(readContainer({ image: 'x' })).rejects.toMatchObject({ code: 'MODULE_UNREADABLE' })
  })

  test('readContainer keeps the error of a class that fails as cause', async () => {
    class Broken extends GenericContainer {
      override async start(): Promise<never> {
        throw new Error('no licence accepted')
      }
    }
    await expect(readContainer(new Broken('x'))).rejects.toMatchObject({
      code: 'MODULE_UNREADABLE',
      cause: new Error('no licence accepted'),
    })
  })
})

describe('wait strategies', () => {
  const ready = async (strategy: ReturnType<typeof Wait.forHttp>) =>
    (await readContainer(new GenericContainer('x').withExposedPorts(80).withWaitStrategy(strategy)))
      .ready

  test.each([
    ['HTTP', Wait.forHttp('/up', 80), { kind: 'http', path: '/up', port: 'main' }],
    [
      'HTTP with a status, method, header and TLS',
      Wait.forHttp('/up', 80)
        .forStatusCode(401)
        .withMethod('HEAD')
        .withHeaders({ accept: 'text/plain' })
        .usingTls(),
      {
        kind: 'http',
        path: '/up',
        port: 'main',
        status: 401,
        method: 'HEAD',
        headers: { accept: 'text/plain' },
        tls: true,
      },
    ],
    [
      'HTTP with a range of statuses',
      Wait.forHttp('/', 80).forStatusCodeMatching((status) => status < 300),
      { kind: 'http', path: '/', port: 'main' },
    ],
    ['a log line', Wait.forLogMessage('ready'), { kind: 'log', pattern: 'ready' }],
    [
      'a log pattern, twice',
      Wait.forLogMessage(/ready in \d+/i, 2),
      { kind: 'log', pattern: 'ready in \\d+', flags: 'i', times: 2 },
    ],
    ['listening ports', Wait.forListeningPorts(), { kind: 'tcp', port: 'main' }],
    ['the image’s health check', Wait.forHealthCheck(), { kind: 'healthcheck' }],
    [
      'a command',
      Wait.forSuccessfulCommand('test -f /x'),
      { kind: 'exec', argv: ['/bin/sh', '-c', 'test -f /x'], intervalMs: 100 },
    ],
    [
      'several',
      Wait.forAll([Wait.forLogMessage('a'), Wait.forLogMessage('b')]),
      {
        kind: 'all',
        probes: [
          { kind: 'log', pattern: 'a' },
          { kind: 'log', pattern: 'b' },
        ],
      },
    ],
    ['an end with exit code 0', Wait.forOneShotStartup(), undefined],
    [
      'something unknown',
      { waitUntilReady: async () => {}, withStartupTimeout: () => {} },
      { kind: 'tcp', port: 'main' },
    ],
  ])('a wait strategy for %s becomes a probe', async (_, strategy, probe) => {
    expect(await ready(strategy as ReturnType<typeof Wait.forHttp>)).toEqual(probe)
  })
})

test('readContainer reads capabilities, security options and hosts', async () => {
  const container = new GenericContainer('x:1')
    .withAddedCapabilities('CAP_NET_ADMIN', 'SYS_NICE')
    .withDroppedCapabilities('ALL')
    .withSecurityOpt('seccomp=unconfined')
    .withExtraHosts([{ host: 'mirror', ipAddress: '10.0.0.7' }])
  expect(await readContainer(container)).toMatchObject({
    capAdd: ['NET_ADMIN', 'SYS_NICE'],
    capDrop: ['ALL'],
    securityOpt: ['seccomp=unconfined'],
    extraHosts: { mirror: '10.0.0.7' },
  })
})

test('readContainer reads resource limits, and what a class sets on the host configuration', async () => {
  class Special extends GenericContainer {
    constructor() {
      super('x:1')
      Object.assign(this.hostConfig, {
        Sysctls: { 'net.core.somaxconn': '64' },
        Devices: [{ PathOnHost: '/dev/a', PathInContainer: '/dev/b', CgroupPermissions: 'rwm' }],
        Init: true,
        PidsLimit: 9,
      })
    }
  }
  const container = new Special().withUlimits({
    memlock: { hard: -1, soft: -1 },
    nofile: { hard: 64, soft: 32 },
  })
  expect(await readContainer(container)).toMatchObject({
    ulimits: {
      memlock: { soft: 'unlimited', hard: 'unlimited' },
      nofile: { soft: 32, hard: 64 },
    },
    sysctls: { 'net.core.somaxconn': '64' },
    devices: [{ from: '/dev/a', to: '/dev/b', access: 'rwm' }],
    init: true,
    pidsLimit: 9,
  })
})
