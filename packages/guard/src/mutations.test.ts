import { expect, test } from 'vitest'
import { writeRequest } from './http/write-request.ts'
import { dockerCli, dockerode } from './test-clients.ts'
import { violations } from './test-oracle.ts'
import { ask, http, ids, type Random, randomOf, scene } from './test-scene.ts'

/** Rounds for each way of changing a request. */
const rounds = 6000

const full = {
  Image: 'alpine',
  User: '1000:1000',
  Env: ['A=b'],
  Volumes: { '/cache': {} },
  ExposedPorts: { '80/tcp': {} },
  Labels: { a: 'b' },
  HostConfig: {
    Binds: ['/srv/app/src:/src', '/data/fixtures:/fixtures:ro', 'data:/data'],
    Mounts: [
      { Type: 'bind', Source: '/srv/app', Target: '/app', ReadOnly: true },
      { Type: 'volume', Source: 'data', Target: '/more', VolumeOptions: { NoCopy: true } },
      { Type: 'tmpfs', Target: '/tmp', TmpfsOptions: { SizeBytes: 1000 } },
    ],
    NetworkMode: 'backend',
    PortBindings: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }] },
    Memory: 1048576,
    NanoCpus: 1000,
    Tmpfs: { '/run/x': 'size=1m' },
    CapAdd: ['CHOWN'],
    CapDrop: ['ALL'],
    Sysctls: { 'net.core.somaxconn': '1' },
    ExtraHosts: ['a:10.0.0.1'],
    RestartPolicy: { Name: 'no' },
    SecurityOpt: ['no-new-privileges'],
    LogConfig: { Type: 'json-file', Config: {} },
  },
  NetworkingConfig: { EndpointsConfig: { backend: { Aliases: ['x'] } } },
}

const requests: readonly (readonly [line: string, body: string])[] = [
  ...dockerCli,
  ...dockerode,
  ...Array(8).fill(['POST /v1.47/containers/create?name=full', JSON.stringify(full)] as const),
  ['POST /containers/writer/exec', JSON.stringify({ Cmd: ['id'], User: '1000:1000' })],
  [
    'POST /networks/create',
    JSON.stringify({ Name: 'n', IPAM: { Config: [] }, Labels: { a: 'b' } }),
  ],
  ['POST /volumes/create', JSON.stringify({ Name: 'v', Labels: { a: 'b' } })],
  ['POST /networks/backend/connect', JSON.stringify({ Container: 'web', EndpointConfig: {} })],
  ['POST /images/create?fromImage=postgres&tag=16', ''],
  ['DELETE /containers/web?force=1', ''],
  ['DELETE /volumes/data', ''],
  ['DELETE /networks/backend', ''],
  ['POST /containers/web/attach?stream=1', ''],
]

test('every request that is changed is allowed before', () => {
  for (const [line, body] of requests) {
    const decision = ask(scene(), http(line, body))
    if ('refuse' in decision) throw new Error(`${line}: ${decision.refuse.message}`)
    expect(violations(writeRequest(decision.allow)), line).toEqual([])
  }
})

test('the oracle refuses a body that the guard would not write', () => {
  const body = JSON.stringify({ ...full, HostConfig: { ...full.HostConfig, Privileged: true } })
  const bytes = Buffer.from(
    `POST /v1.44/containers/create HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
  expect(violations(bytes)).toEqual(
    expect.arrayContaining([
      'key Privileged',
      'image alpine',
      'label',
      'security options',
      'key Binds',
    ]),
  )
})

test('whatever values of a body change, what reaches the engine keeps to the policy', () => {
  expectPolicy((random, line, body) => {
    if (body === '') return http(mutateText(random, line), body)
    const value = JSON.parse(body)
    for (let edits = 1 + random.int(2); edits > 0; edits--) mutateValue(random, value)
    return http(line, JSON.stringify(value))
  })
})

test('whatever text of a body changes, what reaches the engine keeps to the policy', () => {
  expectPolicy((random, line, body) => http(line, mutateText(random, body)))
})

test('whatever bytes of a request change, what reaches the engine keeps to the policy', () => {
  expectPolicy((random, line, body) => {
    const text = http(line, body)
    const at = random.int(text.length)
    return text.slice(0, at) + random.pick(pieces) + text.slice(at + random.int(4))
  })
})

test('whatever path and query are, what reaches the engine keeps to the policy', () => {
  expectPolicy((random, line, body) => {
    const [method = '', target = ''] = line.split(' ')
    const [path = '', query = ''] = target.split('?')
    const segments = path.split('/')
    segments[1 + random.int(segments.length)] = random.pick(words)
    const parameter = `${random.pick(words)}=${encodeURIComponent(random.pick(words))}`
    const to = random.int(4) === 0 ? random.pick(['GET', 'PUT', 'DELETE', 'POST', 'HEAD']) : method
    const changed =
      random.int(2) === 0 ? `${path}?${query}&${parameter}` : `${segments.join('/')}?${query}`
    return http(`${to} ${changed}`, body)
  })
})

// ---

/** Values that mean something to the engine. */
const values: readonly unknown[] = [
  true,
  false,
  null,
  0,
  -1,
  1,
  2 ** 40,
  '',
  'host',
  'root',
  '0:0',
  '1000:1000',
  'always',
  'bind',
  'volume',
  'tmpfs',
  '/etc',
  '/',
  '/srv/app/evil',
  '/srv/app/inner',
  '/srv/app/../../etc',
  '/data/fixtures',
  '/etc:/h',
  '/srv/app:/a:rw,rshared',
  '/srv/app/evil:/h:ro',
  '/data/fixtures:/x',
  'other:/x',
  'container:web',
  `container:${ids.foreign}`,
  ids.foreign,
  ids.network,
  'web',
  '0.0.0.0',
  '22',
  'SYS_ADMIN',
  'seccomp=unconfined',
  'shared',
  'alpine',
  'evil:1',
  'a:host-gateway',
  [],
  {},
  ['/etc:/h'],
  ['ALL'],
  [{ Type: 'bind', Source: '/etc', Target: '/x' }],
  [{ PathOnHost: '/dev/sda' }],
  { '80/tcp': [{ HostIp: '', HostPort: '22' }] },
  { '80/tcp': [] },
  { 'kernel.core_pattern': 'x' },
  { type: 'overlay', o: 'lowerdir=/etc:/opt' },
]

/** Keys of the engine that a client may add. */
const keys =
  'Privileged Binds Mounts NetworkMode PidMode IpcMode CapAdd Devices SecurityOpt VolumesFrom UsernsMode CgroupnsMode CgroupParent MaskedPaths ReadonlyPaths Runtime RestartPolicy LogConfig PortBindings PublishAllPorts ExtraHosts Sysctls Tmpfs User Image HostConfig hostconfig Ho\u017ftConfig Networ\u212aMode binds DriverOpts Driver Options Labels Volumes ReadOnly Source Target Type BindOptions VolumeOptions DriverConfig Propagation HostIp HostPort Container Name IPAM __proto__ constructor'.split(
    ' ',
  )

const words = [
  ...keys,
  ids.foreign,
  ids.web,
  'web',
  'writer',
  'data',
  'host',
  'bridge',
  '..',
  '',
  '%2e%2e',
  'archive',
  'exec',
  'start',
  'update',
  'prune',
  'build',
  'export',
  'fromSrc',
  'path',
  'name',
  'json',
  'create',
  'v1.23',
]

const pieces = [
  '\r\n',
  '\n',
  '\r',
  ' ',
  '"',
  '{',
  '}',
  ',',
  ':',
  '\\',
  '/',
  '%',
  '\0',
  '..',
  '\u017f',
  'Transfer-Encoding: chunked\r\n',
  'Content-Length: 0\r\n',
  '"HostConfig":{"Privileged":true},',
  '"Binds":["/etc:/h"],',
  '"User":"0",',
  '0',
  '',
]

type Change = (random: Random, line: string, body: string) => string

const expectPolicy = (change: Change) => {
  let allowed = 0
  const context = scene()
  for (let seed = 1; seed <= rounds; seed++) {
    const random = randomOf(seed)
    const [line, body] = random.pick(requests)
    const text = change(random, line, body)
    const decision = decideOn(context, text)
    if (decision === undefined || 'refuse' in decision) continue
    allowed++
    const bytes = writeRequest(decision.allow)
    expect(violations(bytes), `seed ${seed}: ${text}`).toEqual([])
  }
  // Otherwise the changes only make noise.
  expect(allowed).toBeGreaterThan(rounds / 50)
}

/** Returns `undefined` for a request that has not ended. */
const decideOn = (context: ReturnType<typeof scene>, text: string) => {
  try {
    return ask(context, text)
  } catch (error) {
    if ((error as Error).message === 'the request is not complete') return undefined
    throw error
  }
}

/** Changes, adds, renames or removes one value somewhere. */
const mutateValue = (random: Random, root: Record<string, unknown>): void => {
  const at = random.pick(objectsIn(root))
  const value = structuredClone(random.pick(values))
  const key = random.pick(
    Array.isArray(at) ? ['0', String(at.length)] : [...Object.keys(at), random.pick(keys)],
  )
  const action = random.int(6)
  if (action === 0) delete (at as Record<string, unknown>)[key]
  else
    Object.defineProperty(at, key, { value, enumerable: true, configurable: true, writable: true })
}

const objectsIn = (value: unknown): readonly object[] =>
  typeof value === 'object' && value !== null
    ? [value, ...Object.values(value).flatMap(objectsIn)]
    : []

const mutateText = (random: Random, text: string): string => {
  const at = random.int(text.length + 1)
  return text.slice(0, at) + random.pick(pieces) + text.slice(at + random.int(3))
}
