import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { MemoryProgram } from '../../runtime/memory/program.ts'
import { openScene } from '../test-scene.ts'
import type { TunnelPlace } from './tunnels.ts'

/** A service that answers at port 7000 of its network. */
const fixture = async () => {
  const listening = Promise.withResolvers<void>()
  const echo: MemoryProgram = async ({ listen, over }) => {
    await listen(7_000, (socket) => void socket.on('error', () => undefined).pipe(socket))
    listening.resolve()
    await once(over, 'abort')
    return 0
  }
  const scene = await openScene({ programs: { echo } })
  const { runtime } = scene
  const network = await runtime.createNetwork({ name: 'net', labels: {}, size: 8 })
  const spec = { name: 'api-sandbox', labels: {}, network, aliases: ['api'] }
  const sandbox = (await runtime.createSandbox?.(spec)) ?? ''
  await runtime.start(sandbox)
  const joined = { kind: 'joined', container: sandbox } as const
  const program = await runtime.create({ name: 'api', image: 'echo', labels: {}, network: joined })
  await runtime.start(program)
  await listening.promise
  const place: TunnelPlace = { lane: 'lane_1', service: 'api', sandbox }
  return {
    scene,
    tunnels: scene.context.tunnels,
    place,
    [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose](),
  }
}

type Made = Awaited<ReturnType<typeof fixture>>

const answer = async ({ tunnels, place }: Made, text: string): Promise<string> => {
  const connection = await tunnels.connect(place, 7_000)
  connection.write(text)
  const [bytes] = (await once(connection, 'data')) as [Buffer]
  connection.destroy()
  return String(bytes)
}

const relays = async ({ scene }: Made) =>
  Object.keys(await scene.containers()).filter((name) => name.includes('relay'))

test('connections into the network of a service share one relay', async () => {
  await using made = await fixture()
  expect(await Promise.all([answer(made, 'one'), answer(made, 'two')])).toEqual(['one', 'two'])
  expect(await relays(made)).toEqual(['lane_1-api-relay-1'])
})

test('a port at which nothing listens refuses, and the next connection works', async () => {
  await using made = await fixture()
  await expect(made.tunnels.connect(made.place, 7_001)).rejects.toThrow()
  expect(await answer(made, 'one')).toBe('one')
})

test('a relay that was removed is made again', async () => {
  await using made = await fixture()
  await answer(made, 'one')
  await made.scene.runtime.remove('container', await made.tunnels.relayIn(made.place))
  await expect.poll(() => answer(made, 'two').catch(() => undefined)).toBe('two')
  expect(await relays(made)).toEqual(['lane_1-api-relay-2'])
})

test('a sandbox that is being removed gets no relay any more', async () => {
  await using made = await fixture()
  await answer(made, 'one')
  await made.tunnels.leave(made.place.sandbox)
  expect(await relays(made)).toEqual([])
  await expect(answer(made, 'two')).rejects.toThrow('the network of api is being removed')
  expect(await relays(made)).toEqual([])
})

test('a relay that cannot be started is removed, and tried again', async () => {
  await using made = await fixture()
  const { runtime } = made.scene
  const start = runtime.start.bind(runtime)
  runtime.start = async () => {
    throw new Error('no')
  }
  await expect(answer(made, 'one')).rejects.toThrow('no')
  expect(await relays(made)).toEqual([])
  runtime.start = start
  expect(await answer(made, 'two')).toBe('two')
})
