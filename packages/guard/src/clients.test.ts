import { expect, test } from 'vitest'
import { dockerCli, dockerode } from './test-clients.ts'
import { allowed, ask, bodyOf, http, ids, lineOf, scene } from './test-scene.ts'

const clients = [
  ...dockerCli.map((request) => ['docker', ...request] as const),
  ...dockerode.map((request) => ['dockerode', ...request] as const),
]

test.for(clients)('%s may send %s', ([, line, body]) => {
  const { version, path } = allowed(ask(scene(), http(line, body)))
  expect(version).toMatch(/^1\.4[47]$/)
  expect(path).not.toContain('web')
})

test('a container of the docker client gets limits, the default network and the label of the session', () => {
  const [line = '', body = ''] = dockerCli.find(([, body]) => body.includes('"default"')) ?? []
  const decision = ask(scene(), http(line, body))
  expect(decision).toMatchObject({ answer: { kind: 'created container', writesHost: false } })
  expect(bodyOf(decision)).toEqual({
    Hostname: '',
    Domainname: '',
    User: '',
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Image: 'docker.io/library/alpine:3',
    Volumes: {},
    WorkingDir: '',
    Labels: { 'mesocosm.guard.session': 'secret-of-the-session' },
    HostConfig: {
      AutoRemove: false,
      CgroupnsMode: 'private',
      ConsoleSize: [0, 0],
      CpuShares: 0,
      Dns: [],
      DnsOptions: [],
      DnsSearch: [],
      IpcMode: 'private',
      LogConfig: { Type: 'json-file', Config: {} },
      Memory: 2048 * 1024 * 1024,
      MemoryReservation: 0,
      MemorySwap: 2048 * 1024 * 1024,
      Mounts: [],
      NanoCpus: 2e9,
      NetworkMode: ids.network,
      PidsLimit: 1024,
      PortBindings: {},
      ReadonlyRootfs: false,
      RestartPolicy: { Name: 'no' },
      SecurityOpt: ['no-new-privileges:true'],
      ShmSize: 0,
      Ulimits: [],
    },
    NetworkingConfig: { EndpointsConfig: { [ids.network]: {} } },
  })
})

test('published ports, volumes and networks of the docker client are rebuilt', () => {
  const [line = '', body = ''] = dockerCli.find(([, body]) => body.includes('data:/data')) ?? []
  const decision = ask(scene(), http(line, body))
  expect(lineOf(decision)).toBe('POST /v1.47/containers/create?name=web')
  expect(bodyOf(decision)).toMatchObject({
    HostConfig: {
      NetworkMode: ids.backend,
      PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }] },
      Mounts: [{ Type: 'volume', Source: 'data', Target: '/data', ReadOnly: false }],
    },
  })
})

test('the copy of the body in the query of dockerode does not reach the engine', () => {
  const [line = '', body = ''] = dockerode[0] ?? []
  expect(line).toContain('HostConfig=')
  expect(lineOf(ask(scene(), http(line, body)))).toBe(
    'POST /v1.44/containers/create?name=db&platform=linux%2Famd64',
  )
})

test('a request is rebuilt with full ids and without the body that repeats the query', () => {
  const decision = ask(scene(), http('POST /containers/web/stop?t=5', { t: 5 }))
  expect(lineOf(decision)).toBe(`POST /v1.44/containers/${ids.web}/stop?t=5`)
  expect(allowed(decision).body).toEqual({ kind: 'none' })
})

test('lists are filtered by the label of the session, in both forms of filters', () => {
  for (const filters of ['{"label":["a=b"]}', '{"label":{"a=b":true}}']) {
    const query = `filters=${encodeURIComponent(filters)}`
    const { query: rebuilt } = allowed(ask(scene(), http(`GET /containers/json?${query}`)))
    expect(JSON.parse(rebuilt[0]?.[1] ?? '')).toEqual({
      label: ['a=b', 'mesocosm.guard.session=secret-of-the-session'],
    })
  }
})

test('a network is published on loopback only, whatever the client asks', () => {
  expect(bodyOf(ask(scene(), http('POST /networks/create', { Name: 'n' })))).toEqual({
    Name: 'n',
    Driver: 'bridge',
    Options: { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' },
    Labels: { 'mesocosm.guard.session': 'secret-of-the-session' },
  })
})

test('a network may have a name of 12 hexadecimal digits, as testcontainers gives, if no id begins so', () => {
  const create = (Name: string) => ask(scene(), http('POST /networks/create', { Name }))
  expect(create('0123456789ab')).toMatchObject({
    absent: { method: 'GET', path: ['networks', '0123456789ab'], body: { kind: 'none' } },
  })
  expect(create('backend-2')).not.toHaveProperty('absent')
})

test('an archive may have any type, and the engine gets that of an archive', () => {
  for (const type of ['text/plain', 'application/tar', 'application/octet-stream']) {
    const line = 'PUT /containers/web/archive?path=%2F&noOverwriteDirNonDir=true'
    const { body } = allowed(ask(scene(), http(line, undefined, [`Content-Type: ${type}`])))
    expect(body).toEqual({ kind: 'tar', maxBytes: 512 * 1024 * 1024 })
  }
})
