// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Compose's own variables are written so
import { isMesocosmError } from 'mesocosm'
import { afterEach, expect, test, vi } from 'vitest'
import { type ImportOptions, importCompose } from './import-compose.ts'

afterEach(() => void vi.unstubAllEnvs())

const imported = (text: string, options: ImportOptions = {}) =>
  importCompose([{ path: 'compose.yaml', text }], options)

const faultsOf = (text: string, options: ImportOptions = {}): readonly string[] => {
  try {
    imported(text, options)
  } catch (error) {
    if (isMesocosmError(error) && error.code === 'COMPOSE_INVALID') return error.details
    throw error
  }
  return []
}

/** Returns a Compose file with one service `a` that has these lines. */
const service = (...lines: string[]) => `services:\n  a:\n    ${lines.join('\n    ')}\n`

const noteOn = (text: string, key: string) =>
  imported(text).notes.find((note) => note.key === key)?.text

test('COMPOSE_INVALID lists all faults of a file with their lines', () => {
  const text = [
    'services:',
    '  a:',
    '    image: x',
    '    ports: 80',
    '  b: text',
    '  c:',
    '    restart: always',
    '  d: { image: x, extends: { service: missing } }',
    'volumes: []',
  ].join('\n')
  expect(faultsOf(text)).toEqual([
    'compose.yaml:4: service a: `ports` must be an array',
    'compose.yaml:5: service b must be a mapping',
    'compose.yaml:9: `volumes` must be a mapping by name',
  ])
  expect(
    faultsOf(
      text
        .replace('ports: 80', 'ports: [80]')
        .replace('b: text', 'b: { image: x }')
        .replace('[]', '{}'),
    ),
  ).toEqual([
    'compose.yaml:6: service c has neither `image` nor `build`',
    'compose.yaml:8: service d extends missing, which is missing in this file',
  ])
})

test('a file that is not a Compose file is rejected with the reason', () => {
  expect(faultsOf('a: [1')[0]).toMatch(/^compose\.yaml:1: /)
  expect(faultsOf('')).toEqual(['compose.yaml:1: is empty'])
  expect(faultsOf('apiVersion: v1\nkind: Pod')[0]).toContain('is a Kubernetes manifest')
  expect(faultsOf('web:\n  image: x')[0]).toContain('Compose 1')
  expect(faultsOf('services:\n  a: { image: x }\n  a: { image: y }')[0]).toMatch(
    /^compose\.yaml:3: /,
  )
  expect(faultsOf('include: [other.yaml]')).toEqual([
    'compose.yaml:1: includes ./other.yaml, which does not exist',
  ])
  expect(
    faultsOf('include: [compose.yaml]', { readFile: () => 'include: [compose.yaml]' })[0],
  ).toContain('includes itself')
})

test('YAML aliases that expand exponentially are rejected', () => {
  const lines = Array.from(
    { length: 30 },
    (_, index) => `x${index + 1}: &x${index + 1} [*x${index}, *x${index}]`,
  )
  expect(faultsOf(['x0: &x0 [a, a]', ...lines, 'services: {}'].join('\n'))).not.toEqual([])
})

test('the topology contains no value of the environment or of an env file', () => {
  vi.stubEnv('COMPOSE_TEST_SECRET', 'hush-hush')
  const text = service(
    'image: x',
    'env_file: [secret.env]',
    'environment: { A: "${COMPOSE_TEST_SECRET}", B: "${COMPOSE_TEST_SECRET:?is needed}", COMPOSE_TEST_SECRET: }',
  )
  const made = imported(text, { readFile: () => 'A=hush-hush', dotEnv: true }).text
  expect(made).not.toContain('hush-hush')
  expect(made).toContain("...envFile('secret.env')".replace('secret', './secret'))
  expect(made).toContain("A: variables.COMPOSE_TEST_SECRET ?? '',")
  expect(made).toContain("B: required('COMPOSE_TEST_SECRET', 'is needed'),")
  expect(made).toContain('COMPOSE_TEST_SECRET: variables.COMPOSE_TEST_SECRET,')
})

test('strings of the Compose file are escaped in the topology', () => {
  const made = imported(
    service(
      'image: "x`${1}\\\\"',
      'environment: { "a\'b": "it\'s \\"q\\" \\u2028", K: "`$${x}${Y}" }',
    ),
  ).text
  expect(made).toContain("image: 'x`$1\\\\',".replace('$1', '${1}'))
  expect(made).toContain(`"a'b": 'it\\'s "q" \\u2028',`)
  expect(made).toContain("K: `\\`\\${x}${process.env.Y ?? ''}`,")
})

test('of two services that refer to each other, one does not wait', () => {
  const made = imported(`
services:
  a: { image: x, ports: ['80'], environment: { B: 'http://b:81/x' } }
  b: { image: x, environment: { A: 'http://a' } }`).text
  expect(made).toContain("B: [ref('b.http.url'), '/x']")
  expect(made).toContain("A: ref('a.http.url', { wait: false })")
})

test('a value that equals a service name is kept if it is not a host', () => {
  const made = imported(`
services:
  redis: { image: 'example/redis' , ports: ['6379'] }
  a: { image: x, environment: { CACHE: redis, CACHE_HOST: redis, MAIL: 'me@redis.example', URL: 'http://redis.example' } }`).text
  expect(made).toContain("CACHE: 'redis',")
  expect(made).toContain("CACHE_HOST: ref('redis.host'),")
  expect(made).toContain("MAIL: 'me@redis.example',")
  expect(made).toContain("URL: 'http://redis.example',")
})

test('a database keeps its image if a service does not connect through its environment', () => {
  const db = 'db: { image: "postgres:17", environment: { POSTGRES_PASSWORD: p } }'
  const url = 'postgres://postgres:p@db:5432/postgres'
  const text = (a: string) => `services:\n  ${db}\n  a: { image: x, ${a} }`
  expect(imported(text(`environment: { DB: "${url}" }`)).text).toContain(
    "db: postgres({ image: 'postgres:17', password: 'p' })",
  )
  for (const other of [
    `environment: { DB: "${url.replace('p@', 'q@')}" }`,
    `environment: { DB: "${url}" }, command: migrate ${url}`,
    'depends_on: [db]',
  ])
    expect(imported(text(other)).text).toContain("image: 'postgres:17',")
})

test('a service without a profile does not depend on a service with a profile', () => {
  const made = imported(`
services:
  a: { image: x, depends_on: { t: { condition: service_started, required: false } }, environment: { T: 'http://t:9000' } }
  t: { image: x, ports: ['9000'], profiles: [tools] }`)
  expect(made.text).toContain("T: 'http://t:9000'")
  expect(made.text).not.toContain('dependsOn')
  expect(made.text).toContain("export const withoutTools = topology.without('t')")
  expect(made.notes.map(({ key }) => key)).toEqual(
    expect.arrayContaining(['depends_on t', 'environment T']),
  )
})

test('health checks become network probes if they can be checked from outside', () => {
  const ready = (test: string, ...more: string[]) =>
    /ready: (.*),$/m.exec(
      imported(
        service('image: x', 'ports: [8000, 5432]', `healthcheck: { test: ${test} }`, ...more),
      ).text,
    )?.[1]
  expect(ready('curl -fs http://localhost:8000/up || exit 1')).toBe("http('/up')")
  expect(ready('["CMD", "curl", "-f", "https://127.0.0.1:5432/x?y=1"]')).toBe(
    "http('/x?y=1', { port: 'postgres', tls: true })",
  )
  expect(ready('curl http://localhost:8000/up')).toBe(
    "exec(['sh', '-c', 'curl http://localhost:8000/up'])",
  )
  expect(ready('curl -f http://localhost:9999/')).toBe(
    "exec(['sh', '-c', 'curl -f http://localhost:9999/'])",
  )
  expect(ready('["CMD-SHELL", "pg_isready -U $${POSTGRES_USER}"]')).toBe('tcp()')
  expect(ready('nc -z localhost 5432')).toBe("tcp('postgres')")
  expect(ready('["CMD", "./health", "$${A}"]')).toBe("exec(['./health', '${A}'])")
  expect(ready('["NONE"]')).toBeUndefined()
})

test('a key that is not carried over is a comment above its service and a note', () => {
  const text = service(
    'image: x',
    'privileged: true',
    'pid: host',
    'volumes: ["data:/data", "/var/run/docker.sock:/s.sock"]',
  )
  expect(imported(text).text).toContain(
    '    // privileged, pid: services run with the default privileges of a container.\n    a: {',
  )
  expect(noteOn(text, 'privileged')).toContain('default privileges')
  expect(noteOn(text, 'volume data')).toContain('lane')
  expect(imported(text).notes.at(-1)).toMatchObject({ service: 'a', file: 'compose.yaml', line: 2 })
})

test('a limit whose value is unknown becomes a note', () => {
  const limits = (...lines: string[]) => service('image: x', ...lines)
  expect(noteOn(limits('mem_limit: ${MEMORY}'), 'mem_limit')).toContain('is not known')
  expect(noteOn(limits('stop_grace_period: soon'), 'stop_grace_period')).toContain('is not known')
  for (const fine of ['${MEMORY:-64m}', '0', '0m', '1.5gb'])
    expect(noteOn(limits(`mem_limit: ${fine}`), 'mem_limit')).toBeUndefined()
})

test('an inline Dockerfile is carried over', () => {
  const text = service('build: { context: ., dockerfile_inline: "FROM x\\nRUN $$HOME/y" }')
  expect(imported(text).text).toContain("dockerfileInline: 'FROM x\\nRUN $HOME/y'")
  expect(noteOn(text, 'build.dockerfile_inline')).toBeUndefined()
})

test('platform, caches, secrets and agents of a build are carried over', () => {
  const text = [
    'services:',
    '  a:',
    '    platform: linux/amd64',
    '    build:',
    '      context: .',
    '      platforms: [linux/amd64]',
    '      cache_from: ["app:cache", "type=registry,ref=reg:5000/app:c", "type=gha"]',
    '      ssh: [default]',
    '      secrets: [npm, { source: ca, target: ca.pem }, inline, elsewhere]',
    'secrets:',
    '  npm: { environment: NPM_TOKEN }',
    '  ca: { file: ./ca.pem }',
    '  inline: { content: abc }',
    '  elsewhere: { external: true }',
  ].join('\n')
  const made = imported(text).text
  expect(made).toContain("      platform: 'linux/amd64',")
  expect(made).toContain("cacheFrom: ['app:cache', 'reg:5000/app:c']")
  expect(made).toContain('ssh: true')
  expect(made).toContain("npm: { env: 'NPM_TOKEN' }")
  expect(made).toContain("'ca.pem': { file: './ca.pem' }")
  expect(made).toContain("inline: secret('abc')")
  expect(made).toMatch(/import \{.*\bsecret\b.*\} from 'mesocosm'/)
  expect(noteOn(text, 'build.cache_from')).toBe('only images can be caches.')
  expect(noteOn(text, 'build.secrets elsewhere')).toContain('not in the Compose file')
  expect(noteOn(text, 'build.secrets')).toBeUndefined()
  expect(noteOn(text, 'platform')).toBeUndefined()
})

test('an image is built for one platform, and by agents with ids', () => {
  const text = service(
    'build: { context: ., platforms: [linux/amd64, linux/arm64], ssh: ["git=/run/git.sock", "default"] }',
  )
  expect(noteOn(text, 'build.platforms')).toContain('one platform')
  expect(imported(text).text).toContain(
    "ssh: { git: '/run/git.sock', default: process.env.SSH_AUTH_SOCK ?? '' }",
  )
})

test('paths are relative to the folder of the file that contains them', () => {
  const made = importCompose(
    [
      {
        path: '../deploy/compose.yaml',
        text: service(
          'build: api',
          'volumes: ["./x:/x", "~/y:/y", "/z:/z"]',
          'extends: { file: base/b.yaml, service: b }',
        ),
      },
    ],
    {
      readFile: (path) =>
        path === '../deploy/base/b.yaml'
          ? 'services: { b: { image: x, env_file: b.env } }'
          : undefined,
    },
  ).text
  expect(made).toContain("build: '../deploy/api',")
  expect(made).toContain("from: '../deploy/x'")
  expect(made).toContain('from: `${homedir()}/y`')
  expect(made).toContain("from: '/z'")
  expect(made).toContain("envFile('../deploy/base/b.env')")
})
