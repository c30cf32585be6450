import { describe, expect, test } from 'vitest'
import { isMesocosmError, type MesocosmError } from '../errors/mesocosm-error.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { validateTopology } from './validate.ts'

const image = 'acme/x'
const db: ServiceSpec = {
  image,
  ports: { sql: { port: 5432, scheme: 'postgres' } },
  outputs: { url: ['postgres://', { ref: 'self.host' }, '/', { ref: 'lane.name' }] },
}

test('a valid topology is returned unchanged', () => {
  const api = { image, env: { URL: { ref: 'db.url' } }, dependsOn: { mq: 'started' } }
  const spec = { name: 'shop', root: '/shop', services: { api, db, mq: { image } } }
  expect(validateTopology(spec)).toEqual(spec)
})

test('malformed cli and sources are reported with the other faults', () => {
  const api = { image, cli: 'bin/console', sources: 3, cpus: 0 }
  expect(errorOf({ name: 'shop', root: '/shop', services: { api } }).details).toEqual([
    'services.api.cpus: must be more than 0',
    expect.stringMatching(/^services\.api\.cli: must be the program and arguments .* symfony, /),
    'services.api.sources: must be a folder, or an array of folders, relative to the topology’s folder',
  ])
})

test('all faults of shape and rules are in one error, service by service', () => {
  const input = {
    name: 'shop',
    root: '/shop',
    services: {
      api: {
        image,
        env: { URL: { ref: 'db.ulr' }, BAD: null, WEB: { ref: 'webb.host' } },
        imgae: 'x',
        cpus: 0,
      },
      db: { ...db, ports: { sql: { port: 99_999, scheme: 'postgres' } } },
      mq: 'rabbit',
      web: { image, env: { API: { ref: 'api.hots' }, MQ: { ref: 'mq.url' } } },
    },
  }
  const error = errorOf(input)
  expect(error.code).toBe('TOPOLOGY_INVALID')
  expect(error.summary).toBe('topology "shop" has 7 faults')
  expect(error.details).toEqual([
    'services.api.env.BAD: must be a string, a number, true, false, a ref, a secret, or an array of these',
    'services.api.cpus: must be more than 0',
    'services.api.imgae: unknown key; did you mean "image"?',
    // The entry next to the malformed one is checked all the same.
    'services.api.env.WEB: unknown service "webb" in "webb.host"; did you mean "web"?',
    // Outputs of db are unknown because of the malformed port, so "db.ulr" is not checked, nor is "mq.url".
    'services.db.ports.sql.port: must be a port number from 1 to 65535',
    'services.mq: must be an object, not a string',
    'services.web.env.API: unknown output "api.hots" of api; did you mean "api.host"? api offers host',
  ])
})

test('faults of a local form have the path of their key', () => {
  const local = {
    command: [],
    cwd: 'api',
    files: [
      { from: '/a', to: '../b' },
      { content: 'x', to: '/c' },
    ],
    tasks: { setup: [{ argv: ['migrate'], container: { image } }], reset: [{ argv: 'x' }] },
    comand: 'x',
  }
  const input = { name: 'shop', root: '/shop', services: { api: { image, local } } }
  expect(errorOf(input).details).toEqual([
    'services.api.local.command: must name a program',
    'services.api.local.cwd: must be an absolute path of the host',
    'services.api.local.files[0].to: must be a path below the service’s own folder, relative to it',
    'services.api.local.files[1].to: must be a path below the service’s own folder, relative to it',
    'services.api.local.tasks.reset[0].argv: must be an array, not a string',
    'services.api.local.comand: unknown key; did you mean "command"?',
  ])
})

test('a task of a process cannot have a container', () => {
  const setup = [{ argv: ['migrate'], container: { image } }]
  const local = { command: ['x'], cwd: '/', tasks: { setup } }
  const input = { name: 'shop', root: '/shop', services: { api: { image, local } } }
  expect(errorOf(input).details).toEqual([
    'services.api.local.tasks.setup[0].container: cannot be used in a process; it starts a container',
  ])
})

const cycle: Record<string, unknown> = {}
cycle.self = cycle

const throwing = {
  get A(): never {
    throw new Error('not today')
  },
}

const deep = Array.from({ length: 20_000 }).reduce<object>(
  (probe) => ({ kind: 'all', probes: [probe] }),
  { kind: 'tcp' },
)

describe('the shape', () => {
  test('a malformed topology is reported by key', () => {
    expect(errorOf(null).details).toEqual(['topology: must be an object, not null'])
    expect(errorOf({ name: 'a b', root: 'x', services: [] }).details).toEqual([
      'name: must be 1 to 61 letters, digits, "-", "_" or ".", a letter or digit first',
      'root: must be an absolute path of the host',
      'services: must be an object, not an array',
    ])
    expect(errorOf({ services: {} }).details).toEqual([
      'name: is missing; it must be a string',
      'root: is missing; it must be a string',
    ])
  })

  const cases: [string, object, string | RegExp][] = [
    ['a wrong type', { user: 5 }, 'user: must be a string, not a number'],
    ['a function', { user: () => {} }, 'user: must be a string, not a function'],
    ['a key of Compose', { environment: { A: '1' } }, 'environment: unknown key; write "env"'],
    [
      'another key of Compose',
      { depends_on: ['db'] },
      'depends_on: unknown key; write "dependsOn"',
    ],
    [
      'ports of Compose',
      { ports: ['80:80'] },
      'ports: must be ports of the service by name, such as { http: 3000 }; each gets a free port of the host',
    ],
    [
      'variables of Compose',
      { env: ['A=1'] },
      'env: must be variables by name, such as { PORT: 3000 }, not an array',
    ],
    [
      'volumes of Compose',
      { files: ['./a:/b'] },
      /^services\.api\.files\[0\]: must be \{ from, to \} or \{ content, to \}, not a string$/,
    ],
    ['mounts of Compose', { mounts: ['./a:/b'] }, 'mounts[0]: must be { from, to }, not a string'],
    [
      'a shell line as the command',
      { command: 'npm start' },
      /^services.api.command: must be an array of the program and its arguments, .*\["sh", "-c", "…"\]$/,
    ],
    ['a symbol', { user: Symbol('a') }, 'user: must be a string, not a symbol'],
    ['a bigint', { cpus: 1n }, 'cpus: must be a number, not a bigint'],
    ['NaN', { cpus: Number.NaN }, 'cpus: must be a number, not NaN'],
    ['a Date', { workdir: new Date(0) }, 'workdir: must be a string, not a Date'],
    [
      'a variable that is a function',
      { env: { A: () => 1 } },
      'env.A: must be plain data, not a function',
    ],
    [
      'a symbol inside an array',
      { env: { A: ['x', Symbol('a')] } },
      'env.A[1]: must be plain data, not a symbol',
    ],
    ['an object that contains itself', { env: { A: cycle } }, 'env.A.self: contains itself'],
    ['a getter that throws', { env: throwing }, 'env.A: cannot be read: not today'],
    [
      'a value that is too deep',
      { ready: deep },
      /^services\.api\.ready.*is nested more than 64 levels deep$/,
    ],
    [
      'a key __proto__',
      { env: JSON.parse('{"__proto__":"x"}') },
      'env.__proto__: "__proto__" cannot be a name',
    ],
    ['a hook that is unknown', { tasks: { seed: { argv: ['a'] } } }, 'tasks.seed: unknown key'],
    [
      'an unknown key of a file',
      { files: [{ content: '', to: '/a', owner: 1 }] },
      'files[0].owner: unknown key',
    ],
    ['NUL in a variable', { env: { A: ['x\0y'] } }, 'env.A: must not contain NUL'],
    [
      'a line break in the name of a variable',
      { env: { 'A\nB': '' } },
      'env["A\\nB"]: an environment key must not contain "=", NUL or a line break',
    ],
    [
      'a variable that Linux does not take',
      { env: { A: 'x'.repeat(131_070) } },
      /^services\.api\.env\.A: is too long: 131072 bytes/,
    ],
    [
      'NUL in a command',
      { command: ['a', 'b\0'] },
      /^services\.api\.command\[1\]: must not contain NUL$/,
    ],
    [
      'an argument that Linux does not take',
      { command: ['x'.repeat(131_072)] },
      /^services\.api\.command\[0\]: is too long/,
    ],
    ['NUL in a path', { workdir: '/a\0' }, 'workdir: must not contain NUL'],
    ['a blank image', { image: '  ' }, 'image: must name an image, without spaces'],
    [
      'an unknown key inside',
      { ports: { a: { port: 1, scheme: 'x', prot: 1 } } },
      'ports.a.prot: unknown key; did you mean "port"?',
    ],
    ['an unknown key that is close to no other', { zzzzzzzz: 1 }, 'zzzzzzzz: unknown key'],
    [
      'an environment key with "="',
      { env: { 'A=B': '' } },
      'env["A=B"]: an environment key must not contain "=", NUL or a line break',
    ],
    [
      'an empty environment key',
      { env: { '': '' } },
      'env[""]: an environment key must not be empty',
    ],
    [
      'port 0',
      { ports: { a: { port: 0, scheme: 'x' } } },
      'ports.a.port: must be a port number from 1 to 65535',
    ],
    [
      'an unknown condition',
      { dependsOn: { db: 'ready' } },
      'dependsOn.db: must be "started" or "healthy" or "completed"',
    ],
    [
      'an unknown probe',
      { ready: { kind: 'grpc' } },
      'ready.kind: must be one of http, tcp, log, exec, healthcheck, all',
    ],
    [
      'an unknown key of a probe',
      { ready: { kind: 'exec', argv: ['a'], user: 'x' } },
      'ready.user: unknown key',
    ],
    [
      'a relative tmpfs',
      { tmpfs: { tmp: '' } },
      'tmpfs.tmp: must be an absolute path in the service',
    ],
    [
      'a relative path in the service',
      { files: [{ content: '', to: 'a' }] },
      'files[0].to: must be an absolute path in the service',
    ],
    [
      'a relative path of the host',
      { mounts: [{ from: 'a', to: '/a' }] },
      'mounts[0].from: must be an absolute path of the host',
    ],
    ['memory of 0', { memoryMiB: 0 }, 'memoryMiB: must be more than 0'],
    ['half a process', { pidsLimit: 0.5 }, 'pidsLimit: must be 1, 2, 3 …'],
    [
      'a capability with its prefix',
      { capAdd: ['CAP_NET_ADMIN'] },
      'capAdd[0]: must be a capability of Linux in capitals without "CAP_", such as "NET_ADMIN", or "ALL"',
    ],
    [
      'an unknown security option',
      { securityOpt: ['systempaths=unconfined'] },
      'securityOpt[0]: must be "no-new-privileges:false", or an option that starts with "seccomp=", "apparmor=" or "label="',
    ],
    [
      'a host name as an address',
      { extraHosts: { a: 'example.org' } },
      'extraHosts.a: must be an IP address, or "host-gateway" for the engine\'s host',
    ],
    [
      'an unknown resource limit',
      { ulimits: { nofiles: 1 } },
      'ulimits.nofiles: unknown key; did you mean "nofile"?',
    ],
    [
      'a negative resource limit',
      { ulimits: { nofile: -1 } },
      'ulimits.nofile: must be 0, 1, 2 … or "unlimited", or { soft, hard }',
    ],
    [
      'a resource limit without its hard one',
      { ulimits: { nofile: { soft: 1 } } },
      'ulimits.nofile.hard: must be 0, 1, 2 … or "unlimited"',
    ],
    [
      'a soft limit above the hard one',
      { ulimits: { nofile: { soft: 'unlimited', hard: 9 } } },
      'ulimits.nofile: has a soft limit above the hard one',
    ],
    [
      'a kernel parameter of the host',
      { sysctls: { 'vm.max_map_count': 262_144 } },
      'sysctls["vm.max_map_count"]: must be a kernel parameter that a container has for itself: one that starts with "net." or "fs.mqueue.", or one of IPC such as "kernel.shmmax"; others would change the engine\'s host',
    ],
    [
      'a kernel parameter of two lines',
      { sysctls: { 'net.core.somaxconn': '1\n2' } },
      'sysctls["net.core.somaxconn"]: must be an integer or a string of one line',
    ],
    [
      'a device without a path',
      { devices: ['fuse'] },
      'devices[0]: must be { from, to?, access? }, not a string',
    ],
    [
      'a device with a relative path',
      { devices: [{ from: 'fuse' }] },
      'devices[0].from: must be an absolute path such as "/dev/fuse", without ":"',
    ],
    [
      'a wrong access to a device',
      { devices: [{ from: '/dev/fuse', access: 'x' }] },
      'devices[0].access: must be "r" or "w" or "rw" or "rwm"',
    ],
    ['negative cpus', { cpus: -1 }, 'cpus: must be more than 0'],
    ['a negative stopTimeoutMs', { stopTimeoutMs: -1 }, 'stopTimeoutMs: must not be negative'],
    ['a negative readyTimeoutMs', { readyTimeoutMs: -1 }, 'readyTimeoutMs: must be more than 0'],
    ['a wrong share', { share: 'all' }, 'share: must be "lane" or "run"'],
    [
      'a scheme with slashes',
      { ports: { a: { port: 1, scheme: 'x://' } } },
      'ports.a.scheme: must be a scheme such as "http", without "://"',
    ],
    [
      'a task without a program',
      { tasks: { reset: [{ argv: [] }] } },
      'tasks.reset[0].argv: must name a program',
    ],
    ['a number that is NaN', { cpus: Number.NaN }, 'cpus: must be a number, not NaN'],
  ]
  test.each(cases)('%s is reported', (_, service, line) => {
    const expected = typeof line === 'string' ? `services.api.${line}` : expect.stringMatching(line)
    expect(linesOf({ api: { image, ...service }, db })).toEqual([expected])
  })

  test('a secret never appears in a fault', () => {
    const env = { A: { secret: 'hush', extra: 1 } }
    expect(JSON.stringify(errorOf({ services: { a: { env } } }))).not.toContain('hush')
  })
})

test('variables of ports of a process must be about declared ports', () => {
  const local = { command: ['node'], cwd: '/', portEnv: { http: 'PORT', htp: 'A=B' } }
  const ports = { http: { port: 80, scheme: 'http' } }
  expect(linesOf({ api: { image, ports, local } })).toEqual([
    'services.api.local.portEnv.htp: unknown port "htp"; did you mean "http"?',
    expect.stringContaining('services.api.local.portEnv.htp: an environment key must not'),
  ])
})

describe('references', () => {
  test('an unknown output is reported with the closest name and all names', () => {
    expect(linesOf({ api: { image, env: { URL: ['x', { ref: 'db.ulr' }] } }, db })).toEqual([
      'services.api.env.URL: unknown output "db.ulr" of db; did you mean "db.url"? db offers host, port, sql.host, sql.port, sql.url, url',
    ])
    expect(linesOf({ api: { image, env: { URL: { ref: 'api.nothing.like' } } } })).toEqual([
      'services.api.env.URL: unknown output "api.nothing.like" of api; api offers host',
    ])
  })

  test('an unknown service is reported with the closest name or all names', () => {
    expect(linesOf({ api: { image, env: { URL: { ref: 'dbb.url' } } }, db })).toEqual([
      'services.api.env.URL: unknown service "dbb" in "dbb.url"; did you mean "db"?',
    ])
    expect(linesOf({ api: { image, env: { URL: { ref: 'rabbit.url' } } }, db })).toEqual([
      'services.api.env.URL: unknown service "rabbit" in "rabbit.url"; services are api, db',
    ])
  })

  test('references in outputs and tasks are checked, too', () => {
    const enter = [{ argv: ['a', { ref: 'self.urx' }], env: { A: { ref: 'x.host' } } }]
    expect(
      linesOf({ db: { ...db, outputs: { ...db.outputs, a: { ref: 'db.b' } }, tasks: { enter } } }),
    ).toEqual([
      'services.db.outputs.a: unknown output "db.b" of db; did you mean "db.a"? db offers host, port, sql.host, sql.port, sql.url, url, a',
      'services.db.tasks.enter[0].argv[1]: unknown output "self.urx" of db; did you mean "self.url"? db offers host, port, sql.host, sql.port, sql.url, url, a',
      expect.stringContaining('services.db.tasks.enter[0].env.A: unknown service "x" in "x.host"'),
    ])
  })

  test('a reference needs a service and an output', () => {
    expect(linesOf({ api: { image, env: { A: { ref: 'db' }, B: { ref: '.x' } } }, db })).toEqual([
      'services.api.env.A: "db" is not a reference; write "db.host"',
      'services.api.env.B: ".x" is not a reference; write "<service>.<output>"',
    ])
  })

  test('a lane has only a name to refer to', () => {
    expect(
      linesOf({ api: { image, env: { A: { ref: 'lane.nmae' }, B: { ref: 'lane.name' } } } }),
    ).toEqual(['services.api.env.A: unknown output "lane.nmae"; a lane has only "lane.name"'])
  })

  test('references to ports of a module are accepted, as only the module knows them', () => {
    const from = { module: 'm', export: 'E', args: [], options: {} }
    const env = { A: { ref: 'kafka.main.url' }, B: { ref: 'kafka.port' }, C: { ref: 'kafka.urx' } }
    expect(linesOf({ api: { image, env }, kafka: { from, ready: { kind: 'tcp' } } })).toEqual([
      'services.api.env.C: unknown output "kafka.urx" of kafka; kafka offers host',
    ])
  })

  test('outputs cannot refer to themselves, except to the built-in output that they replace', () => {
    const outputs = {
      a: { ref: 'self.b' },
      b: { ref: 'x.a' },
      host: [{ ref: 'self.host' }, '.local'],
    }
    expect(linesOf({ x: { image, outputs } })).toEqual([
      'services.x.outputs.a: refers to itself: x.a → x.b → x.a',
    ])
  })
})

describe('order', () => {
  const needs = (ref: string, more?: object) => ({ image, env: { A: { ref, ...more } } })

  test('a cycle of references is reported with a remedy', () => {
    const error = errorOf(topology({ api: needs('web.host'), web: needs('api.host') }))
    expect(error.details).toEqual(['services.api: depends on itself: api → web → api'])
    expect(error.remedy).toContain("ref('web.host', { wait: false }) in api")
  })

  test('a cycle of dependsOn is reported with a remedy', () => {
    const api = { image, dependsOn: { web: 'healthy' } }
    const error = errorOf(topology({ api, web: { image, dependsOn: { api: 'started' } } }))
    expect(error.remedy).toContain('drop one dependsOn')
    expect(error.remedy).toContain('{ wait: false }')
  })

  test('a reference with wait: false makes no cycle', () => {
    expect(linesOf({ api: needs('web.host', { wait: false }), web: needs('api.host') })).toEqual([])
  })

  test('dependsOn accepts only other services', () => {
    expect(linesOf({ api: { image, dependsOn: { api: 'healthy', bd: 'started' } }, db })).toEqual([
      'services.api.dependsOn.api: a service cannot depend on itself',
      'services.api.dependsOn.bd: unknown service "bd"; did you mean "db"?',
    ])
  })
})

describe('names', () => {
  test.each([
    ['userDb', '; write "user-db"'],
    ['my_db', '; write "my-db"'],
    ['Bad Name', '; write "bad-name"'],
    ['-a-', '; write "a"'],
    ['9', ''],
    ['a'.repeat(42), `; write "${'a'.repeat(41)}"`],
  ])('%s is refused as a service name', (name, hint) => {
    const [line] = linesOf({ [name]: { image } })
    expect(line).toContain('must be 1 to 41 of a–z, 0–9 and "-"')
    expect(line?.endsWith(`it is a host name${hint}`)).toBe(true)
  })

  test.each(['self', 'lane', 'localhost', 'mesocosm-telemetry'])('%s is reserved', (name) => {
    expect(linesOf({ [name]: { image } })).toEqual([
      `services.${name}: "${name}" is reserved; choose another service name`,
    ])
  })

  test('aliases must be host names and belong to one service', () => {
    const api = { image, aliases: ['api', 'www', 'db', 'a b'] }
    expect(linesOf({ api, db, web: { image, aliases: ['www'] } })).toEqual([
      'services.api.aliases[2]: "db" is already the name of db',
      'services.api.aliases[3]: "a b" is not a valid host name',
      'services.web.aliases[0]: "www" is already an alias of api',
    ])
  })

  test('the host name of telemetry cannot be an alias', () => {
    expect(linesOf({ api: { image, aliases: ['mesocosm-telemetry'] } })).toEqual([
      'services.api.aliases[0]: "mesocosm-telemetry" is reserved; choose another alias',
    ])
  })

  test('ports need valid names and unique numbers', () => {
    const at = (port: number, protocol: 'tcp' | 'udp' = 'tcp') => ({ port, protocol, scheme: 'x' })
    const ports = { a: at(1), b: at(1), c: at(1, 'udp'), 'd.e': at(2), logs: at(3), env: at(4) }
    expect(linesOf({ api: { image, ports } })).toEqual([
      'services.api.ports.b: port 1 is already named "a"',
      'services.api.ports["d.e"]: a port name must start with a letter and have only letters, digits, "-" and "_"',
      'services.api.ports.logs: "logs" is a name of every handle; choose another name',
      'services.api.ports.env: "env" is a name of every handle; choose another name',
    ])
  })

  test('outputs cannot have names of ports or handles', () => {
    const outputs = { sql: 'a', exec: 'b', host: 'c' }
    expect(linesOf({ db: { ...db, outputs } })).toEqual([
      'services.db.outputs.sql: is already the name of a port',
      'services.db.outputs.exec: "exec" is a name of every handle; choose another name',
    ])
  })
})

describe('sources', () => {
  const build = { context: '/src/api' }

  test('a service needs exactly one of image, build and from', () => {
    const services = { a: {}, b: { image, build }, c: { image: 5 } }
    expect(linesOf(services)).toEqual([
      'services.a: needs one of image, build and from',
      'services.b: has image and build; use only one of image, build and from',
      'services.c.image: must be a string, not a number',
    ])
  })

  test('options of builds are checked all at once', () => {
    const options = {
      platform: 'arm64',
      cacheFrom: ['a b'],
      secrets: { 'a,b': { env: 'A' }, c: { env: 'A=B' }, d: 'value', e: { env: 'E', typo: 1 } },
      ssh: { default: 'agent.sock' },
    }
    expect(linesOf({ a: { build: { ...build, ...options } } })).toEqual([
      'services.a.build.platform: must be a system and an architecture such as "linux/arm64"',
      'services.a.build.cacheFrom[0]: must name an image, without spaces',
      expect.stringMatching(/^services\.a\.build\.secrets.*must be an id without spaces/),
      'services.a.build.secrets.c.env: must name an environment variable',
      'services.a.build.secrets.d: must be { env } or { file } or secret(…), not a string',
      'services.a.build.secrets.e.typo: unknown key',
      'services.a.build.ssh.default: must be an absolute path of the host',
    ])
  })

  test('a secret of a build has one source, and its file exists', () => {
    const secrets = {
      a: {},
      b: { file: '/b', secret: 'hush' },
      c: { file: '/c' },
      d: { env: 'D', secret: 'hush' },
    }
    const services = {
      a: { platform: 'linux/arm64', build: { ...build, secrets, platform: 'linux/amd64' } },
    }
    const lines = linesOf(services, ['/src/api', '/src/api/Dockerfile'])
    expect(lines).toEqual([
      'services.a.build.secrets.a: needs one of { env }, { file } and secret(…)',
      'services.a.build.secrets.b: has a file and a value; use only one of them',
      'services.a.build.secrets.c.file: there is no /c',
      'services.a.build.platform: is linux/amd64, but its container is for linux/arm64; leave it out',
    ])
    expect(lines.join()).not.toContain('hush')
  })

  test('a missing build folder or Dockerfile is reported', () => {
    const services = { a: { build }, b: { build: { ...build, dockerfile: 'dev.Dockerfile' } } }
    expect(linesOf(services, [])).toEqual([
      'services.a.build: there is no folder /src/api',
      'services.b.build: there is no folder /src/api',
    ])
    expect(linesOf(services, ['/src/api', '/src/api/Dockerfile'])).toEqual([
      'services.b.build: there is no dev.Dockerfile in /src/api',
    ])
  })

  test('a Dockerfile may be outside of the build folder, or inline instead', () => {
    const services = {
      a: { build: { ...build, dockerfile: '/src/prod.Dockerfile' } },
      b: { build: { ...build, dockerfile: '../prod.Dockerfile' } },
      c: { build: { ...build, dockerfileInline: 'FROM x' } },
      d: { build: { ...build, dockerfile: '../prod.Dockerfile', dockerfileInline: 'FROM x' } },
    }
    const both = 'services.d.build: has dockerfile and dockerfileInline; use only one of them'
    expect(linesOf(services, ['/src/api', '/src/prod.Dockerfile'])).toEqual([both])
    expect(linesOf(services, ['/src/api'])).toEqual([
      'services.a.build: there is no /src/prod.Dockerfile',
      'services.b.build: there is no ../prod.Dockerfile in /src/api',
      both,
    ])
  })

  test('missing host files of files and mounts are reported', () => {
    const files = [{ from: '/a', to: '/a' }, { to: '/b' }, { from: '/a', content: '', to: '/c' }]
    expect(linesOf({ x: { image, files, mounts: [{ from: '/m', to: '/m' }] } }, [])).toEqual([
      'services.x.files[0].from: there is no /a',
      'services.x.files[1]: needs one of from and content',
      'services.x.files[2]: has from and content; use only one of them',
      'services.x.mounts[0].from: there is no /m',
    ])
  })

  test('the container of a task has one source, existing files and no stdin, and is only for setup', () => {
    const files = [{ from: '/a', to: '/a' }]
    const task = (container: object, more: object = {}) => ({ argv: ['up'], container, ...more })
    const setup = [
      task({}),
      task({ image, build: { context: '/src/api' } }),
      task({ image, files }, { stdin: 'x' }),
    ]
    expect(linesOf({ x: { image, tasks: { setup } } }, [])).toEqual([
      'services.x.tasks.setup[0].container: needs exactly one of image and build',
      'services.x.tasks.setup[1].container: needs exactly one of image and build',
      'services.x.tasks.setup[2].stdin: cannot be used with container',
      'services.x.tasks.setup[1].container.build: there is no folder /src/api',
      'services.x.tasks.setup[2].container.files[0].from: there is no /a',
    ])
    const tasks = { enter: [task({ image })] } as object
    expect(linesOf({ x: { image, tasks } }, [])).toEqual([
      'services.x.tasks.enter[0].container: can be used only in setup',
    ])
  })

  test('host files are looked up on the disk by default', () => {
    const at = (from: string) => topology({ x: { image, mounts: [{ from, to: '/m' }] } })
    expect(() => validateTopology(at('/no/such/folder'))).toThrow('there is no /no/such/folder')
    expect(() => validateTopology(at(import.meta.dirname))).not.toThrow()
  })

  test('labels of Mesocosm are refused', () => {
    expect(linesOf({ x: { image, labels: { 'dev.mesocosm.run': 'x', mine: 'y' } } })).toEqual([
      'services.x.labels["dev.mesocosm.run"]: labels that start with "dev.mesocosm" are reserved',
    ])
  })
})

describe('sharing', () => {
  const shared = { image, share: 'run' }

  test('a shared service cannot depend on a service of one lane', () => {
    const mq = { ...shared, env: { A: { ref: 'api.host' } }, dependsOn: { api: 'started' } }
    const text =
      "mq is shared by all lanes and api is not; give api share: 'run', or mq share: 'lane'"
    expect(linesOf({ mq, api: { image } })).toEqual([
      `services.mq.dependsOn.api: ${text}`,
      `services.mq.env.A: ${text}`,
    ])
  })

  test('the environment of a shared service cannot differ between lanes, not even through an output', () => {
    const mq = {
      ...shared,
      env: { A: { ref: 'lane.name' }, B: { ref: 'db.url' }, C: { ref: 'db.port' } },
    }
    expect(linesOf({ mq, db: { ...db, share: 'run' } })).toEqual([
      'services.mq.env.A: "lane.name" differs between lanes, and all lanes share this value',
      'services.mq.env.B: "db.url" differs between lanes, and all lanes share this value',
    ])
  })

  test('setup cannot refer to the lane, later tasks can', () => {
    const argv = ['psql', { ref: 'self.url' }]
    const tasks = { setup: [{ argv }], enter: [{ argv }] }
    expect(linesOf({ db: { ...db, share: 'run', tasks } })).toEqual([
      'services.db.tasks.setup[0].argv[1]: "self.url" differs between lanes, and all lanes share this value',
    ])
  })

  test('completion of a shared service cannot be awaited', () => {
    expect(linesOf({ api: { image, dependsOn: { mq: 'completed' } }, mq: shared })).toEqual([
      "services.api.dependsOn.mq: mq never completes: it is shared by all lanes (share: 'run') and keeps running",
    ])
  })
})

describe('probes', () => {
  test('a probe must use a declared port', () => {
    const http = { kind: 'http', path: '/', port: 'slq' }
    expect(linesOf({ db: { ...db, ready: { kind: 'all', probes: [http] } } })).toEqual([
      'services.db.ready.probes[0].port: unknown port "slq"; did you mean "sql"?',
    ])
    expect(linesOf({ api: { image, ready: { kind: 'http', path: '/' } } })).toEqual([
      'services.api.ready: a probe of kind http needs a port; api declares none',
    ])
  })

  test('a pattern with flags must be a valid regular expression', () => {
    const log = { kind: 'log', pattern: '(' }
    expect(linesOf({ api: { image, ready: log } })).toEqual([])
    expect(linesOf({ api: { image, ready: { ...log, flags: '' } } })).toEqual([
      expect.stringContaining('services.api.ready.pattern: is not a valid regular expression'),
    ])
  })
})

// ---

function topology(services: object) {
  return { name: 'shop', root: '/shop', services }
}

function errorOf(input: unknown, exists: (path: string) => boolean = () => true): MesocosmError {
  try {
    validateTopology(input, { exists })
  } catch (error) {
    if (isMesocosmError(error)) return error
    throw error
  }
  throw new Error('no fault was found')
}

/** Returns the faults as lines. `there` is the host's files; default every file. */
function linesOf(services: object, there?: readonly string[]): readonly string[] {
  const exists = (path: string) => there?.includes(path) ?? true
  try {
    validateTopology(topology(services), { exists })
    return []
  } catch (error) {
    if (isMesocosmError(error)) return error.details
    throw error
  }
}

// Milliseconds on a busy machine; each takes about one second.
describe('large topologies', { timeout: 60_000 }, () => {
  const manyOf = (count: number, make: (index: number) => object) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${index}`, make(index)]))

  test('2,000 broken references are all reported, and only the first ones are compared with all names', () => {
    const services = manyOf(2_000, (index) => ({
      image,
      env: { A: { ref: `t${index}.host` } },
      dependsOn: { [`u${index}`]: 'started' },
    }))
    const lines = linesOf(services)
    expect(lines).toHaveLength(4_000)
    expect(lines[0]).toBe(
      'services.s0.env.A: unknown service "t0" in "t0.host"; did you mean "s0"?',
    )
    expect(lines.filter((line) => line.includes('did you mean')).length).toBeLessThan(100)
    expect(lines.at(-1)).toMatch(
      /^services.s1999.dependsOn.u1999: unknown service "u1999"; services are/,
    )
  })

  test('a chain of 10,000 services is valid, and a ring is one fault with a short message', () => {
    const chain = (end: object) =>
      manyOf(10_000, (index) => ({
        image,
        dependsOn: index === 9_999 ? end : { [`s${index + 1}`]: 'healthy' },
        outputs: { url: { ref: index === 9_999 ? 'lane.name' : `s${index + 1}.url` } },
      }))
    expect(linesOf(chain({}))).toEqual([])
    expect(linesOf(chain({ s0: 'healthy' }))).toEqual([
      'services.s0: depends on itself: s0 → s1 → s2 → s3 → s4 → s5 → 9989 more → s9995 → s9996 → s9997 → s9998 → s9999 → s0',
    ])
  })
})

test('an endpoint has TCP ports, aliases and labels, and nothing else', () => {
  const port = { port: 8080, scheme: 'http' }
  expect(
    linesOf({
      hooks: { endpoint: 'test', ports: { http: port }, aliases: ['callback'], labels: { a: 'b' } },
    }),
  ).toEqual([])
  expect(
    linesOf({
      hooks: {
        endpoint: 'test',
        image: 'acme/hooks',
        share: 'run',
        ports: { http: { ...port, protocol: 'udp' } },
      },
      bare: { endpoint: 'test' },
      other: { endpoint: 'host', ports: { http: port } },
    }),
  ).toEqual([
    'services.hooks.image: cannot be used with endpoint',
    'services.hooks.share: cannot be used with endpoint',
    'services.hooks.ports.http.protocol: must be "tcp" for an endpoint',
    'services.bare.ports: is missing; an endpoint needs a port',
    'services.other.endpoint: must be "test"',
  ])
})
