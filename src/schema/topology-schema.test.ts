import { expect, test } from 'vitest'
import { z } from 'zod'
import type { ProbeSpec } from '../model/probe.ts'
import type {
  BuildSpec,
  ServiceSpec,
  TaskContainerSpec,
  TaskSpec,
  TopologySpec,
} from '../model/service-spec.ts'
import { probeSchema } from './probe-schema.ts'
import { strict } from './strict.ts'
import { serviceSchema, topologySchema } from './topology-schema.ts'

const task: Required<Omit<TaskSpec, 'container'>> = {
  argv: ['psql', ['db=', { ref: 'lane.name' }]],
  user: 'root',
  env: { PGPASSWORD: { secret: 's' } },
  stdin: 'select 1',
  timeoutMs: 1,
}

const container: Required<TaskContainerSpec> = {
  image: 'x',
  build: { context: '/migrator' },
  platform: 'linux/arm64',
  files: [{ content: 'a', to: '/a' }],
  workdir: '/srv',
}

const build: Required<BuildSpec> = {
  context: '/db',
  dockerfile: 'Dockerfile',
  dockerfileInline: 'FROM x',
  target: 'run',
  args: { A: '1' },
  platform: 'linux/arm64/v8',
  cacheFrom: ['registry:5000/app:cache'],
  secrets: { a: { env: 'A', secret: 'a' }, b: { file: '/b' } },
  ssh: { default: '/run/agent', other: '' },
}

// A key added to the model must be added here, and is then asked of the schema.
const full: Required<ServiceSpec> = {
  kind: 'postgres',
  image: 'postgres',
  build,
  from: { module: 'm', export: 'E', args: [1], options: { withX: [] }, resolveFrom: '/a' },
  command: ['a'],
  entrypoint: ['b'],
  user: 'app',
  workdir: '/srv',
  env: { A: 1, B: true, C: 'c', D: { ref: 'a.b', wait: false }, E: [{ secret: 's' }, 'x'] },
  endpoint: 'test',
  ports: { sql: { port: 5432, protocol: 'tcp', scheme: 'postgres' } },
  files: [{ from: '/a', content: 'b', to: '/c', mode: 0o644 }],
  mounts: [{ from: '/a', to: '/b', readOnly: true }],
  tmpfs: { '/tmp': 'size=64m', '/run': '' },
  dependsOn: { a: 'started', b: 'healthy', c: 'completed' },
  ready: { kind: 'healthcheck' },
  readyTimeoutMs: 1,
  stopTimeoutMs: 0,
  platform: 'linux/amd64',
  memoryMiB: 64,
  cpus: 0.5,
  pidsLimit: 100,
  shmSizeMiB: 128,
  capAdd: ['NET_ADMIN'],
  capDrop: ['ALL'],
  securityOpt: ['no-new-privileges:false', 'seccomp=unconfined'],
  init: true,
  ulimits: { nofile: 64, memlock: 'unlimited', core: { soft: 0, hard: 'unlimited' } },
  sysctls: { 'net.core.somaxconn': 64, 'kernel.sem': '32000 1024000000 500 32000' },
  devices: [{ from: '/dev/fuse', to: '/dev/other', access: 'rwm' }],
  proxy: false,
  extraHosts: { mirror: '10.0.0.1', six: '::1', host: 'host-gateway' },
  labels: { a: 'b' },
  share: 'run',
  aliases: ['sql'],
  telemetry: true,
  debug: { kind: 'node', port: 9229, sources: { local: '/src', remote: '/app' } },
  local: {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder that the program's start fills in.
    command: ['node', '--port=${PORT}'],
    cwd: '/src',
    env: { A: ['x', { ref: 'self.port' }] },
    watch: ['/src/lib'],
    portEnv: { http: 'HTTP_PORT' },
    files: [{ content: 'x', to: 'settings/a.conf' }],
    tasks: { reset: [{ argv: ['reset'] }] },
  },
  outputs: { url: ['x', { ref: 'self.port' }] },
  tasks: {
    setup: [task, { argv: ['migrate'], container }],
    enter: [task],
    baseline: [task],
    reset: [task],
    deepReset: [task],
    leave: [task],
  },
  prebuild: true,
}

const probes: { readonly [K in ProbeSpec['kind']]: Required<Extract<ProbeSpec, { kind: K }>> } = {
  http: {
    kind: 'http',
    path: '/',
    port: 'http',
    method: 'GET',
    status: 200,
    headers: { a: 'b' },
    body: 'ok',
    tls: false,
    intervalMs: 20,
  },
  tcp: { kind: 'tcp', port: 'http', from: 'inside', intervalMs: 20 },
  log: { kind: 'log', pattern: 'ready', flags: 'i', times: 2 },
  exec: { kind: 'exec', argv: ['true'], intervalMs: 20 },
  healthcheck: { kind: 'healthcheck', intervalMs: 20 },
  all: { kind: 'all', probes: [{ kind: 'all', probes: [] }] },
}

test('the schema accepts every key of the model and changes nothing', () => {
  expect(serviceSchema.parse(full)).toEqual(full)
  for (const probe of Object.values(probes)) expect(probeSchema.parse(probe)).toEqual(probe)
})

test('a service can say why it cannot run as a process', () => {
  const local = { unsupported: 'needs a kernel module', remedy: 'run it in its container' }
  expect(serviceSchema.parse({ local })).toEqual({ local })
  expect(serviceSchema.safeParse({ local: { unsupported: '' } }).success).toBe(false)
  expect(serviceSchema.safeParse({ local: { ...full.local, ...local } }).success).toBe(false)
})

test('every optional key may be absent or undefined', () => {
  expect(serviceSchema.parse({})).toEqual({})
  const absent = Object.fromEntries(Object.keys(full).map((key) => [key, undefined]))
  expect(serviceSchema.safeParse(absent).success).toBe(true)
})

test('the schema keeps the declared order of services and ports', () => {
  const ports = { z: full.ports.sql, a: full.ports.sql }
  const services = { zoo: { ...full, ports }, ant: full }
  const parsed = topologySchema.parse({ name: 'shop', root: '/', services })
  expect(Object.keys(parsed.services)).toEqual(['zoo', 'ant'])
  expect(Object.keys(parsed.services.zoo?.ports ?? {})).toEqual(['z', 'a'])
})

test('schemas have exactly the keys of their types', () => {
  topologySchema satisfies z.ZodType<TopologySpec, TopologySpec>
  // @ts-expect-error a key of the model is missing
  strict<{ a: string; b?: string }>({ a: z.string() })
  // @ts-expect-error a key that the model lacks
  strict<{ a: string }>({ a: z.string(), b: z.string() })
  // @ts-expect-error a key of another type
  strict<{ a: string }>({ a: z.number() })
  // @ts-expect-error a key that must not be absent
  strict<{ a: string }>({ a: z.string().optional() })
})
