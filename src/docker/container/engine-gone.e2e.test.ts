import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RuntimeEvent } from '../../runtime/container-event.ts'
import { createDockerRuntime } from '../docker-runtime.ts'

/** Passes a socket on to the engine; returns how to cut it. */
const cuttable = async (path: string, engine: string) => {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const inner = connect(engine)
    for (const socket of [client, inner]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    client.pipe(inner).pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
}

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesocosm-gone-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('an engine that stays away sends engine-gone to watchers and fails calls with ENGINE_GONE', async () => {
  await using direct = await createDockerRuntime()
  const engine = (await direct.info()).endpoint.replace('unix://', '')
  const path = join(folder, 'engine.sock')
  const cut = await cuttable(path, engine)
  await using runtime = await createDockerRuntime({
    endpoint: `unix://${path}`,
    patience: { awayMs: 500 },
  })
  const events: RuntimeEvent[] = []
  const gone = new Promise<void>((resolve) => {
    void runtime.watch({ 'dev.mesocosm.gone': 'test' }, (event) => {
      events.push(event)
      resolve()
    })
  })
  await runtime.list({ 'dev.mesocosm.gone': 'test' })
  await runtime.watch({ 'dev.mesocosm.gone': 'other' }, () => undefined)
  cut()
  await gone
  expect(events).toMatchObject([{ kind: 'engine-gone', reason: expect.any(String) }])
  await expect(runtime.inspect('x')).rejects.toMatchObject({
    code: 'ENGINE_GONE',
    facts: { endpoint: `unix://${path}` },
  })
  await expect(runtime.exec('x', { argv: ['true'] })).rejects.toMatchObject({ code: 'ENGINE_GONE' })
})

test('a watch that is disposed does not report engine-gone', async () => {
  const runtime = await createDockerRuntime()
  const events: RuntimeEvent[] = []
  const watch = await runtime.watch({}, (event) => events.push(event))
  await watch[Symbol.asyncDispose]()
  await runtime.watch({ 'dev.mesocosm.gone': 'never' }, (event) => events.push(event))
  await runtime[Symbol.asyncDispose]()
  expect(events.filter(({ kind }) => kind === 'engine-gone')).toEqual([])
})
