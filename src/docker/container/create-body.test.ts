import { expect, test } from 'vitest'
import type { ContainerSpec } from '../../runtime/container-spec.ts'
import { createBody } from './create-body.ts'

const minimal: ContainerSpec = {
  name: 'c',
  image: 'x:1',
  labels: { a: 'b' },
  network: { kind: 'own', network: 'net', aliases: ['api'] },
}

test('createBody puts a container on one network under its names, without restarts', () => {
  expect(createBody(minimal, '127.0.0.1')).toEqual({
    Image: 'x:1',
    Labels: { a: 'b' },
    Tty: false,
    StopTimeout: 0,
    HostConfig: {
      NetworkMode: 'net',
      PortBindings: {},
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'json-file', Config: {} },
      CapDrop: ['NET_RAW', 'MKNOD'],
      SecurityOpt: ['no-new-privileges'],
    },
    NetworkingConfig: { EndpointsConfig: { net: { Aliases: ['api'] } } },
  })
})

test('createBody publishes each port on a free port of the given address', () => {
  const publish = [
    { port: 80, protocol: 'tcp' },
    { port: 53, protocol: 'udp' },
  ] as const
  const body = createBody({ ...minimal, publish }, '127.0.0.1')
  expect(body.ExposedPorts).toEqual({ '80/tcp': {}, '53/udp': {} })
  expect(body.HostConfig.PortBindings).toEqual({
    '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '0' }],
    '53/udp': [{ HostIp: '127.0.0.1', HostPort: '0' }],
  })
})

test('createBody gives a joined container no network, host name or names of its own', () => {
  const network = { kind: 'joined', container: 'sandbox' } as const
  const body = createBody({ ...minimal, network, hostname: 'api' }, '127.0.0.1')
  expect(body.HostConfig.NetworkMode).toBe('container:sandbox')
  expect(body).not.toHaveProperty('NetworkingConfig')
  expect(body).not.toHaveProperty('Hostname')
})

test('createBody gives an idle container the wait program, and no network', () => {
  const body = createBody({ ...minimal, idle: true, network: { kind: 'none' } }, '127.0.0.1')
  expect(body).toMatchObject({
    Entrypoint: ['/.mesocosm-wait'],
    Cmd: [],
    HostConfig: { NetworkMode: 'none' },
  })
  expect(body).not.toHaveProperty('NetworkingConfig')
})

test('createBody converts MiB to bytes without swap, and cores to nano-cores', () => {
  const { HostConfig } = createBody({ ...minimal, memoryMiB: 64, cpus: 0.5 }, '127.0.0.1')
  expect(HostConfig).toMatchObject({
    Memory: 67_108_864,
    MemorySwap: 67_108_864,
    NanoCpus: 500_000_000,
  })
})

test.each<[string, Partial<ContainerSpec>, object]>([
  [
    'gives a capability back',
    { capAdd: ['NET_RAW', 'NET_ADMIN'] },
    { CapDrop: ['MKNOD'], CapAdd: ['NET_RAW', 'NET_ADMIN'] },
  ],
  ['takes another one away', { capDrop: ['CHOWN'] }, { CapDrop: ['NET_RAW', 'MKNOD', 'CHOWN'] }],
  [
    'takes all but one away',
    { capDrop: ['ALL'], capAdd: ['CHOWN'] },
    { CapDrop: ['ALL'], CapAdd: ['CHOWN'] },
  ],
  ['grants all', { capAdd: ['ALL'] }, { CapDrop: [], CapAdd: ['ALL'] }],
  [
    'allows new privileges',
    { securityOpt: ['no-new-privileges:false'] },
    { SecurityOpt: ['no-new-privileges:false'] },
  ],
  [
    'adds other options',
    { securityOpt: ['seccomp=unconfined'] },
    { SecurityOpt: ['no-new-privileges', 'seccomp=unconfined'] },
  ],
  [
    'limits processes and /dev/shm',
    { pidsLimit: 9, shmSizeMiB: 1 },
    { PidsLimit: 9, ShmSize: 1_048_576 },
  ],
  [
    'limits resources, one value for both limits',
    { ulimits: { nofile: 64, memlock: 'unlimited', core: { soft: 0, hard: 9 } } },
    {
      Ulimits: [
        { Name: 'nofile', Soft: 64, Hard: 64 },
        { Name: 'memlock', Soft: -1, Hard: -1 },
        { Name: 'core', Soft: 0, Hard: 9 },
      ],
    },
  ],
  [
    'sets kernel parameters',
    { sysctls: { 'net.core.somaxconn': 64, 'kernel.sem': '1 2 3 4' } },
    { Sysctls: { 'net.core.somaxconn': '64', 'kernel.sem': '1 2 3 4' } },
  ],
  [
    'gives devices',
    { devices: [{ from: '/dev/fuse' }, { from: '/dev/a', to: '/dev/b', access: 'r' }] },
    {
      Devices: [
        { PathOnHost: '/dev/fuse', PathInContainer: '/dev/fuse', CgroupPermissions: 'rw' },
        { PathOnHost: '/dev/a', PathInContainer: '/dev/b', CgroupPermissions: 'r' },
      ],
    },
  ],
  ['adds an init', { init: true }, { Init: true }],
  [
    'adds hosts',
    { extraHosts: { mirror: '10.0.0.1', six: '::1' } },
    { ExtraHosts: ['mirror:10.0.0.1', 'six:::1'] },
  ],
])('createBody %s', (_, settings, expected) => {
  const { HostConfig } = createBody({ ...minimal, ...settings }, '127.0.0.1')
  expect(HostConfig).toMatchObject(expected)
})

test('createBody gives a joined container no hosts: those of its sandbox are its own', () => {
  const network = { kind: 'joined', container: 'sandbox' } as const
  const { HostConfig } = createBody(
    { ...minimal, network, extraHosts: { a: '10.0.0.1' } },
    '127.0.0.1',
  )
  expect(HostConfig).not.toHaveProperty('ExtraHosts')
})

test('createBody passes on all other settings', () => {
  const rest = {
    command: ['serve'],
    entrypoint: ['tini'],
    env: { A: '1', B: 'x=y' },
    user: 'node',
    workdir: '/app',
    hostname: 'api',
    mounts: [{ from: '/src', to: '/app', readOnly: true }],
    tmpfs: { '/tmp': 'size=1m' },
  }
  expect(createBody({ ...minimal, ...rest }, '127.0.0.1')).toMatchObject({
    Cmd: ['serve'],
    Entrypoint: ['tini'],
    Env: ['A=1', 'B=x=y'],
    User: 'node',
    WorkingDir: '/app',
    Hostname: 'api',
    HostConfig: {
      Mounts: [{ Type: 'bind', Source: '/src', Target: '/app', ReadOnly: true }],
      Tmpfs: { '/tmp': 'size=1m' },
    },
  })
})
