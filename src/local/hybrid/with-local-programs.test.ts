import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../test/lib/eventually.ts'
import type { RuntimeEvent } from '../../runtime/container-event.ts'
import type { ContainerSpec } from '../../runtime/container-spec.ts'
import { createMemoryRuntime } from '../../runtime/memory/memory-runtime.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import { ProcessPrograms } from '../process-programs.ts'
import { withLocalPrograms } from './with-local-programs.ts'

const labels = { 'dev.mesocosm.service': 'api', 'dev.mesocosm.role': 'program' }

/** Answers with its name at its port, after `BOOT_MS`; prints a line when it listens. */
const program = `
  const { createServer } = require('node:http')
  const server = createServer((_, response) => response.end(process.env.NAME))
  setTimeout(() => server.listen(process.env.PORT, '127.0.0.1', () => console.log('listens')), process.env.BOOT_MS)
  console.error('starts')`

/** A sandbox of the in-memory runtime with one published port, and programs that join it. */
const open = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-hybrid-'))
  const programs = new ProcessPrograms({ folder })
  const memory = createMemoryRuntime({ programs: { idle: () => new Promise(() => {}) } })
  const runtime = withLocalPrograms(memory, programs)
  const network = await runtime.createNetwork({ name: 'network', labels, size: 8 })
  const sandbox = await requireAbility(
    runtime,
    'createSandbox',
  )({
    name: 'sandbox',
    labels,
    network,
    aliases: ['api'],
    publish: [{ port: 3000, protocol: 'tcp' }],
  })
  await runtime.start(sandbox)
  const state = await runtime.inspect(sandbox)
  onTestFinished(async () => {
    for (const { id } of programs.list({})) await runtime.remove('container', id)
    await runtime.remove('container', sandbox)
    await runtime[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })
  const create = (name: string, more: Partial<ContainerSpec> = {}) =>
    runtime.create({
      name,
      image: 'unused',
      labels,
      env: { NAME: name, BOOT_MS: '0' },
      network: { kind: 'joined', container: sandbox },
      local: {
        command: [process.execPath, '-e', program],
        cwd: tmpdir(),
        ports: { http: 3000 },
        portEnv: { http: 'PORT' },
      },
      ...more,
    })
  const relays = async () => {
    const { containers } = await memory.list({ 'dev.mesocosm.role': 'relay' })
    return containers.map(({ id }) => id)
  }
  const port = state?.published['3000/tcp'] as number
  return { runtime, memory, create, relays, sandbox, port }
}

const ask = (port: number, agent: Agent | false = false): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent }, (response) => {
      let text = ''
      response.on('data', (part) => {
        text += part
      })
      response.on('end', () => resolve(text))
    }).on('error', reject)
  })

/** Starts a program and waits for a line of it. */
const startUntil = async (
  runtime: Awaited<ReturnType<typeof open>>['runtime'],
  id: string,
  line: string,
) => {
  const said = Promise.withResolvers<void>()
  const output: string[] = []
  await runtime.start(id, ({ stream, bytes }) => {
    output.push(`${stream}: ${Buffer.from(bytes).toString().trim()}`)
    if (Buffer.from(bytes).toString().includes(line)) said.resolve()
  })
  await said.promise
  return output
}

test('the line that says that a process listens comes after the port of its sandbox is open', async () => {
  const { runtime, create, port } = await open()
  const id = await create('one', { env: { NAME: 'one', BOOT_MS: '200' } })
  const output = await startUntil(runtime, id, 'listens')
  expect(await ask(port)).toBe('one')
  expect(output).toEqual(['stderr: starts', 'stdout: listens'])
  expect(await runtime.inspect(id)).toMatchObject({ status: 'running', name: 'one' })
})

test('a port of the sandbox is closed before the process listens, and after it has ended', async () => {
  const { runtime, create, port } = await open()
  const id = await create('one', { env: { NAME: 'one', BOOT_MS: '600000' } })
  await startUntil(runtime, id, 'starts')
  await expect(ask(port)).rejects.toThrow()
  await runtime.signal(id, 'SIGKILL')
  await expect(ask(port)).rejects.toThrow()
  expect(await runtime.inspect(id)).toMatchObject({ status: 'exited', exitCode: 137 })
})

test('a connection that is kept alive does not go on with a process that was replaced', async () => {
  const { runtime, create, relays, port } = await open()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const one = await create('one')
  await startUntil(runtime, one, 'listens')
  expect(await ask(port, agent)).toBe('one')
  const two = await create('two')
  await runtime.signal(one, 'SIGKILL')
  await startUntil(runtime, two, 'listens')
  // The agent may find out only now that its connection was reset.
  const answer = await ask(port, agent).catch(() => ask(port, agent))
  expect(answer).toBe('two')
  agent.destroy()
  // The second process uses the relay of the first one.
  expect(await relays()).toHaveLength(1)
})

test('a relay that has ended is made again', async () => {
  const { runtime, memory, create, relays, port } = await open()
  await startUntil(runtime, await create('one'), 'listens')
  const [relay = ''] = await relays()
  await memory.remove('container', relay)
  await eventually(async () => expect(await ask(port)).toBe('one'))
  expect(await relays()).toHaveLength(1)
})

test('events, lists and removals are about containers and processes', async () => {
  const { runtime, create, relays, sandbox } = await open()
  const events: RuntimeEvent[] = []
  await using _ = await runtime.watch(labels, (event) => events.push(event))
  const id = await create('one')
  await startUntil(runtime, id, 'listens')
  const idle = await create('idle', { image: 'idle', local: undefined } as never)
  const { containers } = await runtime.list(labels)
  expect(containers.map(({ name }) => name)).toEqual(expect.arrayContaining(['one', 'idle']))
  const { stdout } = await runtime.exec(id, {
    argv: [process.execPath, '-p', 'process.env.NAME'],
  })
  expect(stdout.trim()).toBe('one')
  await runtime.remove('container', id)
  await runtime.remove('container', idle)
  expect(await runtime.inspect(id)).toBeUndefined()
  await eventually(() =>
    expect(
      events.flatMap((event) =>
        'container' in event && event.container === id ? [event.kind] : [],
      ),
    ).toEqual(['started', 'exited', 'removed']),
  )
  expect(await relays()).toHaveLength(1)
  await runtime.remove('container', sandbox)
  expect(await relays()).toEqual([])
})

test('a process that cannot be started leaves its sandbox free', async () => {
  const { runtime, create, port } = await open()
  const missing = await create('missing', {
    local: { command: ['no-such-program'], cwd: tmpdir(), ports: { http: 3000 }, portEnv: {} },
  })
  await expect(runtime.start(missing)).rejects.toMatchObject({ code: 'SERVICE_START_FAILED' })
  const one = await create('one')
  await startUntil(runtime, one, 'listens')
  expect(await ask(port)).toBe('one')
})
