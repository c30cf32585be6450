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

test('a right topology comes back as it is', () => {
  const api = { image, env: { URL: { ref: 'db.url' } }, dependsOn: { mq: 'started' } }
  const spec = { name: 'shop', root: '/shop', services: { api, db, mq: { image } } }
  expect(validateTopology(spec)).toEqual(spec)
})

test('keys of the test process that arrive are wrong ones, each told beside the others', () => {
  const api = { image, cli: 'bin/console', sources: 3, cpus: 0 }
  expect(errorOf({ name: 'shop', root: '/shop', services: { api } }).details).toEqual([
    'services.api.cpus: must be more than 0',
    expect.stringMatching(/^services\.api\.cli: must be the program and arguments .* symfony, /),
    'services.api.sources: must be a folder, or a list of folders, relative to the topology’s folder',
  ])
})

test('all faults come in one error, of form and of sense, service by service', () => {
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
    'services.api.env.BAD: must be a text, a number, true, false, a ref, a secret, or a list of these',
    'services.api.cpus: must be more than 0',
    'services.api.imgae: unknown key; did you mean "image"?',
    // The entry beside the faulty one is judged all the same.
    'services.api.env.WEB: unknown service "webb" in "webb.host"; did you mean "web"?',
    // The faulty port leaves it open what db offers, so "db.ulr" is not judged; nor is "mq.url".
    'services.db.ports.sql.port: must be a port number from 1 to 65535',
    'services.mq: must be an object, not a text',
    'services.web.env.API: unknown output "api.hots" of api; did you mean "api.host"? api offers host',
  ])
})

describe('form', () => {
  test('of the whole', () => {
    expect(errorOf(null).details).toEqual(['topology: must be an object, not null'])
    expect(errorOf({ name: 'a b', root: 'x', services: [] }).details).toEqual([
      'name: must be 1 to 61 letters, digits, "-", "_" or ".", a letter or digit first',
      'root: must be an absolute path of the host',
      'services: must be an object, not a list',
    ])
    expect(errorOf({ services: {} }).details).toEqual([
      'name: is missing; it must be a text',
      'root: is missing; it must be a text',
    ])
  })

  const cases: [string, object, string][] = [
    ['a wrong type', { user: 5 }, 'user: must be a text, not a number'],
    ['a function', { user: () => {} }, 'user: must be a text, not a function'],
    [
      'an unknown key inside',
      { ports: { a: { port: 1, scheme: 'x', prot: 1 } } },
      'ports.a.prot: unknown key; did you mean "port"?',
    ],
    ['an unknown key like no other', { zzzzzzzz: 1 }, 'zzzzzzzz: unknown key'],
    [
      'an environment key with "="',
      { env: { 'A=B': '' } },
      'env["A=B"]: an environment key must not be empty nor contain "="',
    ],
    [
      'an empty environment key',
      { env: { '': '' } },
      'env[""]: an environment key must not be empty nor contain "="',
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
      'a relative target',
      { files: [{ content: '', to: 'a' }] },
      'files[0].to: must be an absolute path in the service',
    ],
    [
      'a relative source',
      { mounts: [{ from: 'a', to: '/a' }] },
      'mounts[0].from: must be an absolute path of the host',
    ],
    ['no memory', { memoryMiB: 0 }, 'memoryMiB: must be more than 0'],
    ['no processor', { cpus: -1 }, 'cpus: must be more than 0'],
    ['a negative stop time', { stopTimeoutMs: -1 }, 'stopTimeoutMs: must not be negative'],
    ['a negative ready time', { readyTimeoutMs: -1 }, 'readyTimeoutMs: must be more than 0'],
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
    ['no number', { cpus: Number.NaN }, 'cpus: must be a number, not NaN'],
  ]
  test.each(cases)('%s', (_, service, line) => {
    expect(linesOf({ api: { image, ...service }, db })).toEqual([`services.api.${line}`])
  })

  test('a secret never stands in a fault', () => {
    const env = { A: { secret: 'hush', extra: 1 } }
    expect(JSON.stringify(errorOf({ services: { a: { env } } }))).not.toContain('hush')
  })
})

describe('references', () => {
  test('to an unknown output name the nearest and list the right ones', () => {
    expect(linesOf({ api: { image, env: { URL: ['x', { ref: 'db.ulr' }] } }, db })).toEqual([
      'services.api.env.URL: unknown output "db.ulr" of db; did you mean "db.url"? db offers host, port, sql.host, sql.port, sql.url, url',
    ])
    expect(linesOf({ api: { image, env: { URL: { ref: 'api.nothing.like' } } } })).toEqual([
      'services.api.env.URL: unknown output "api.nothing.like" of api; api offers host',
    ])
  })

  test('to an unknown service name the nearest or list all', () => {
    expect(linesOf({ api: { image, env: { URL: { ref: 'dbb.url' } } }, db })).toEqual([
      'services.api.env.URL: unknown service "dbb" in "dbb.url"; did you mean "db"?',
    ])
    expect(linesOf({ api: { image, env: { URL: { ref: 'rabbit.url' } } }, db })).toEqual([
      'services.api.env.URL: unknown service "rabbit" in "rabbit.url"; services are api, db',
    ])
  })

  test('are looked for in outputs and tasks too', () => {
    const enter = [{ argv: ['a', { ref: 'self.urx' }], env: { A: { ref: 'x.host' } } }]
    expect(
      linesOf({ db: { ...db, outputs: { ...db.outputs, a: { ref: 'db.b' } }, tasks: { enter } } }),
    ).toEqual([
      'services.db.outputs.a: unknown output "db.b" of db; did you mean "db.a"? db offers host, port, sql.host, sql.port, sql.url, url, a',
      'services.db.tasks.enter[0].argv[1]: unknown output "self.urx" of db; did you mean "self.url"? db offers host, port, sql.host, sql.port, sql.url, url, a',
      expect.stringContaining('services.db.tasks.enter[0].env.A: unknown service "x" in "x.host"'),
    ])
  })

  test('need a service and an output', () => {
    expect(linesOf({ api: { image, env: { A: { ref: 'db' }, B: { ref: '.x' } } }, db })).toEqual([
      'services.api.env.A: "db" is no reference; write "db.host"',
      'services.api.env.B: ".x" is no reference; write "<service>.<output>"',
    ])
  })

  test('to the lane know its name only', () => {
    expect(
      linesOf({ api: { image, env: { A: { ref: 'lane.nmae' }, B: { ref: 'lane.name' } } } }),
    ).toEqual(['services.api.env.A: unknown "lane.nmae"; of a lane only "lane.name" is known'])
  })

  test('to ports of a module are taken on trust, as only the module knows them', () => {
    const from = { module: 'm', export: 'E', args: [], options: {} }
    const env = { A: { ref: 'kafka.main.url' }, B: { ref: 'kafka.port' }, C: { ref: 'kafka.urx' } }
    expect(linesOf({ api: { image, env }, kafka: { from, ready: { kind: 'tcp' } } })).toEqual([
      'services.api.env.C: unknown output "kafka.urx" of kafka; kafka offers host',
    ])
  })

  test('between outputs do not go in a circle, but may build on a built-in output', () => {
    const outputs = {
      a: { ref: 'self.b' },
      b: { ref: 'x.a' },
      host: [{ ref: 'self.host' }, '.local'],
    }
    expect(linesOf({ x: { image, outputs } })).toEqual([
      'services.x.outputs.a: is made from itself: x.a → x.b → x.a',
    ])
  })
})

describe('order', () => {
  const needs = (ref: string, more?: object) => ({ image, env: { A: { ref, ...more } } })

  test('a cycle is named, and so is the way out', () => {
    const error = errorOf(topology({ api: needs('web.host'), web: needs('api.host') }))
    expect(error.details).toEqual(['services.api: waits for itself: api → web → api'])
    expect(error.remedy).toContain("ref('web.host', { wait: false }) in api")
  })

  test('a cycle by dependsOn has a way out too', () => {
    const api = { image, dependsOn: { web: 'healthy' } }
    const error = errorOf(topology({ api, web: { image, dependsOn: { api: 'started' } } }))
    expect(error.remedy).toContain('drop one dependsOn')
    expect(error.remedy).toContain('{ wait: false }')
  })

  test('a reference that does not wait closes no cycle', () => {
    expect(linesOf({ api: needs('web.host', { wait: false }), web: needs('api.host') })).toEqual([])
  })

  test('dependsOn names other services', () => {
    expect(linesOf({ api: { image, dependsOn: { api: 'healthy', bd: 'started' } }, db })).toEqual([
      'services.api.dependsOn.api: a service cannot wait for itself',
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
  ])('%s is no service name', (name, hint) => {
    const [line] = linesOf({ [name]: { image } })
    expect(line).toContain('must be 1 to 41 of a–z, 0–9 and "-"')
    expect(line?.endsWith(`it is a host name${hint}`)).toBe(true)
  })

  test.each(['self', 'lane', 'localhost'])('%s means something already', (name) => {
    expect(linesOf({ [name]: { image } })).toEqual([
      `services.${name}: "${name}" has a meaning of its own; name the service otherwise`,
    ])
  })

  test('aliases are host names and belong to one service', () => {
    const api = { image, aliases: ['api', 'www', 'db', 'a b'] }
    expect(linesOf({ api, db, web: { image, aliases: ['www'] } })).toEqual([
      'services.api.aliases[2]: "db" is the name of db already',
      'services.api.aliases[3]: "a b" is no host name',
      'services.web.aliases[0]: "www" is an alias of api already',
    ])
  })

  test('ports have names and numbers of their own', () => {
    const at = (port: number, protocol: 'tcp' | 'udp' = 'tcp') => ({ port, protocol, scheme: 'x' })
    const ports = { a: at(1), b: at(1), c: at(1, 'udp'), 'd.e': at(2), logs: at(3), env: at(4) }
    expect(linesOf({ api: { image, ports } })).toEqual([
      'services.api.ports.b: port 1 is "a" already',
      'services.api.ports["d.e"]: a port name must be letters, digits, "-" and "_", a letter first',
      'services.api.ports.logs: every service\'s handle has a "logs" of its own; choose another name',
      'services.api.ports.env: every service\'s handle has a "env" of its own; choose another name',
    ])
  })

  test('outputs collide neither with ports nor with what handles have', () => {
    const outputs = { sql: 'a', exec: 'b', host: 'c' }
    expect(linesOf({ db: { ...db, outputs } })).toEqual([
      'services.db.outputs.sql: is the name of a port already',
      'services.db.outputs.exec: every service\'s handle has a "exec" of its own; choose another name',
    ])
  })
})

describe('sources', () => {
  const build = { context: '/src/api' }

  test('one of image, build and from', () => {
    const services = { a: {}, b: { image, build }, c: { image: 5 } }
    expect(linesOf(services)).toEqual([
      'services.a: has none of image, build and from',
      'services.b: has image and build; one of image, build and from is enough',
      'services.c.image: must be a text, not a number',
    ])
  })

  test('a build folder and its Dockerfile are there', () => {
    const services = { a: { build }, b: { build: { ...build, dockerfile: 'dev.Dockerfile' } } }
    expect(linesOf(services, [])).toEqual([
      'services.a.build: there is no folder /src/api',
      'services.b.build: there is no folder /src/api',
    ])
    expect(linesOf(services, ['/src/api', '/src/api/Dockerfile'])).toEqual([
      'services.b.build: there is no dev.Dockerfile in /src/api',
    ])
  })

  test('files and mounts of the host are there', () => {
    const files = [{ from: '/a', to: '/a' }, { to: '/b' }, { from: '/a', content: '', to: '/c' }]
    expect(linesOf({ x: { image, files, mounts: [{ from: '/m', to: '/m' }] } }, [])).toEqual([
      'services.x.files[0].from: there is no /a',
      'services.x.files[1]: has neither from nor content',
      'services.x.files[2]: has from and content; one of them is enough',
      'services.x.mounts[0].from: there is no /m',
    ])
  })

  test('looks at the disk unless told otherwise', () => {
    const at = (from: string) => topology({ x: { image, mounts: [{ from, to: '/m' }] } })
    expect(() => validateTopology(at('/no/such/folder'))).toThrow('there is no /no/such/folder')
    expect(() => validateTopology(at(import.meta.dirname))).not.toThrow()
  })

  test('labels of Mesocosm are not given by hand', () => {
    expect(linesOf({ x: { image, labels: { 'dev.mesocosm.run': 'x', mine: 'y' } } })).toEqual([
      'services.x.labels["dev.mesocosm.run"]: labels that start with "dev.mesocosm" are taken',
    ])
  })
})

describe('sharing', () => {
  const shared = { image, share: 'run' }

  test('what all lanes share needs nothing of one lane', () => {
    const mq = { ...shared, env: { A: { ref: 'api.host' } }, dependsOn: { api: 'started' } }
    const text =
      "mq is shared by all lanes and api is not; give api share: 'run', or mq share: 'lane'"
    expect(linesOf({ mq, api: { image } })).toEqual([
      `services.mq.dependsOn.api: ${text}`,
      `services.mq.env.A: ${text}`,
    ])
  })

  test('what all lanes share does not differ by lane, also through an output', () => {
    const mq = {
      ...shared,
      env: { A: { ref: 'lane.name' }, B: { ref: 'db.url' }, C: { ref: 'db.port' } },
    }
    expect(linesOf({ mq, db: { ...db, share: 'run' } })).toEqual([
      'services.mq.env.A: "lane.name" differs from lane to lane, and this is made once for all',
      'services.mq.env.B: "db.url" differs from lane to lane, and this is made once for all',
    ])
  })

  test('setup knows no lane, later tasks do', () => {
    const argv = ['psql', { ref: 'self.url' }]
    const tasks = { setup: [{ argv }], enter: [{ argv }] }
    expect(linesOf({ db: { ...db, share: 'run', tasks } })).toEqual([
      'services.db.tasks.setup[0].argv[1]: "self.url" differs from lane to lane, and this is made once for all',
    ])
  })

  test('what keeps running for all lanes never completes', () => {
    expect(linesOf({ api: { image, dependsOn: { mq: 'completed' } }, mq: shared })).toEqual([
      "services.api.dependsOn.mq: mq never completes: it is shared by all lanes (share: 'run') and keeps running",
    ])
  })
})

describe('probes', () => {
  test('look at declared ports', () => {
    const http = { kind: 'http', path: '/', port: 'slq' }
    expect(linesOf({ db: { ...db, ready: { kind: 'all', probes: [http] } } })).toEqual([
      'services.db.ready.probes[0].port: unknown port "slq"; did you mean "sql"?',
    ])
    expect(linesOf({ api: { image, ready: { kind: 'http', path: '/' } } })).toEqual([
      'services.api.ready: a probe by http needs a port; api declares none',
    ])
  })

  test('have patterns that can be read', () => {
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

/** The faults as lines; `there` names what the host has, all when left out. */
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
