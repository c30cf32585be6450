import { describe, expect, test } from 'vitest'
import { ask, bodyOf, http, ids, lineOf, scene, statusOf } from './test-scene.ts'

/*
 * Ways around filters of the engine's socket that have worked against an engine, and their relatives. Each must be
 * refused, or rebuilt into something harmless.
 */

const create = (body: unknown, query = '') =>
  ask(scene(), http(`POST /containers/create${query}`, body))
const withHost = (HostConfig: object) => create({ Image: 'alpine', HostConfig })
const send = (line: string, body?: unknown, fields?: readonly string[]) =>
  ask(scene(), http(line, body, fields))

const etc = '{"Binds":["/etc:/h"]}'

describe('1. keys in another case', () => {
  test.for([
    `{"Image":"alpine","hostconfig":${etc}}`,
    `{"Image":"alpine","HOSTCONFIG":${etc}}`,
    `{"Image":"alpine","Ho\u017ftConfig":${etc}}`,
    `{"Image":"alpine","Ho\\u017ftConfig":${etc}}`,
    `{"Image":"alpine","HostConfig":{"Bind\u017f":["/etc:/h"]}}`,
    `{"Image":"alpine","HostConfig":{"binds":["/etc:/h"]}}`,
    `{"Image":"alpine","HostConfig":{"Networ\u212aMode":"host"}}`,
    `{"Image":"alpine","HostConfig":{"privileged":true}}`,
    `{"Image":"alpine","HostConfig":{"Mounts":[{"type":"bind","Source":"/etc","Target":"/h"}]}}`,
  ])('%s is refused', (body) => {
    expect(statusOf(create(body))).toBe(403)
  })

  test('the refusal names the key as it must be written', () => {
    expect(create(`{"Image":"alpine","Ho\u017ftConfig":{}}`)).toMatchObject({
      refuse: { message: expect.stringContaining('must be written HostConfig') },
    })
  })
})

describe('2. repeated keys, garbage and unknown keys', () => {
  test.for([
    [400, `{"Image":"alpine","HostConfig":${etc},"HostConfig":{"Memory":1}}`],
    [400, `{"Image":"alpine","HostConfig":{},"HostConfi\\u0067":${etc}}`],
    [403, `{"Image":"alpine","HostConfig":{},"hostConfig":${etc}}`],
    [400, `{"Image":"alpine"}{"HostConfig":${etc}}`],
    [400, `{"Image":"alpine"} garbage`],
    [403, `{"Image":"alpine","Unknown":1}`],
    [403, `{"Image":"alpine","HostConfig":{"Unknown":1}}`],
    [400, `[]`],
    [400, `null`],
  ] as const)('%i for %s', ([status, body]) => {
    expect(statusOf(create(body))).toBe(status)
  })
})

describe('3. a host config at the start', () => {
  test.for([
    [400, 'POST /v1.23/containers/web/start', { HostConfig: { Binds: ['/etc:/h'] } }],
    [403, 'POST /v1.44/containers/web/start', { HostConfig: { Binds: ['/etc:/h'] } }],
    [403, 'POST /containers/web/start', { Binds: ['/etc:/h'] }],
    [403, 'POST /containers/web/start?checkpoint=c', undefined],
    [403, 'POST /containers/web/start?checkpoint-dir=/etc', undefined],
    [403, 'POST /containers/web/update', { Memory: 0 }],
  ] as const)('%i for %s', ([status, line, body]) => {
    expect(statusOf(send(line, body))).toBe(status)
  })
})

describe('4. volumes of the local driver that mount the host', () => {
  const overlay = { type: 'overlay', o: 'lowerdir=/etc:/opt', device: 'overlay' }
  const bind = { type: 'none', o: 'bind', device: '/etc' }

  test.for([
    overlay,
    bind,
    { type: 'proc', device: 'proc' },
    { o: 'ro,rbind', device: '/srv/app/../../etc' },
  ])('a volume with %j is refused, created and inline', (options) => {
    expect(statusOf(send('POST /volumes/create', { Name: 'v', DriverOpts: options }))).toBe(403)
    const DriverConfig = { Name: 'local', Options: options }
    expect(
      statusOf(
        withHost({ Mounts: [{ Type: 'volume', Target: '/h', VolumeOptions: { DriverConfig } }] }),
      ),
    ).toBe(403)
  })

  test('other drivers of volumes are refused', () => {
    expect(statusOf(send('POST /volumes/create', { Name: 'v', Driver: 'evil' }))).toBe(403)
    expect(statusOf(withHost({ VolumeDriver: 'evil' }))).toBe(403)
  })
})

describe('5. links that lead out of a root', () => {
  test.for([
    '/srv/app/evil:/h:ro',
    '/srv/app/evil/shadow:/h:ro',
    '/srv/app/../../etc:/h:ro',
    '/srv/app2:/h:ro',
    '/srv:/h:ro',
    '/:/h:ro',
    '/var/run/docker.sock:/d.sock',
    '/srv/app/missing?:/h:ro',
  ])('the bind %s is refused', (bind) => {
    expect(statusOf(withHost({ Binds: [bind] }))).toBe(403)
    const [Source, Target] = bind.split(':')
    expect(statusOf(withHost({ Mounts: [{ Type: 'bind', Source, Target, ReadOnly: true }] }))).toBe(
      403,
    )
  })

  test.for([
    'POST /containers/mounts/start',
    'POST /containers/mounts/restart',
    'GET /containers/mounts/archive?path=/h/shadow',
    'HEAD /containers/mounts/archive?path=/h/shadow',
    'PUT /containers/mounts/archive?path=/h',
  ])('%s, which mounts again, is refused once a bind has become a link', (line) => {
    const context = scene()
    const container = { id: ids.foreign, name: 'mounts', writesHost: false }
    context.session.addContainer({ ...container, binds: ['/srv/app/src'] })
    expect(statusOf(ask(context, http(line)))).toBe(200)
    context.session.addContainer({ ...container, binds: ['/srv/app/src', '/srv/app/evil'] })
    expect(statusOf(ask(context, http(line)))).toBe(403)
    context.session.addContainer({ ...container, binds: ['/srv/app/missing?'] })
    expect(statusOf(ask(context, http(line)))).toBe(403)
  })

  test('a created container keeps the paths that it mounts', () => {
    expect(withHost({ Binds: ['/srv/app/inner:/a:ro', 'data:/d'] })).toMatchObject({
      answer: { kind: 'created container', binds: ['/srv/app/src'] },
    })
  })

  test('the engine gets the path without links, as a mount that creates nothing', () => {
    expect(bodyOf(withHost({ Binds: ['/srv/app/inner/a:/a:ro'] }))).toMatchObject({
      HostConfig: {
        Mounts: [
          {
            Type: 'bind',
            Source: '/srv/app/src/a',
            Target: '/a',
            ReadOnly: true,
            BindOptions: { Propagation: 'rprivate' },
          },
        ],
      },
    })
  })

  test.for(['rshared', 'shared', 'rslave', 'slave', 'z', 'Z', 'ro,rw', 'U'])(
    'the mode %s of a bind is refused',
    (mode) => {
      expect(statusOf(withHost({ Binds: [`/srv/app:/a:${mode}`] }))).toBe(403)
    },
  )
})

describe('6. root that writes files of the host', () => {
  const Binds = ['/srv/app:/a']

  test('a writable bind runs as the user of the policy, without capabilities', () => {
    const decision = create({ Image: 'alpine', HostConfig: { Binds, CapAdd: ['SETUID'] } })
    expect(decision).toMatchObject({ answer: { writesHost: true } })
    const { User, HostConfig } = bodyOf(decision)
    expect(User).toBe('1000:1000')
    expect(HostConfig).toMatchObject({ CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges:true'] })
    expect(HostConfig).not.toHaveProperty('CapAdd')
  })

  test.for(['0', 'root', '0:0', '1000', '1000:0', '01000:1000', 'app'])(
    'the user %s is refused with a writable bind, and in an exec there',
    (User) => {
      expect(statusOf(create({ Image: 'alpine', User, HostConfig: { Binds } }))).toBe(403)
      expect(statusOf(send('POST /containers/writer/exec', { Cmd: ['id'], User }))).toBe(403)
    },
  )

  test('an exec in a container with a writable bind runs as the user of the policy', () => {
    expect(bodyOf(send('POST /containers/writer/exec', { Cmd: ['id'] })).User).toBe('1000:1000')
    expect(bodyOf(send('POST /containers/web/exec', { Cmd: ['id'], User: '0' })).User).toBe('0')
  })

  test('an archive is refused in a container with a writable bind: the engine unpacks as root', () => {
    const tar = ['Content-Type: application/x-tar']
    expect(statusOf(send('PUT /containers/writer/archive?path=/a', undefined, tar))).toBe(403)
    expect(statusOf(send('PUT /containers/web/archive?path=/a', undefined, tar))).toBe(200)
  })

  test('a root with access ro is never writable', () => {
    expect(statusOf(withHost({ Binds: ['/data/fixtures:/a'] }))).toBe(403)
    expect(statusOf(withHost({ Binds: ['/data/fixtures:/a:ro'] }))).toBe(200)
  })

  test('a privileged exec is refused', () => {
    expect(statusOf(send('POST /containers/web/exec', { Cmd: ['id'], Privileged: true }))).toBe(403)
  })
})

describe('7. smuggled requests', () => {
  const upgrade = ['Connection: Upgrade', 'Upgrade: tcp']

  test.for([
    [404, `POST /exec/${'0'.repeat(64)}/start`],
    [400, 'GET /_ping'],
    [400, 'POST /containers/web/start'],
    [200, `POST /exec/${ids.exec}/start`],
    [200, 'POST /containers/web/attach?stream=1&stdin=1'],
    [403, 'GET /containers/web/attach/ws'],
    [403, 'POST /session'],
    [403, 'POST /grpc'],
  ] as const)('%i for an upgrade of %s', ([status, line]) => {
    expect(statusOf(send(line, undefined, upgrade))).toBe(status)
  })

  test('a request with both lengths, or with an upgrade to HTTP/2, is refused', () => {
    expect(statusOf(send('POST /containers/web/start', '', ['Transfer-Encoding: chunked']))).toBe(
      400,
    )
    expect(statusOf(send('GET /_ping', '', ['Connection: Upgrade', 'Upgrade: h2c']))).toBe(400)
  })

  test('a form is refused, whose values the engine prefers to the query', () => {
    const form =
      'POST /images/create?fromImage=alpine HTTP/1.1\r\nHost: d\r\nContent-Length: 13\r\nContent-Type: '
    const body = '\r\n\r\nfromSrc=evil&'
    expect(statusOf(ask(scene(), `${form}application/x-www-form-urlencoded${body}`))).toBe(403)
    expect(statusOf(ask(scene(), `${form}multipart/form-data; boundary=x${body}`))).toBe(403)
  })
})

describe('8. other spellings of a path', () => {
  test.for([
    'GET /containers/%6ason',
    'GET /containers%2Fjson',
    'GET http://docker/containers/json',
    'GET /v1.041/containers/json',
    'GET //containers/json',
    'GET /images/../containers/json',
    'GET /v1.44/v1.44/../containers/json',
  ])('%s is refused', (line) => {
    expect(statusOf(send(line))).toBe(400)
  })

  test.for(['GET /CONTAINERS/json', 'GET /v1.44/v1.44/containers/json', 'POST /containers/json'])(
    '%s is not an endpoint',
    (line) => {
      expect(statusOf(send(line))).toBe(403)
    },
  )
})

describe('9. names that look like ids', () => {
  test.for(['ff9900000000', ids.foreign, 'FF9900000000', 'abcdef'])(
    'the name %s is refused',
    (name) => {
      expect(statusOf(create({ Image: 'alpine' }, `?name=${name}`))).toBe(403)
      expect(statusOf(send(`POST /containers/web/rename?name=${name}`))).toBe(403)
      if (!/^[0-9a-f]{12}$/.test(name))
        expect(statusOf(send('POST /networks/create', { Name: name }))).toBe(403)
    },
  )

  test.for(['a/b', '../a', 'a b', '-a', 'a:b', 'a%00'])('the name %s is refused', (name) => {
    expect(
      statusOf(create({ Image: 'alpine' }, `?name=${name.replace(' ', '+')}`)),
    ).toBeGreaterThan(399)
  })

  test('a container of another session does not exist', () => {
    for (const action of ['json', 'logs?stdout=1'])
      expect(statusOf(send(`GET /containers/${ids.foreign}/${action}`))).toBe(404)
    expect(statusOf(send(`POST /containers/${ids.foreign}/kill`))).toBe(404)
    expect(statusOf(send(`DELETE /containers/${ids.foreign.slice(0, 12)}?force=1`))).toBe(404)
    expect(lineOf(send('GET /containers/aa11/json'))).toBe(`GET /v1.44/containers/${ids.web}/json`)
  })
})

describe('10. volumes of others', () => {
  test('a bind does not create a volume, and does not use one of another session', () => {
    expect(statusOf(withHost({ Binds: ['newvol:/x'] }))).toBe(403)
    expect(
      statusOf(withHost({ Mounts: [{ Type: 'volume', Source: 'newvol', Target: '/x' }] })),
    ).toBe(403)
    expect(statusOf(withHost({ Binds: ['data:/x'] }))).toBe(200)
    expect(statusOf(withHost({ VolumesFrom: [ids.foreign] }))).toBe(403)
    expect(statusOf(withHost({ VolumesFrom: ['web'] }))).toBe(403)
  })

  test('a created volume is only owned if its answer has the label of the session', () => {
    const decision = send('POST /volumes/create', {
      Name: 'v',
      Labels: { 'mesocosm.guard.session': 'forged', a: 'b' },
    })
    expect(decision).toMatchObject({ answer: { kind: 'created volume', name: 'v' } })
    expect(bodyOf(decision).Labels).toEqual({
      a: 'b',
      'mesocosm.guard.session': 'secret-of-the-session',
    })
  })

  test('a volume of another session cannot be read or removed', () => {
    expect(statusOf(send('GET /volumes/other'))).toBe(404)
    expect(statusOf(send('DELETE /volumes/other?force=1'))).toBe(404)
  })

  test('the key of an anonymous volume is a path and not a bind', () => {
    for (const key of ['/etc:/h', 'data:/x', 'relative', '/a/../b', '/proc/x', '/'])
      expect(statusOf(create({ Image: 'alpine', Volumes: { [key]: {} } })), key).toBe(403)
  })
})

describe('11. settings of the host config that the engine takes as they are', () => {
  test.for([
    { MaskedPaths: [] },
    { ReadonlyPaths: [] },
    { Privileged: true },
    { IpcMode: 'host' },
    { IpcMode: `container:${ids.foreign}` },
    { PidMode: 'host' },
    { PidMode: 'container:web' },
    { UTSMode: 'host' },
    { UsernsMode: 'host' },
    { CgroupnsMode: 'host' },
    { CgroupParent: '/evil' },
    { Cgroup: 'container:x' },
    { NetworkMode: 'host' },
    { NetworkMode: `container:${ids.foreign}` },
    { NetworkMode: 'container:' },
    { NetworkMode: 'other-network' },
    { DeviceCgroupRules: ['a *:* rwm'] },
    {
      Devices: [{ PathOnHost: '/dev/sda', PathInContainer: '/dev/sda', CgroupPermissions: 'rwm' }],
    },
    { DeviceRequests: [{ Count: -1 }] },
    { LogConfig: { Type: 'syslog', Config: { 'syslog-address': 'udp://10.0.0.1' } } },
    { LogConfig: { Type: 'json-file', Config: { env: 'A' } } },
    { RestartPolicy: { Name: 'always' } },
    { CapAdd: ['SYS_ADMIN'] },
    { CapAdd: ['ALL'] },
    { CapAdd: ['CAP_SYS_PTRACE'] },
    { SecurityOpt: ['seccomp=unconfined'] },
    { SecurityOpt: ['apparmor=unconfined'] },
    { SecurityOpt: ['systempaths=unconfined'] },
    { SecurityOpt: ['label=disable'] },
    { SecurityOpt: ['no-new-privileges=false'] },
    { Sysctls: { 'kernel.core_pattern': '|/evil' } },
    { Sysctls: { 'net.ipv4../../kernel/core_pattern': 'x' } },
    { Runtime: 'evil' },
    { Runtime: 'io.containerd.evil.v1' },
    { StorageOpt: { size: '1' } },
    { OomScoreAdj: -1000 },
    { OomKillDisable: true },
    { GroupAdd: ['0'] },
    { Links: ['other:other'] },
    { ContainerIDFile: '/etc/cid' },
    { Annotations: { a: 'b' } },
    { PublishAllPorts: true },
    { PortBindings: { '80/tcp': [{ HostIp: '10.0.0.1', HostPort: '' }] } },
    { PortBindings: { '80/tcp': [{ HostPort: '22' }] } },
    { PortBindings: { '80/tcp': [{ HostPort: '8000-9000' }] } },
    { PortBindings: { '80/tcp': [{ HostPort: '08080' }] } },
    { PortBindings: { '0.0.0.0:80/tcp': [{}] } },
    { ExtraHosts: ['h:host-gateway'] },
    { ExtraHosts: ['h:1.2.3.4\n5.6.7.8 x'] },
    { Tmpfs: { '/a': 'suid' } },
    { Tmpfs: { '/a': 'dev' } },
    { Tmpfs: { '/proc/x': '' } },
    { Tmpfs: { 'relative/x': '' } },
    { Tmpfs: { '/a': 'mpol=bind' } },
    { Memory: 2 ** 32 },
    { Memory: -1 },
    { MemorySwap: 2 ** 40 },
    { NanoCpus: 1e12 },
    { PidsLimit: 1e6 },
    { CpuQuota: -1 },
    { CpusetCpus: '0' },
    { Ulimits: [{ Name: 'rtprio', Soft: 99, Hard: 99 }] },
    { Mounts: [{ Type: 'npipe', Source: 'x', Target: '/x' }] },
    { Mounts: [{ Type: 'cluster', Source: 'x', Target: '/x' }] },
    { Mounts: [{ Type: 'image', Source: 'evil', Target: '/x' }] },
    { Mounts: [{ Source: '/etc', Target: '/x' }] },
    { Mounts: [{ Type: 'tmpfs', Source: '/etc', Target: '/x' }] },
    { Mounts: [{ Type: 'tmpfs', Target: '/x', TmpfsOptions: { Options: [['dev']] } }] },
    {
      Mounts: [
        { Type: 'volume', Source: 'data', Target: '/x', VolumeOptions: { Subpath: '../..' } },
      ],
    },
    { Mounts: [{ Type: 'volume', Source: 'data', Target: '/sys/x' }] },
    {
      Mounts: [
        {
          Type: 'bind',
          Source: '/srv/app',
          Target: '/x',
          BindOptions: { Propagation: 'rshared' },
        },
      ],
    },
    {
      Mounts: [
        {
          Type: 'bind',
          Source: '/srv/app',
          Target: '/x',
          BindOptions: { CreateMountpoint: true },
        },
      ],
    },
  ])('the host config %j is refused', (hostConfig) => {
    expect(statusOf(withHost(hostConfig))).toBe(403)
  })

  test('all that is not allowed is named at once, with what would be', () => {
    expect(withHost({ Privileged: true, PidMode: 'host', NetworkMode: 'host' })).toMatchObject({
      refuse: {
        message: expect.stringMatching(
          /HostConfig\.Privileged.*HostConfig\.PidMode.*HostConfig\.NetworkMode must be none, bridge/,
        ),
      },
    })
  })

  test('an empty list of bindings, which some engines publish on all addresses, is left out', () => {
    expect(bodyOf(withHost({ PortBindings: { '80/tcp': [], '81/tcp': null } }))).toMatchObject({
      HostConfig: { PortBindings: {} },
    })
  })

  test('networks of others and settings of the engine are refused in endpoints', () => {
    const endpoint = (name: string, settings: object) =>
      create({ Image: 'alpine', NetworkingConfig: { EndpointsConfig: { [name]: settings } } })
    expect(statusOf(endpoint('backend', { Aliases: ['a'] }))).toBe(200)
    expect(statusOf(endpoint('host', {}))).toBe(403)
    expect(statusOf(endpoint('other-network', {}))).toBe(403)
    expect(statusOf(endpoint('backend', { DriverOpts: { a: 'b' } }))).toBe(403)
    expect(statusOf(endpoint('backend', { MacAddress: '02:00:00:00:00:01' }))).toBe(403)
    expect(statusOf(endpoint('backend', { Links: ['other:x'] }))).toBe(403)
  })

  test.for([
    { Driver: 'host' },
    { Driver: 'macvlan', Options: { parent: 'eth0' } },
    { Options: { 'com.docker.network.bridge.name': 'docker0' } },
    { Scope: 'swarm' },
    { Ingress: true },
    { ConfigOnly: true },
    { ConfigFrom: { Network: 'x' } },
    { IPAM: { Driver: 'evil' } },
    { IPAM: { Config: [{ Subnet: '192.168.1.0/24' }] } },
    { IPAM: { Options: { a: 'b' } } },
    { Name: 'host' },
    { Name: 'bridge' },
  ])('the network %j is refused', (network) => {
    expect(statusOf(send('POST /networks/create', { Name: 'n', ...network }))).toBe(403)
  })

  test('both ends of a connection belong to the session', () => {
    const connect = (network: string, Container: string) =>
      statusOf(send(`POST /networks/${network}/connect`, { Container }))
    expect(connect('backend', 'web')).toBe(200)
    expect(connect('other', 'web')).toBe(404)
    expect(connect('host', 'web')).toBe(404)
    expect(connect('backend', ids.foreign)).toBe(404)
  })
})

describe('12. images of others', () => {
  test.for([
    'POST /images/postgres:16/tag?repo=postgres&tag=16',
    'POST /build?t=postgres:16',
    'POST /build?remote=http://10.0.0.1/x',
    'POST /commit?container=web&repo=postgres&tag=16',
    'POST /images/load',
    'POST /images/prune',
    'POST /images/postgres:16/push',
    'DELETE /images/postgres:16',
    'GET /images/postgres:16/get',
    'GET /images/get?names=postgres',
    'GET /images/search?term=x',
    'GET /distribution/postgres/json',
    'POST /images/create?fromSrc=-&repo=postgres&tag=16',
    'POST /images/create?fromImage=alpine&fromSrc=http://10.0.0.1/x',
    'POST /images/create?fromImage=alpine&changes=USER+root',
    'POST /images/create?fromImage=evil/image',
    'POST /images/create?fromImage=postgres&tag=15',
    'POST /images/create',
  ])('%s is refused', (line) => {
    expect(statusOf(send(line))).toBe(403)
  })

  test.for([
    'evil',
    'postgres:15',
    'evil.io/library/alpine',
    `sha256:${'a'.repeat(64)}`,
    'a'.repeat(64),
    '',
  ])('a container of the image %s is refused', (Image) => {
    expect(statusOf(create({ Image }))).toBe(403)
  })

  test('the engine gets the name of an image in full, which cannot be the start of an id', () => {
    expect(bodyOf(create({ Image: 'alpine' })).Image).toBe('docker.io/library/alpine:latest')
    expect(lineOf(send('POST /images/create?fromImage=alpine'))).toBe(
      'POST /v1.44/images/create?fromImage=docker.io%2Flibrary%2Falpine&tag=latest',
    )
    expect(lineOf(send('GET /images/ghcr.io/acme/a/b:1/json'))).toBe(
      'GET /v1.44/images/ghcr.io/acme/a/b:1/json',
    )
  })
})

describe('13. labels as proof of ownership', () => {
  test('the label of the session in a request has no effect', () => {
    const Labels = { 'mesocosm.guard.session': 'forged' }
    expect(bodyOf(create({ Image: 'alpine', Labels })).Labels).toEqual({
      'mesocosm.guard.session': 'secret-of-the-session',
    })
    expect(bodyOf(send('POST /networks/create', { Name: 'n', Labels })).Labels).toEqual({
      'mesocosm.guard.session': 'secret-of-the-session',
    })
  })

  test('lists ask for the label and are filtered by ids', () => {
    for (const [line, what] of [
      ['GET /containers/json', 'containers'],
      ['GET /networks', 'networks'],
      ['GET /volumes', 'volumes'],
      ['GET /events', 'events'],
    ] as const) {
      const decision = send(line)
      expect(decision).toMatchObject({ answer: { kind: 'filter', what } })
      expect(lineOf(decision)).toContain('mesocosm.guard.session%3Dsecret-of-the-session')
    }
  })

  test('prune, which goes by labels, is refused', () => {
    for (const what of ['containers', 'networks', 'volumes', 'images'])
      expect(statusOf(send(`POST /${what}/prune`))).toBe(403)
    expect(statusOf(send('POST /build/prune'))).toBe(403)
  })
})

test.for([
  'POST /auth',
  'GET /system/df',
  'GET /plugins',
  'POST /plugins/pull',
  'POST /swarm/init',
  'GET /services',
  'GET /nodes',
  'GET /tasks',
  'GET /secrets',
  'GET /configs',
  'GET /containers/web/export',
  'GET /containers/web/changes',
  'GET /containers/web/checkpoints',
  'POST /containers/web/checkpoints',
  'POST /containers/web/copy',
  'GET /containers/web/top?ps_args=-eo+args',
  'GET /debug/pprof/heap',
  'GET /metrics',
  'HEAD /containers/json',
])('%s is refused', (line) => {
  expect(statusOf(send(line))).toBe(403)
})
