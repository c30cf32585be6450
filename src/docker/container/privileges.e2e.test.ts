import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ContainerSpec } from '../../runtime/container-spec.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { createEngineApi } from '../api/engine-api.ts'
import { libpodVersion } from '../api/ping-headers.ts'
import { isRootless, type LimitFacts } from '../diagnose/limits.ts'
import { createDockerRuntime } from '../docker-runtime.ts'
import { discoverEngine } from '../find/discover.ts'
import { testImage } from '../test-image.ts'

const labels = { 'dev.mesocosm.privileges-test': String(process.pid) }
const names = { count: 0 }
const newName = () => `mesocosm-privileges-${process.pid}-${++names.count}`

let runtime: Runtime
let sandbox: string

beforeAll(async () => {
  runtime = await createDockerRuntime()
  const network = await runtime.createNetwork({ name: newName(), labels, size: 4 })
  const extraHosts = { 'mirror.internal': '10.0.0.7' }
  const createSandbox = requireAbility(runtime, 'createSandbox')
  sandbox = await createSandbox({ name: newName(), labels, network, aliases: [], extraHosts })
  await runtime.start(sandbox)
})

afterAll(async () => {
  const { containers, networks } = await runtime.list(labels)
  // A sandbox is removed after what has joined it.
  await Promise.all(containers.map(({ id }) => runtime.remove('container', id)))
  for (const { id } of networks) await runtime.remove('network', id)
  await runtime[Symbol.asyncDispose]()
})

/** Starts a container; resolves once its output matches. */
const start = async (spec: Partial<ContainerSpec> & { image: string }, up?: RegExp) => {
  const network = { kind: 'joined', container: sandbox } as const
  const warnings: string[] = []
  const onWarning = (text: string) => void warnings.push(text)
  const id = await runtime.create({ name: newName(), labels, network, ...spec }, { onWarning })
  const output: string[] = []
  await new Promise<void>((resolve, reject) => {
    const started = runtime.start(id, ({ bytes }) => {
      output.push(Buffer.from(bytes).toString())
      if (up?.test(output.join(''))) resolve()
    })
    started.then(async ({ outputEnded }) => {
      if (up === undefined) return resolve()
      await outputEnded
      reject(new Error(`it ended:\n${output.join('')}`))
    }, reject)
  })
  return {
    id,
    warnings,
    out: async (...argv: string[]) => (await runtime.exec(id, { argv })).stdout.trim(),
  }
}

const isRootlessDocker = async () => {
  const { dialer, endpoint, close } = await discoverEngine()
  const api = createEngineApi(dialer, endpoint)
  const facts = await api.json<LimitFacts>('GET', '/info')
  const isPodman = (await libpodVersion(api)) !== undefined
  close()
  return isRootless(facts) && !isPodman
}

const idle = async (more: Partial<ContainerSpec> = {}) =>
  start({ image: await testImage(), idle: true, ...more })

/** Numbers in `linux/capability.h`; those that every engine grants, and those that are dropped. */
const bits = { KILL: 5, NET_RAW: 13, SYS_CHROOT: 18, MKNOD: 27 } as const

/** Returns which capabilities a program of the container can ever have. */
const bounding = async (out: (...argv: string[]) => Promise<string>) => {
  const set = BigInt(`0x${(await out('grep', 'CapBnd', '/proc/1/status')).split('\t')[1]}`)
  return Object.entries(bits).flatMap(([name, bit]) => ((set >> BigInt(bit)) & 1n ? [name] : []))
}

test.each<[string, RegExp, Partial<ContainerSpec>]>([
  ['postgres:17-trixie', /start up[\s\S]*ready to accept/, { env: { POSTGRES_PASSWORD: 'x' } }],
  ['redis:8', /Ready to accept connections/, {}],
  ['rabbitmq:4', /Server startup complete/, {}],
  ['node:24-trixie-slim', /up/, { command: ['node', '-p', '"up"'] }],
  ['python:3.13-slim-trixie', /up/, { command: ['python', '-c', 'print("up")'] }],
])('%s starts with the default privileges', async (image, up, more) => {
  const own = await start({ image, ...more }, up)
  await runtime.remove('container', own.id)
})

test('a program has neither raw packets nor device files, and cannot gain privileges', async () => {
  const { out } = await idle()
  expect(await bounding(out)).toEqual(['KILL', 'SYS_CHROOT'])
  expect(await out('grep', 'NoNewPrivs', '/proc/1/status')).toBe('NoNewPrivs:\t1')
  // Entrypoints of images do this as root; it needs no new privileges.
  expect(await out('su', 'nobody', '-s', '/bin/sh', '-c', 'id -un')).toBe('nobody')
})

test('settings of a service add and remove privileges', async () => {
  const more = await idle({ capAdd: ['NET_RAW'], securityOpt: ['no-new-privileges:false'] })
  expect(await bounding(more.out)).toEqual(['KILL', 'NET_RAW', 'SYS_CHROOT'])
  expect(await more.out('grep', 'NoNewPrivs', '/proc/1/status')).toBe('NoNewPrivs:\t0')
  const less = await idle({ capDrop: ['ALL'], capAdd: ['SYS_CHROOT'] })
  expect(await bounding(less.out)).toEqual(['SYS_CHROOT'])
})

test('an exec of another user is killed in a container whose root may not kill it', async () => {
  const { id, out } = await idle({ capDrop: ['ALL'] })
  const request = { argv: ['sh', '-c', 'sleep 1000.25 & sleep 1000.25'], user: 'nobody' }
  const abort = new AbortController()
  const failed = expect(runtime.exec(id, request, { signal: abort.signal })).rejects.toMatchObject({
    code: 'ABORTED',
    message: expect.stringContaining('was killed'),
  })
  const find = "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c 'sleep 1000[.]25'; true"
  while ((await out('sh', '-c', find)) === '0');
  abort.abort(new Error('enough'))
  await failed
  expect(await out('sh', '-c', find)).toBe('0')
})

test('limits of processes and shared memory, an init and hosts reach the container', async () => {
  const { out, warnings } = await idle({ pidsLimit: 77, shmSizeMiB: 3, init: true })
  const pids = 'cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>/dev/null'
  // An engine without cgroups says so.
  const isIgnored = warnings.some((text) => text.startsWith('pidsLimit has no effect'))
  expect(await out('sh', '-c', pids)).toBe(isIgnored ? '' : '77')
  expect(await out('df', '--output=size', '-BM', '/dev/shm')).toMatch(/\b3M$/)
  expect(await out('cat', '/proc/1/comm')).toMatch(/^(docker|podman)-init$/)
  expect(await out('getent', 'hosts', 'mirror.internal')).toMatch(/^10\.0\.0\.7\s/)
})

test('resource limits and kernel parameters reach the container', async () => {
  const { out } = await idle({
    ulimits: { nofile: { soft: 64, hard: 128 }, core: 0 },
    sysctls: { 'kernel.msgmax': 4096 },
  })
  expect(await out('sh', '-c', 'ulimit -Sn; ulimit -Hn; ulimit -c')).toBe('64\n128\n0')
  expect(await out('cat', '/proc/sys/kernel/msgmax')).toBe('4096')
})

test('a device reaches the container at another path, except on a rootless Docker, which refuses it', async () => {
  const devices = [{ from: '/dev/full', to: '/dev/brimful', access: 'r' }] as const
  if (await isRootlessDocker()) {
    await expect(idle({ devices })).rejects.toMatchObject({
      code: 'SERVICE_START_FAILED',
      remedy: expect.stringContaining('`devices`: a rootless engine'),
    })
    return
  }
  const { out } = await idle({ devices })
  expect(await out('sh', '-c', 'head -c 3 /dev/brimful | tr "\\0" 0')).toBe('000')
})

test('kernel parameters of the network apply to all that join a sandbox', async () => {
  const network = await runtime.createNetwork({ name: newName(), labels, size: 4 })
  const sysctls = { 'net.ipv4.ip_local_port_range': '40000 40100' } as const
  const own = await requireAbility(
    runtime,
    'createSandbox',
  )({ name: newName(), labels, network, aliases: [], sysctls })
  await runtime.start(own)
  const { out } = await idle({ network: { kind: 'joined', container: own } })
  expect(await out('cat', '/proc/sys/net/ipv4/ip_local_port_range')).toMatch(/^40000\s+40100$/)
})

test('a container with a device that is missing on the host is refused, and the remedy names devices', async () => {
  await expect(idle({ devices: [{ from: '/dev/no-such-device' }] })).rejects.toMatchObject({
    code: 'SERVICE_START_FAILED',
    remedy: expect.stringContaining('`devices`'),
  })
})

test('a kernel parameter that the kernel refuses is a failed start, and the remedy names sysctls', async () => {
  await expect(idle({ sysctls: { 'kernel.msgmax': 'much' } })).rejects.toMatchObject({
    code: 'SERVICE_START_FAILED',
    remedy: expect.stringContaining('`sysctls`'),
  })
})
