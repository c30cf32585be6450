// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders that the start of a program fills in
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/lib/eventually.ts'
import { createRelayClient } from '../relay/client.ts'
import { requireAbility } from '../runtime/require-ability.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { createLocalRuntime } from './local-runtime.ts'
import { spaceName } from './process-group.ts'

const open = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-local-runtime-'))
  onTestFinished(async () => {
    const runtime = createLocalRuntime({ folder, foundBy: 'the test' })
    const { containers, networks } = await runtime.list({})
    for (const { id } of containers) await runtime.remove('container', id)
    for (const { id } of networks) await runtime.remove('network', id)
    expect([readdirSync(join(folder, 'records')), readdirSync(join(folder, 'ports'))]).toEqual([
      [],
      [],
    ])
    rmSync(folder, { recursive: true })
  })
  return { folder, runtime: createLocalRuntime({ folder, foundBy: 'the test' }) }
}

/** Creates and starts a sandbox on a network of its own. */
const sandboxOn = async (runtime: Runtime, port = 8080, hostPort?: number) => {
  const network = await runtime.createNetwork({ name: 'net', labels: {}, size: 2 })
  const publish = [
    { port, protocol: 'tcp', ...(hostPort === undefined ? {} : { hostPort }) },
  ] as const
  const labels = { mine: 'yes' }
  const spec = { name: 'sandbox', labels, network, aliases: ['api'], publish }
  const sandbox = await requireAbility(runtime, 'createSandbox')(spec)
  await runtime.start(sandbox)
  return { network, sandbox, at: (await runtime.inspect(sandbox))?.published['8080/tcp'] ?? 0 }
}

const program = (runtime: Runtime, sandbox: string, command: readonly string[]) =>
  runtime.create({
    name: 'program',
    image: 'unused',
    labels: { mine: 'yes' },
    network: { kind: 'joined', container: sandbox },
    local: { command, cwd: tmpdir(), ports: { http: 8080 }, portEnv: { http: 'PORT' } },
  })

test('a program listens at the published port of its sandbox', async () => {
  const { runtime } = open()
  const { sandbox, at } = await sandboxOn(runtime)
  const id = await program(runtime, sandbox, ['sh', '-c', 'echo "$PORT $0"', '${PORT_HTTP}'])
  const printed: string[] = []
  await (await runtime.start(id, ({ bytes }) => printed.push(`${Buffer.from(bytes)}`))).outputEnded
  expect(printed.join('')).toBe(`${at} ${at}\n`)
})

test('a port that another program has is PORT_TAKEN, and one that is given is kept', async () => {
  const { runtime } = open()
  const { at } = await sandboxOn(runtime)
  const again = sandboxOn(runtime, 8080, at)
  await expect(again).rejects.toMatchObject({ code: 'PORT_TAKEN', facts: { port: at } })
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const taken = typeof address === 'object' && address !== null ? address.port : 0
  await expect(sandboxOn(runtime, 8080, taken)).rejects.toMatchObject({ code: 'PORT_TAKEN' })
  await new Promise((resolve) => server.close(resolve))
  expect((await sandboxOn(runtime, 8080, taken)).at).toBe(taken)
})

test('a UDP port is published as well, and free for the program', async () => {
  const { runtime } = open()
  const network = await runtime.createNetwork({ name: 'net', labels: {}, size: 2 })
  const publish = [{ port: 53, protocol: 'udp' }] as const
  const spec = { name: 'sandbox', labels: {}, network, aliases: [], publish }
  const sandbox = await requireAbility(runtime, 'createSandbox')(spec)
  await runtime.start(sandbox)
  const at = (await runtime.inspect(sandbox))?.published['53/udp']
  const script = `require('node:dgram').createSocket('udp4').bind(${'${PORT}'}, '127.0.0.1', function () {
    console.log(this.address().port); this.close() })`
  const id = await runtime.create({
    name: 'dns',
    image: 'unused',
    labels: {},
    network: { kind: 'joined', container: sandbox },
    local: {
      command: [process.execPath, '-e', script],
      cwd: tmpdir(),
      ports: { dns: 53 },
      portEnv: {},
    },
  })
  const printed: string[] = []
  await (await runtime.start(id, ({ bytes }) => printed.push(`${Buffer.from(bytes)}`))).outputEnded
  expect(printed.join('')).toBe(`${at}\n`)
})

test('two processes never get the same ports, and a removed sandbox frees its own', async () => {
  const { runtime, folder } = open()
  const other = createLocalRuntime({ folder, foundBy: 'the test' })
  const all = await Promise.all([runtime, other, runtime, other].map((one) => sandboxOn(one)))
  expect(new Set(all.map(({ at }) => at)).size).toBe(4)
  expect(readdirSync(join(folder, 'ports'))).toHaveLength(4)
  await other.remove('container', all[0]?.sandbox ?? '')
  expect(readdirSync(join(folder, 'ports'))).toHaveLength(3)
  expect(await runtime.inspect(all[0]?.sandbox ?? '')).toBeUndefined()
})

test('another process sees sandboxes with their ports, and removes programs first', async () => {
  const { runtime, folder } = open()
  const { sandbox, at, network } = await sandboxOn(runtime)
  const id = await program(runtime, sandbox, ['sleep', '1000'])
  await runtime.start(id)
  const other = createLocalRuntime({ folder, foundBy: 'the test' })
  expect(await other.inspect(sandbox)).toMatchObject({
    status: 'running',
    published: { '8080/tcp': at },
    addresses: { [network]: '127.0.0.1' },
  })
  const found = (await other.list({ mine: 'yes' })).containers.map((one) => one.id)
  expect(found).toEqual([id, sandbox])
})

test('attach puts a sandbox on other networks, and only its own one cannot be left', async () => {
  const { runtime } = open()
  const { sandbox, network } = await sandboxOn(runtime)
  const other = await runtime.createNetwork({ name: 'other', labels: {}, size: 2 })
  const on = async () => Object.keys((await runtime.inspect(sandbox))?.addresses ?? {})
  for (const _ of [1, 2]) await runtime.attach({ container: sandbox, network: other, aliases: [] })
  expect(await on()).toEqual([network, other])
  for (const _ of [1, 2]) await runtime.detach({ container: sandbox, network: other })
  expect(await on()).toEqual([network])
  await expect(runtime.detach({ container: sandbox, network })).rejects.toMatchObject({
    code: 'RUNTIME_UNSUPPORTED',
    remedy: expect.stringContaining('pause or stop'),
  })
})

test('a relay listens at the published port of its sandbox, connects in it, and ends with it', async () => {
  const { runtime } = open()
  const { sandbox, at } = await sandboxOn(runtime)
  const image = await requireAbility(runtime, 'relayImage')()
  const joined = { kind: 'joined', container: sandbox } as const
  const id = await runtime.create({
    name: 'relay',
    image: image.reference,
    labels: {},
    network: joined,
  })
  await expect(requireAbility(runtime, 'relay')(id)).rejects.toMatchObject({
    code: 'SERVICE_NOT_RUNNING',
  })
  await runtime.start(id)
  const client = createRelayClient(await requireAbility(runtime, 'relay')(id))
  await client.listen(8080, ({ connection }) => connection.end('from the test'))
  const texts = await Promise.all([
    textOf(connect(at, '127.0.0.1')),
    textOf(await client.connect('127.0.0.1', 8080)),
  ])
  expect(texts).toEqual(['from the test', 'from the test'])
  await runtime.signal(sandbox, 'SIGKILL')
  await client.ended
  await eventually(() => expect(textOf(connect(at, '127.0.0.1'))).rejects.toThrow('ECONNREFUSED'))
})

test('an image needs nothing, and a container without a local form is refused', async () => {
  const { runtime } = open()
  const { sandbox } = await sandboxOn(runtime)
  const { reference } = await runtime.image({ kind: 'pull', reference: 'postgres:17' })
  const joined = { kind: 'joined', container: sandbox } as const
  const labels = { 'dev.mesocosm.service': 'db' }
  await expect(
    runtime.create({ name: 'x', image: reference, labels, network: joined }),
  ).rejects.toMatchObject({ code: 'LOCAL_UNSUPPORTED', facts: { service: 'db' } })
})

// ---

const textOf = async (stream: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('what a process that was killed while it wrote a record has left is removed', async () => {
  const { folder, runtime } = open()
  const { pid = 0 } = spawnSync('true')
  const draft = (writer: number, space = spaceName()) =>
    join(folder, 'records', `p0123456789a.json.${writer}.${space}`)
  const alive = [draft(process.pid), draft(pid, '00000000')]
  for (const path of [draft(pid), ...alive]) writeFileSync(path, '{"kind":')
  await runtime.list({})
  expect([draft(pid), ...alive].map((path) => existsSync(path))).toEqual([false, true, true])
  for (const path of alive) rmSync(path)
})

test('a record that is not complete, as after a loss of power, counts as missing', async () => {
  const { folder, runtime } = open()
  writeFileSync(join(folder, 'records', 'p0123456789a.json'), '')
  expect(await runtime.inspect('p0123456789a')).toBeUndefined()
  writeFileSync(join(folder, 'records', 'p0123456789a.json'), '{"kind":"pro')
  const { network } = await sandboxOn(runtime)
  expect((await runtime.list({})).networks).toMatchObject([{ id: network }])
})
